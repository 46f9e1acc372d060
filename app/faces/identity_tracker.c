// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/faces/identity_tracker.h"

#include <math.h>
#include <stddef.h>

#define MAX_DISTANCE 0.7   // between the centres of one face's boxes in two frames, in box sizes
#define MAX_GROWTH 1.8     // of one face between two frames
#define REST_CUTOFF_HZ 0.8 // smoothing at rest
#define SPEED_GAIN 4.0     // how quickly smoothing gives way: Hz per box size and second
#define SPEED_CUTOFF_HZ 1.0

void tracker_init(struct tracker *tracker) {
    *tracker = (struct tracker){0};
}

// ---- boxes ----

// Centre and spread of all landmarks: 68 errors average out, where a bounding box follows its worst
// ones.
struct box tracker_face_box(const struct face *face) {
    double x = 0, y = 0, spread = 0;
    for (int i = 0; i < N_LANDMARKS; i++) {
        x += (double)face->landmarks[i].x / N_LANDMARKS;
        y += (double)face->landmarks[i].y / N_LANDMARKS;
    }
    for (int i = 0; i < N_LANDMARKS; i++) {
        double dx = (double)face->landmarks[i].x - x, dy = (double)face->landmarks[i].y - y;
        spread += (dx * dx + dy * dy) / N_LANDMARKS;
    }
    // A detector's square measures 2.8 spreads a side (median of 297 GENKI-4K faces) and cuts the
    // chin.
    double side = 3.0 * sqrt(spread);
    if (side < 1) {
        return face->box;
    }
    return (struct box){(float)(x - side / 2), (float)(y - side / 2), (float)side, (float)side};
}

static double centre_x(const struct box *box) {
    return (double)box->x + (double)box->w / 2;
}

static double centre_y(const struct box *box) {
    return (double)box->y + (double)box->h / 2;
}

// ---- smoothing ----

static double blend(double cutoff_hz, double dt) {
    return 1 - exp(-2 * M_PI * cutoff_hz * dt);
}

static void steady_follow(struct steady_value *steady, double value, double dt, double size) {
    double speed = (value - steady->value) / dt;
    steady->speed += blend(SPEED_CUTOFF_HZ, dt) * (speed - steady->speed);
    double cutoff_hz = REST_CUTOFF_HZ + SPEED_GAIN * fabs(steady->speed) / size;
    steady->value += blend(cutoff_hz, dt) * (value - steady->value);
}

static void follow(struct track *track, double t, const struct box *box) {
    double dt = fmax(t - track->seen_s, 1e-3);
    double size = fmax((double)box->w, 1);
    steady_follow(&track->cx, centre_x(box), dt, size);
    steady_follow(&track->cy, centre_y(box), dt, size);
    steady_follow(&track->w, (double)box->w, dt, size);
    steady_follow(&track->h, (double)box->h, dt, size);
}

static void see(struct track *track, double t, struct sighting *sighting) {
    const struct box *box = &sighting->box;
    int id = track->sighting.id;
    if (id == 0) {
        track->cx.value = centre_x(box);
        track->cy.value = centre_y(box);
        track->w.value = (double)box->w;
        track->h.value = (double)box->h;
    } else {
        follow(track, t, box);
    }
    sighting->seen = true;
    track->seen_s = t;
    track->raw = *box;
    track->sighting = *sighting;
    track->sighting.id = id;
    track->sighting.box = (struct box){(float)(track->cx.value - track->w.value / 2),
                                       (float)(track->cy.value - track->h.value / 2),
                                       (float)track->w.value, (float)track->h.value};
}

static struct sighting carried_over(const struct sighting *last) {
    return (struct sighting){.id = last->id, .box = last->box, .face = last->face, .smile = NAN};
}

// ---- association ----

// How badly the found box fits the track; INFINITY when it cannot be the same face.
static double mismatch(const struct track *track, const struct box *box, double t) {
    double gap = fmin(fmax(t - track->seen_s, 0), TRACKER_CARRY_S);
    struct box expected = track->raw;
    expected.x += (float)(track->cx.speed * gap);
    expected.y += (float)(track->cy.speed * gap);
    double size = ((double)expected.w + (double)box->w) / 2;
    double growth = (double)box->w / (double)expected.w;
    double distance =
        hypot(centre_x(&expected) - centre_x(box), centre_y(&expected) - centre_y(box)) / size;
    if (!(distance < MAX_DISTANCE) || growth > MAX_GROWTH || growth < 1 / MAX_GROWTH) {
        return INFINITY;
    }
    return distance + fabs(log(growth)) / 2 - box_iou(&expected, box) / 2;
}

// The pair that fits best among the tracks and sightings that are not yet matched.
static struct track *best_pair(struct tracker *tracker, double t, struct sighting *sightings, int n,
                               struct sighting **match) {
    double least = INFINITY;
    struct track *best = NULL;
    for (int k = 0; k < tracker->n_tracks; k++) {
        struct track *track = &tracker->tracks[k];
        for (int i = 0; !track->sighting.seen && i < n; i++) {
            double cost = sightings[i].seen ? INFINITY : mismatch(track, &sightings[i].box, t);
            if (cost < least) {
                least = cost;
                best = track;
                *match = &sightings[i];
            }
        }
    }
    return best;
}

static void drop(struct tracker *tracker, int k) {
    tracker->n_tracks--;
    for (; k < tracker->n_tracks; k++) {
        tracker->tracks[k] = tracker->tracks[k + 1];
    }
}

static void forget_lost(struct tracker *tracker, double t) {
    for (int k = tracker->n_tracks - 1; k >= 0; k--) {
        if (t - tracker->tracks[k].seen_s >= TRACKER_CARRY_S) {
            drop(tracker, k);
        }
    }
}

// Makes room for a face that is there by forgetting the one that has been away longest.
static void make_room(struct tracker *tracker) {
    int oldest = 0;
    for (int k = 1; k < tracker->n_tracks; k++) {
        if (tracker->tracks[k].seen_s < tracker->tracks[oldest].seen_s) {
            oldest = k;
        }
    }
    drop(tracker, oldest);
}

static struct track *add(struct tracker *tracker) {
    if (tracker->n_tracks == MAX_FACES) {
        make_room(tracker);
    }
    struct track *track = &tracker->tracks[tracker->n_tracks++];
    *track = (struct track){0};
    return track;
}

int tracker_update(struct tracker *tracker, double t, struct sighting sightings[MAX_FACES], int n,
                   bool cut) {
    tracker->n_tracks = cut ? 0 : tracker->n_tracks;
    for (int k = 0; k < tracker->n_tracks; k++) {
        tracker->tracks[k].sighting = carried_over(&tracker->tracks[k].sighting);
    }
    struct sighting *match;
    for (struct track *track; (track = best_pair(tracker, t, sightings, n, &match));) {
        see(track, t, match);
    }
    forget_lost(tracker, t);
    for (int i = 0; i < n; i++) {
        if (!sightings[i].seen) {
            struct track *track = add(tracker);
            see(track, t, &sightings[i]);
            track->sighting.id = ++tracker->last_id;
        }
    }
    for (int k = 0; k < tracker->n_tracks; k++) {
        sightings[k] = tracker->tracks[k].sighting;
    }
    return tracker->n_tracks;
}

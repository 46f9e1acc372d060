// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/faces/identity_tracker.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define MAX_DISTANCE 0.7f // between the middles of one face's boxes in two frames, in sizes
#define MAX_GROWTH 1.8f   // of one face between two frames
#define VELOCITY_CUTOFF_HZ 1.5
#define HIDDEN_SHARE 0.25  // of a face, from which on another one hides it
#define REST_CUTOFF_HZ 0.8 // smoothing at rest
#define SPEED_GAIN 4.0     // how quickly smoothing gives way: Hz per box size and second
#define SPEED_CUTOFF_HZ 1.0

void tracker_init(struct tracker *tracker, struct face_thresholds thresholds) {
    *tracker = (struct tracker){.thresholds = thresholds};
}

// ---- motion ----

static double blend(double cutoff_hz, double dt) {
    return 1 - exp(-2 * M_PI * cutoff_hz * dt);
}

static struct box expected(const struct track *track, double t) {
    double gap = fmin(fmax(t - track->seen_s, 0), TRACKER_HIDDEN_S);
    struct box box = track->box;
    box.x += (float)(track->vx * gap);
    box.y += (float)(track->vy * gap);
    return box;
}

static void move(struct track *track, double t, const struct box *box) {
    double dt = fmax(t - track->seen_s, 1e-3), share = blend(VELOCITY_CUTOFF_HZ, dt);
    struct point from = box_centre(&track->box), to = box_centre(box);
    track->vx += share * ((double)(to.x - from.x) / dt - track->vx);
    track->vy += share * ((double)(to.y - from.y) / dt - track->vy);
}

static void see(struct track *track, double t, const struct face_box *find) {
    if (track->n_seen > 0) {
        move(track, t, &find->box);
    }
    track->box = find->box;
    track->seen_s = t;
    track->seen = true;
    track->hidden = false;
    track->n_seen += track->n_seen < TRACKER_CONFIRM;
    track->sighting = (struct sighting){
        .id = track->id,
        .seen = true,
        .face = {.box = find->box, .confidence = find->score},
    };
}

// ---- who is who ----

// How badly finds fit the faces that were there; INFINITY when they cannot be the same, or one of
// them is taken.
struct costs {
    int n_tracks, n_finds;
    float cost[MAX_FACES][TRACKER_FINDS];
};

static float size_of(const struct box *box) {
    return sqrtf(fmaxf(box->w * box->h, 1));
}

static float mismatch(const struct box *expected, const struct box *found) {
    float a = size_of(expected), b = size_of(found);
    float distance = 2 * box_distance(expected, found) / (a + b), growth = fmaxf(a / b, b / a);
    if (!(distance < MAX_DISTANCE) || growth > MAX_GROWTH) {
        return INFINITY;
    }
    return distance + logf(growth) / 2 - (float)box_iou(expected, found) / 2;
}

static void fill_costs(const struct tracker *tracker, double t, const struct face_box *found, int n,
                       struct costs *costs) {
    costs->n_tracks = tracker->n_tracks;
    costs->n_finds = n;
    for (int k = 0; k < tracker->n_tracks; k++) {
        struct box box = expected(&tracker->tracks[k], t);
        for (int i = 0; i < n; i++) {
            costs->cost[k][i] = mismatch(&box, &found[i].box);
        }
    }
}

static void take(struct costs *costs, int track, int find) {
    for (int i = 0; i < costs->n_finds; i++) {
        costs->cost[track][i] = INFINITY;
    }
    for (int k = 0; k < costs->n_tracks; k++) {
        costs->cost[k][find] = INFINITY;
    }
}

// Gives finds[from, to) to tracks, the best pair first.
static void match(struct tracker *tracker, double t, const struct face_box *found, int from, int to,
                  struct costs *costs, bool taken[TRACKER_FINDS]) {
    for (;;) {
        float least = INFINITY;
        int track = 0, find = 0;
        for (int k = 0; k < costs->n_tracks; k++) {
            for (int i = from; i < to; i++) {
                if (costs->cost[k][i] < least) {
                    least = costs->cost[k][i];
                    track = k;
                    find = i;
                }
            }
        }
        if (isinf(least)) {
            return;
        }
        see(&tracker->tracks[track], t, &found[find]);
        taken[find] = true;
        take(costs, track, find);
    }
}

// ---- who is not there, and who is new ----

static bool is_covered(const struct tracker *tracker, const struct track *track, double t) {
    struct box box = expected(track, t);
    for (int k = 0; k < tracker->n_tracks; k++) {
        const struct track *other = &tracker->tracks[k];
        if (other->seen && box_share(&box, &other->box) > HIDDEN_SHARE) {
            return true;
        }
    }
    return false;
}

// What is carried over of a face that is not seen.
static void miss(struct tracker *tracker, struct track *track, double t) {
    struct sighting last = track->sighting;
    track->hidden = track->hidden || is_covered(tracker, track, t);
    track->sighting =
        (struct sighting){.id = last.id, .box = last.box, .face = last.face, .smile = NAN};
    memcpy(track->sighting.landmarks, last.landmarks, sizeof last.landmarks);
}

static bool is_lost(const struct track *track, double t) {
    double carry_s = track->hidden ? TRACKER_HIDDEN_S : TRACKER_CARRY_S;
    return !track->seen && (track->n_seen < TRACKER_CONFIRM || t - track->seen_s >= carry_s);
}

static void drop(struct tracker *tracker, int k) {
    tracker->n_tracks--;
    for (; k < tracker->n_tracks; k++) {
        tracker->tracks[k] = tracker->tracks[k + 1];
    }
}

static void miss_the_others(struct tracker *tracker, double t) {
    for (int k = 0; k < tracker->n_tracks; k++) {
        if (!tracker->tracks[k].seen) {
            miss(tracker, &tracker->tracks[k], t);
        }
    }
    for (int k = tracker->n_tracks - 1; k >= 0; k--) {
        if (is_lost(&tracker->tracks[k], t)) {
            drop(tracker, k);
        }
    }
}

// Forgets the one that has been away longest; false when all are there.
static bool make_room(struct tracker *tracker) {
    int oldest = -1;
    for (int k = 0; k < tracker->n_tracks; k++) {
        const struct track *track = &tracker->tracks[k];
        if (!track->seen && (oldest < 0 || track->seen_s < tracker->tracks[oldest].seen_s)) {
            oldest = k;
        }
    }
    if (oldest >= 0) {
        drop(tracker, oldest);
    }
    return oldest >= 0;
}

static void add(struct tracker *tracker, double t, const struct face_box *find) {
    if (tracker->n_tracks < MAX_FACES || make_room(tracker)) {
        struct track *track = &tracker->tracks[tracker->n_tracks++];
        *track = (struct track){.id = ++tracker->last_id};
        see(track, t, find);
    }
}

static int n_sure(const struct tracker *tracker, const struct face_box *found, int n) {
    int sure = 0;
    while (sure < n && found[sure].score >= tracker->thresholds.start) {
        sure++;
    }
    return sure;
}

int tracker_match(struct tracker *tracker, double t, const struct face_box *found, int n, bool cut,
                  struct sighting sightings[MAX_FACES]) {
    assert(n >= 0 && n <= TRACKER_FINDS);
    struct costs costs;
    bool taken[TRACKER_FINDS] = {false};
    int sure = n_sure(tracker, found, n), n_seen = 0;
    tracker->n_tracks = cut ? 0 : tracker->n_tracks;
    for (int k = 0; k < tracker->n_tracks; k++) {
        tracker->tracks[k].seen = false;
    }
    fill_costs(tracker, t, found, n, &costs);
    match(tracker, t, found, 0, sure, &costs, taken);
    match(tracker, t, found, sure, n, &costs, taken);
    miss_the_others(tracker, t);
    for (int i = 0; i < sure; i++) {
        if (!taken[i]) {
            add(tracker, t, &found[i]);
        }
    }
    for (int k = 0; k < tracker->n_tracks; k++) {
        if (tracker->tracks[k].seen) {
            sightings[n_seen++] = tracker->tracks[k].sighting;
        }
    }
    return n_seen;
}

// ---- the box that is drawn ----

// Where the square of the 68 landmarks that was drawn before lies about the mean face, in sides of
// that (medians of 977 faces of GENKI-4K).
#define SQUARE_SIDE 1.393f
#define SQUARE_DOWN 0.05f

struct box tracker_face_box(const struct face *face) {
    struct face_pose pose = face_pose_of(face->points);
    float side = SQUARE_SIDE * pose.side_px, down = SQUARE_DOWN * pose.side_px;
    if (!(side >= 1)) {
        return face->box;
    }
    struct point middle = {pose.middle.x - down * sinf(pose.roll),
                           pose.middle.y + down * cosf(pose.roll)};
    return box_around(middle, side, side);
}

static void steady_follow(struct steady_value *steady, double value, double dt, double size) {
    double speed = (value - steady->value) / dt;
    steady->speed += blend(SPEED_CUTOFF_HZ, dt) * (speed - steady->speed);
    double cutoff_hz = REST_CUTOFF_HZ + SPEED_GAIN * fabs(steady->speed) / size;
    steady->value += blend(cutoff_hz, dt) * (value - steady->value);
}

static void steady_begin(struct track *track, const struct box *box) {
    struct point middle = box_centre(box);
    track->cx.value = (double)middle.x;
    track->cy.value = (double)middle.y;
    track->w.value = (double)box->w;
    track->h.value = (double)box->h;
}

static void smooth(struct track *track, double t, struct box *box) {
    double dt = fmax(t - track->finished_s, 1e-3), size = fmax((double)box->w, 1);
    struct point middle = box_centre(box);
    if (!track->finished) {
        steady_begin(track, box);
    }
    steady_follow(&track->cx, (double)middle.x, dt, size);
    steady_follow(&track->cy, (double)middle.y, dt, size);
    steady_follow(&track->w, (double)box->w, dt, size);
    steady_follow(&track->h, (double)box->h, dt, size);
    track->finished = true;
    track->finished_s = t;
    *box = (struct box){(float)(track->cx.value - track->w.value / 2),
                        (float)(track->cy.value - track->h.value / 2), (float)track->w.value,
                        (float)track->h.value};
}

int tracker_finish(struct tracker *tracker, double t, struct sighting sightings[MAX_FACES], int n) {
    int next = 0;
    for (int k = 0; k < tracker->n_tracks; k++) {
        struct track *track = &tracker->tracks[k];
        if (track->seen) {
            assert(next < n && sightings[next].id == track->id);
            track->sighting = sightings[next++];
            smooth(track, t, &track->sighting.box);
        }
    }
    for (int k = 0; k < tracker->n_tracks; k++) {
        sightings[k] = tracker->tracks[k].sighting;
    }
    return tracker->n_tracks;
}

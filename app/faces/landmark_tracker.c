// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/faces/landmark_tracker.h"

#include "core/base/log.h"
#include "app/faces/change_detector.h"
#include "app/faces/background_search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SEARCH_EVERY_S 0.2
#define SEARCH_SHARE (1.0 / 3) // of one core, at most, in the long run
#define VERIFY_EVERY_S 0.25
#define KEEP_DOUBTFUL_S 0.25 // a face that is not seen any more is looked for so long
#define BLIND_S 1.0    // trust in a face that the detector does not confirm, if it looks the same
#define MAX_VERIFIED 2 // per frame
#define TENTATIVE_TRIES 3
#define MOST_PLACED 4 // faces per frame; in a crowd they take turns ...
#define YOUNG_S 0.16  // a new face has its turn in every frame, to be believed soon
#define TURN_S 0.14   // ... so that each has had its turn within this time

// The detector's square from the landmarks: centre and side in units of their spread (medians of
// 352 GENKI-4K faces).
#define SQUARE_SIDE 2.84f
#define SQUARE_UP 0.10f

#define HEAD_SIDE 1.5f // in sides of the square

// One place where the detector looks for a face that it has seen before, in sizes of the face, and
// at which size it gets to see it; levels of its pyramid.
struct look {
    float room, face_px;
    int levels;
};
static const struct look narrow = {1.6f, 88, 2}, wide = {2.5f, 100, 4};

#define LEAST_LIKENESS 0.5f // correlation with the verified chip
#define THUMB_SIDE 16

struct followed {
    struct box square; // as the detector would draw it
    struct point landmarks[N_LANDMARKS];
    float move_x, move_y; // of the square between the last two frames, pixels
    float confidence;
    double verified_s; // media time at which the detector last found it
    double born_s;
    double placed_s;                      // when it was last placed
    double liked_s;                       // and when it last looked like itself
    int n_tries;                          // of a tentative face
    bool tentative;                       // found once; not given out yet
    bool doubtful;                        // did not look like itself in the last frame
    bool placed_now;                      // in this frame; otherwise where it was
    bool looked_at;                       // by the detector, in this frame
    bool verified_now;                    // and it was found
    bool known;                           // thumb is filled in
    float thumb[THUMB_SIDE * THUMB_SIDE]; // the verified chip: mean 0, length 1
};

struct follower {
    struct face_finder *finder;
    struct searcher *searcher;
    bool deterministic;
    struct change_map changes;
    double searched_s; // when the last search began
    double search_s;   // about how long it took
    double t;          // of the present frame
    double step_s;     // since the one before
    float min_face_px;
    int n;
    struct followed all[MAX_FACES];
};

struct follower *follower_create(struct face_finder *finder, bool deterministic) {
    struct follower *follower = calloc(1, sizeof *follower);
    if (!follower) {
        log_no_memory("the face tracker");
        return NULL;
    }
    follower->finder = finder;
    follower->deterministic = deterministic;
    follower->searcher = searcher_create(finder);
    if (!follower->searcher) {
        follower_destroy(follower);
        return NULL;
    }
    return follower;
}

void follower_destroy(struct follower *follower) {
    if (follower) {
        searcher_destroy(follower->searcher);
        free(follower);
    }
}

// ---- places ----

static struct box square_at(float x, float y, float side) {
    return (struct box){x - side / 2, y - side / 2, side, side};
}

static struct box square_of(const struct point landmarks[N_LANDMARKS]) {
    float x = 0, y = 0, square = 0;
    for (int i = 0; i < N_LANDMARKS; i++) {
        x += landmarks[i].x / N_LANDMARKS;
        y += landmarks[i].y / N_LANDMARKS;
    }
    for (int i = 0; i < N_LANDMARKS; i++) {
        float dx = landmarks[i].x - x, dy = landmarks[i].y - y;
        square += (dx * dx + dy * dy) / N_LANDMARKS;
    }
    float spread = sqrtf(square);
    return square_at(x, y - SQUARE_UP * spread, SQUARE_SIDE * spread);
}

// In sizes of the larger one.
static float distance(const struct box *a, const struct box *b) {
    return box_distance(a, b) / fmaxf(a->w, b->w);
}

static bool is_alike(const struct box *a, const struct box *b, float most_distance,
                     float most_growth) {
    return distance(a, b) < most_distance && a->w < most_growth * b->w && b->w < most_growth * a->w;
}

static bool reaches_in(const struct box *box, const struct image *grey) {
    float x = box_centre(box).x, y = box_centre(box).y;
    return x > 0 && y > 0 && x < (float)grey->width && y < (float)grey->height;
}

static void forget(struct follower *follower, int i) {
    memmove(&follower->all[i], &follower->all[i + 1],
            (size_t)(--follower->n - i) * sizeof follower->all[0]);
}

// ---- one known face ----

// Where it should be by now. A face at rest trembles; that is no movement.
static struct box expected(const struct followed *face) {
    struct box box = face->square;
    if (hypotf(face->move_x, face->move_y) > 0.04f * box.w) {
        box.x += face->move_x;
        box.y += face->move_y;
    }
    return box;
}

static bool place(struct follower *follower, const struct image *grey, struct followed *face,
                  struct box square) {
    struct box before = face->square;
    if (!reaches_in(&square, grey) ||
        !face_finder_landmarks(follower->finder, grey, square, face->landmarks)) {
        return false;
    }
    face->square = square_of(face->landmarks);
    face->move_x = box_centre(&face->square).x - box_centre(&before).x;
    face->move_y = box_centre(&face->square).y - box_centre(&before).y;
    return is_alike(&face->square, &square, 0.5f, 1.5f);
}

// Lets the detector look around the square; true when it finds the face, whose square it then is.
static bool detect(struct follower *follower, const struct image *grey, const struct look *look,
                   struct box *square, float *confidence) {
    struct face found;
    float half = look->room * square->w / 2, x = box_centre(square).x, y = box_centre(square).y;
    int left = (int)fmaxf(x - half, 0), top = (int)fmaxf(y - half, 0);
    int right = (int)fminf(x + half, (float)grey->width);
    int bottom = (int)fminf(y + half, (float)grey->height);
    if (right - left < 8 || bottom - top < 8) {
        return false;
    }
    struct image part = image_view(grey, left, top, right - left, bottom - top);
    struct face_search search = {fminf(look->face_px / square->w, 2), look->levels, 0};
    if (face_finder_detect(follower->finder, &part, &search, &found, 1) < 1) {
        return false;
    }
    found.box.x += (float)left;
    found.box.y += (float)top;
    *square = found.box;
    *confidence = found.confidence;
    return true;
}

// How urgently the detector should look at the face; not at all below 1.
static double urgency(const struct follower *follower, const struct followed *face) {
    double age = (follower->t - face->verified_s) / VERIFY_EVERY_S;
    return face->tentative || face->doubtful ? 1000 + age : age;
}

// Marks the faces that the detector looks at in this frame: the most urgent, so that in a crowd all
// have their turn.
static void choose_looks(struct follower *follower) {
    for (int i = 0; i < follower->n; i++) {
        follower->all[i].looked_at = false;
    }
    for (int k = 0; k < MAX_VERIFIED; k++) {
        struct followed *most = NULL;
        for (int i = 0; i < follower->n; i++) {
            struct followed *face = &follower->all[i];
            if (!face->looked_at && urgency(follower, face) >= 1 &&
                (!most || urgency(follower, face) > urgency(follower, most))) {
                most = face;
            }
        }
        if (most) {
            most->looked_at = true;
        }
    }
}

// Marks the faces that are placed in this frame: new ones, those that the detector looks at, and
// those that have waited longest.
static void choose_places(struct follower *follower) {
    int turns = (int)fmax(TURN_S / fmax(follower->step_s, 1e-3), 1);
    int wanted = (follower->n + turns - 1) / turns, n = 0;
    wanted = wanted < MOST_PLACED ? MOST_PLACED : wanted;
    for (int i = 0; i < follower->n; i++) {
        struct followed *face = &follower->all[i];
        bool young = follower->t - face->born_s < YOUNG_S;
        face->placed_now = face->looked_at || face->doubtful || young;
        n += face->placed_now;
    }
    for (struct followed *next = &follower->all[0]; next && n < wanted; n++) {
        next = NULL;
        for (int i = 0; i < follower->n; i++) {
            struct followed *face = &follower->all[i];
            if (!face->placed_now && (!next || face->placed_s < next->placed_s)) {
                next = face;
            }
        }
        if (next) {
            next->placed_now = true;
        }
    }
}

// Places the face in this frame, after a look of the detector if it is time for one. False when it
// is lost.
static bool follow(struct follower *follower, const struct image *grey, struct followed *face) {
    struct box square = expected(face);
    const struct look *look = face->doubtful ? &wide : &narrow;
    face->verified_now =
        face->looked_at && detect(follower, grey, look, &square, &face->confidence);
    if (face->verified_now) {
        face->verified_s = face->liked_s = follower->t;
        face->tentative = false;
    } else if (face->looked_at && face->tentative && ++face->n_tries == TENTATIVE_TRIES) {
        return false;
    }
    face->placed_s = follower->t;
    face->doubtful = !place(follower, grey, face, square) && !face->verified_now;
    return follower->t - face->liked_s <= KEEP_DOUBTFUL_S &&
           follower->t - face->verified_s <= BLIND_S;
}

static void follow_all(struct follower *follower, const struct image *grey) {
    choose_looks(follower);
    choose_places(follower);
    for (int i = 0; i < follower->n;) {
        if (!follower->all[i].placed_now || follow(follower, grey, &follower->all[i])) {
            i++;
        } else {
            forget(follower, i);
        }
    }
}

// Of two that have come to sit on one face, the one that was verified later stays.
static void forget_doubles(struct follower *follower) {
    for (int i = 0; i < follower->n; i++) {
        for (int k = i + 1; k < follower->n; k++) {
            struct followed *a = &follower->all[i], *b = &follower->all[k];
            if (is_alike(&a->square, &b->square, 0.35f, 2)) {
                if (b->verified_s > a->verified_s && !b->tentative) {
                    *a = *b;
                }
                forget(follower, k--);
            }
        }
    }
}

// ---- new faces ----

// The face with its hair, where no other face is to be expected.
static struct box head_of(const struct followed *face) {
    return square_at(box_centre(&face->square).x,
                     box_centre(&face->square).y - 0.1f * face->square.w,
                     HEAD_SIDE * face->square.w);
}

static bool is_known(const struct follower *follower, const struct box *square) {
    for (int i = 0; i < follower->n; i++) {
        if (is_alike(&follower->all[i].square, square, 0.5f, 2)) {
            return true;
        }
    }
    return false;
}

static void add(struct follower *follower, const struct image *grey, const struct face *found,
                bool tentative) {
    struct followed face = {.square = found->box,
                            .confidence = found->confidence,
                            .verified_s = follower->t,
                            .liked_s = follower->t,
                            .born_s = follower->t,
                            .placed_s = follower->t,
                            .placed_now = true,
                            .tentative = tentative,
                            .verified_now = !tentative};
    if (follower->n < MAX_FACES && !is_known(follower, &found->box) &&
        place(follower, grey, &face, found->box)) {
        face.move_x = face.move_y = 0;
        follower->all[follower->n++] = face;
    }
}

// Takes in what the search has found, if it is there, or must be by now. False when it has failed.
static bool take_search(struct follower *follower, const struct image *grey, bool now) {
    struct face found[MAX_FACES];
    if (!searcher_busy(follower->searcher)) {
        return true;
    }
    double due_s = follower->searched_s + follower->search_s;
    bool wait = now || (follower->deterministic && follower->t >= due_s);
    int n = wait || !follower->deterministic
                ? searcher_take(follower->searcher, wait, found, MAX_FACES)
                : SEARCH_PENDING;
    for (int i = 0; i < n; i++) {
        add(follower, grey, &found[i], !now);
    }
    return n != -1;
}

static int n_octaves(const struct follower *follower) {
    return searcher_octaves(follower->changes.height, follower->min_face_px);
}

static bool begin_search(struct follower *follower, const struct image *grey,
                         struct search_job *job) {
    job->min_face_px = follower->min_face_px;
    follower->searched_s = follower->t;
    for (int octave = 0; octave < n_octaves(follower); octave++) {
        for (int i = 0; i < job->octaves[octave].n; i++) {
            change_map_done(&follower->changes, octave, job->octaves[octave].boxes[i]);
        }
    }
    if (!searcher_begin(follower->searcher, grey, job)) {
        return false;
    }
    follower->search_s = searcher_estimate_s(follower->searcher);
    return true;
}

static bool search_everything(struct follower *follower, const struct image *grey) {
    struct face nobody[1];
    struct search_job job;
    if (searcher_busy(follower->searcher)) { // with another scene
        searcher_take(follower->searcher, true, nobody, 0);
    }
    for (int octave = 0; octave < n_octaves(follower); octave++) {
        job.octaves[octave].n = 1;
        job.octaves[octave].boxes[0] = (struct box){0, 0, (float)grey->width, (float)grey->height};
    }
    return begin_search(follower, grey, &job) && take_search(follower, grey, true);
}

// A face that is followed may change.
static void expect_changes(struct follower *follower) {
    for (int i = 0; i < follower->n; i++) {
        for (int octave = 0; octave < n_octaves(follower); octave++) {
            change_map_done(&follower->changes, octave, head_of(&follower->all[i]));
        }
    }
}

static bool search_changes(struct follower *follower, const struct image *grey) {
    struct search_job job;
    int n = 0;
    expect_changes(follower);
    double pause_s = fmax(SEARCH_EVERY_S, follower->search_s / SEARCH_SHARE);
    if (searcher_busy(follower->searcher) || follower->t - follower->searched_s < pause_s) {
        return true;
    }
    for (int octave = 0; octave < n_octaves(follower); octave++) {
        change_map_areas(&follower->changes, octave, ldexpf(follower->min_face_px, octave),
                         &job.octaves[octave]);
        n += job.octaves[octave].n;
    }
    return n == 0 || begin_search(follower, grey, &job);
}

// ---- one frame ----

static int give_out(const struct follower *follower, struct sighting sightings[MAX_FACES]) {
    int n = 0;
    for (int i = 0; i < follower->n; i++) {
        const struct followed *face = &follower->all[i];
        if (face->placed_now && !face->tentative && !face->doubtful) {
            struct sighting *sighting = &sightings[n++];
            *sighting = (struct sighting){.followed = i};
            sighting->face.box = face->square;
            sighting->face.confidence = face->confidence;
            memcpy(sighting->face.landmarks, face->landmarks, sizeof face->landmarks);
        }
    }
    return n;
}

int follower_find(struct follower *follower, const struct image *grey, double t, float min_face_px,
                  bool fresh, struct sighting sightings[MAX_FACES]) {
    bool good;
    follower->step_s = t - follower->t;
    follower->t = t;
    follower->min_face_px = min_face_px;
    fresh =
        fresh || grey->width != follower->changes.width || grey->height != follower->changes.height;
    if (fresh) {
        follower->n = 0;
        follower->changes.width = 0;
    }
    change_map_update(&follower->changes, grey, t);
    if (fresh) {
        good = search_everything(follower, grey);
    } else {
        follow_all(follower, grey);
        forget_doubles(follower);
        good = take_search(follower, grey, false) && search_changes(follower, grey);
    }
    return good ? give_out(follower, sightings) : -1;
}

// ---- is it still the face ----

static void make_thumb(const struct image *chip, float thumb[THUMB_SIDE * THUMB_SIDE]) {
    float mean = 0, square = 0;
    for (int i = 0; i < THUMB_SIDE * THUMB_SIDE; i++) {
        int x0 = i % THUMB_SIDE * chip->width / THUMB_SIDE;
        int x1 = (i % THUMB_SIDE + 1) * chip->width / THUMB_SIDE;
        int y0 = i / THUMB_SIDE * chip->height / THUMB_SIDE;
        int y1 = (i / THUMB_SIDE + 1) * chip->height / THUMB_SIDE;
        int sum = 0;
        for (int y = y0; y < y1; y++) {
            for (int x = x0; x < x1; x++) {
                sum += chip->data[y * chip->stride + x];
            }
        }
        thumb[i] = (float)sum / (float)((x1 - x0) * (y1 - y0));
        mean += thumb[i] / (THUMB_SIDE * THUMB_SIDE);
    }
    for (int i = 0; i < THUMB_SIDE * THUMB_SIDE; i++) {
        thumb[i] -= mean;
        square += thumb[i] * thumb[i];
    }
    for (int i = 0; i < THUMB_SIDE * THUMB_SIDE; i++) {
        thumb[i] /= fmaxf(sqrtf(square), 1e-6f);
    }
}

static float likeness(const float *a, const float *b) {
    float sum = 0;
    for (int i = 0; i < THUMB_SIDE * THUMB_SIDE; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

bool follower_recognises(struct follower *follower, const struct sighting *sighting) {
    struct followed *face = &follower->all[sighting->followed];
    float thumb[THUMB_SIDE * THUMB_SIDE];
    make_thumb(sighting->chip, thumb);
    if (face->verified_now || !face->known) {
        memcpy(face->thumb, thumb, sizeof thumb);
        face->known = true;
    }
    face->doubtful = likeness(face->thumb, thumb) < LEAST_LIKENESS;
    face->liked_s = face->doubtful ? face->liked_s : follower->t;
    return !face->doubtful;
}

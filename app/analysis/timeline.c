// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/analysis/timeline.h"

#include "core/base/log.h"

#include <math.h>
#include <stdlib.h>

#define LONGEST_STEP_S 1.0 // between two frames of one view; a longer one is a gap

void timeline_finish(struct timeline *timeline) {
    free(timeline->faces);
    free(timeline->smiles);
    *timeline = TIMELINE_EMPTY;
}

// Room for one more. False (logged once) without memory.
static bool grow(struct timeline *timeline, void **items, int n, int *room, size_t size) {
    if (n < *room) {
        return true;
    }
    int more = *room ? 2 * *room : 64;
    void *larger = realloc(*items, (size_t)more * size);
    if (!larger) {
        if (!timeline->incomplete) {
            log_no_memory("the list of smiles");
        }
        timeline->incomplete = true;
        return false;
    }
    *items = larger;
    *room = more;
    return true;
}

static struct face_interval *find_face(const struct timeline *timeline, int face) {
    for (int i = timeline->n_faces - 1; i >= 0; i--) {
        if (timeline->faces[i].face == face) {
            return &timeline->faces[i];
        }
    }
    return NULL;
}

// The one that is on.
static struct smile_interval *find_smile(const struct timeline *timeline, int face) {
    for (int i = timeline->n_smiles - 1; i >= 0; i--) {
        if (timeline->smiles[i].face == face) {
            return isnan(timeline->smiles[i].end_s) ? &timeline->smiles[i] : NULL;
        }
    }
    return NULL;
}

static void begin_face(struct timeline *timeline, const struct smile_event *event) {
    void *items = timeline->faces;
    if (grow(timeline, &items, timeline->n_faces, &timeline->faces_room, sizeof *timeline->faces)) {
        timeline->faces = items;
        timeline->faces[timeline->n_faces++] =
            (struct face_interval){.face = event->face, .begin_s = event->t, .end_s = NAN};
    }
}

static void begin_smile(struct timeline *timeline, const struct smile_event *event) {
    void *items = timeline->smiles;
    if (grow(timeline, &items, timeline->n_smiles, &timeline->smiles_room,
             sizeof *timeline->smiles)) {
        timeline->smiles = items;
        timeline->smiles[timeline->n_smiles++] = (struct smile_interval){.face = event->face,
                                                                         .begin_s = event->t,
                                                                         .end_s = NAN,
                                                                         .peak = event->score,
                                                                         .mean = event->score};
    }
}

static void take_event(struct timeline *timeline, const struct smile_event *event) {
    struct face_interval *face = find_face(timeline, event->face);
    struct smile_interval *smile = find_smile(timeline, event->face);
    switch (event->kind) {
    case EVENT_FACE_ENTER:
        begin_face(timeline, event);
        break;
    case EVENT_FACE_LEAVE:
        if (face) {
            face->end_s = event->t;
            face->cut = event->cut;
        }
        break;
    case EVENT_SMILE_START:
        begin_smile(timeline, event);
        break;
    case EVENT_SMILE_END:
        if (smile) {
            smile->end_s = event->t;
            smile->peak = event->peak;
            smile->cut = event->cut;
        }
        break;
    case EVENT_CAMERA_LOST:
    case EVENT_CAMERA_BACK:
    case EVENT_CLOSED:
    case EVENT_OPENED:
        break;
    }
}

static void take_face(struct timeline *timeline, double step_s, const struct face_view *view) {
    struct face_interval *face = find_face(timeline, view->id);
    struct smile_interval *smile = view->smiling ? find_smile(timeline, view->id) : NULL;
    if (face && view->seen) {
        face->seen_s += step_s;
    }
    if (smile) {
        smile->sum += (double)view->score;
        smile->n++;
        smile->mean = (float)(smile->sum / smile->n);
        smile->peak = fmaxf(smile->peak, view->score);
    }
}

static double step_to(struct timeline *timeline, double t) {
    bool first = timeline->end_s < timeline->begin_s;
    double step_s = first ? 0 : t - timeline->end_s;
    timeline->begin_s = first ? t : timeline->begin_s;
    timeline->end_s = t;
    timeline->n_frames++;
    return step_s >= 0 && step_s <= LONGEST_STEP_S ? step_s : 0;
}

void timeline_follow(struct timeline *timeline, double t, bool is_frame,
                     const struct analysis *analysis) {
    double step_s = is_frame ? step_to(timeline, t) : 0;
    bool any = false;
    for (int i = 0; i < analysis->n_events; i++) {
        take_event(timeline, &analysis->events[i]);
    }
    for (int i = 0; i < analysis->n_faces; i++) {
        take_face(timeline, step_s, &analysis->faces[i]);
        any = any || analysis->faces[i].seen;
    }
    timeline->seen_s += any ? step_s : 0;
}

// Adds a smile; those of several faces may overlap, and count once: they come by their beginning.
static void add_smile(struct smile_totals *totals, const struct smile_interval *smile,
                      double *until_s) {
    double length_s = smile->end_s - smile->begin_s;
    double from_s = fmax(smile->begin_s, *until_s);
    totals->first_s = totals->n_smiles++ ? fmin(totals->first_s, smile->begin_s) : smile->begin_s;
    totals->longest_s = fmax(totals->longest_s, length_s);
    totals->smiling_s += fmax(smile->end_s - from_s, 0);
    totals->peak = fmaxf(totals->peak, smile->peak); // which ignores NaN
    *until_s = fmax(*until_s, smile->end_s);
}

struct smile_totals timeline_totals(const struct timeline *timeline, int face) {
    struct smile_totals totals = {.face = face,
                                  .begin_s = timeline->begin_s,
                                  .end_s = fmax(timeline->end_s, timeline->begin_s),
                                  .seen_s = timeline->seen_s,
                                  .first_s = NAN,
                                  .peak = NAN};
    const struct face_interval *found = face ? find_face(timeline, face) : NULL;
    double until_s = -INFINITY;
    if (found) {
        totals.begin_s = found->begin_s;
        totals.end_s = found->end_s;
        totals.seen_s = found->seen_s;
    }
    for (int i = 0; i < timeline->n_smiles; i++) {
        const struct smile_interval *smile = &timeline->smiles[i];
        if ((face == 0 || smile->face == face) && !isnan(smile->end_s)) {
            add_smile(&totals, smile, &until_s);
        }
    }
    return totals;
}

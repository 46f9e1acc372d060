// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/analysis/smile_events.h"

#include <assert.h>
#include <math.h>
#include <string.h>

// After a step of the probability the smoothed score is half way after this time.
#define SMOOTHING_DELAY_S (SMILE_SMOOTHING_S * M_LN2)
// Frame times are fractions of a second in binary; 5 * 0.03 must not be less than 0.15.
#define TIME_TOLERANCE_S 1e-6
#define LEAST_SHOWN 0.01f // under the threshold: a percent

void smile_events_init(struct smile_events *events, float threshold) {
    *events = (struct smile_events){
        .threshold = threshold,
        .on_level = fminf(threshold + (float)SMILE_MARGIN, (threshold + 1) / 2),
        .off_level = fmaxf(threshold - (float)SMILE_MARGIN, threshold / 2),
        .event_s = -INFINITY,
    };
}

static void emit(struct smile_events *events, struct analysis *analysis, enum smile_event_kind kind,
                 double t, const struct smile_memory *face) {
    // At most smile_end and face_leave of those who go, face_enter and smile_start of those who
    // stay.
    assert(analysis->n_events < (int)(sizeof analysis->events / sizeof *analysis->events));
    events->event_s = fmax(t, events->event_s);
    analysis->events[analysis->n_events++] = (struct smile_event){.kind = kind,
                                                                  .t = events->event_s,
                                                                  .face = face->id,
                                                                  .score = face->score,
                                                                  .box = face->box};
}

// ---- one face ----

static struct smile_memory *remember(struct smile_events *events, int id, double t) {
    struct smile_memory *free_place = NULL;
    for (int i = 0; i < MAX_FACES; i++) {
        if (events->faces[i].id == id) {
            return &events->faces[i];
        }
        if (events->faces[i].id == 0 && !free_place) {
            free_place = &events->faces[i];
        }
    }
    if (free_place) {
        *free_place = (struct smile_memory){.id = id,
                                            .first_s = t,
                                            .seen_s = t,
                                            .read_s = t,
                                            .crossed_s = t,
                                            .beyond_s = NAN,
                                            .score = NAN};
    }
    return free_place;
}

// When the line from (t0, before) to (t, after) passes the threshold.
static double crossing(double t0, double t, float before, float after, float threshold) {
    return t0 + (t - t0) * (double)((threshold - before) / (after - before));
}

static void smooth(struct smile_events *events, struct smile_memory *face, double t,
                   float probability) {
    float before = isnan(face->score) ? probability : face->score;
    double dt = fmax(t - face->read_s, 0);
    face->score = before;
    face->score += (float)(1 - exp(-dt / SMILE_SMOOTHING_S)) * (probability - before);
    if ((before < events->threshold) != (face->score < events->threshold)) {
        double crossed = crossing(face->read_s, t, before, face->score, events->threshold);
        face->crossed_s = fmax(crossed - SMOOTHING_DELAY_S, face->first_s);
    }
    face->read_s = t;
}

static void start_smile(struct smile_events *events, struct smile_memory *face,
                        struct analysis *analysis) {
    face->smiling = true;
    face->peak = face->score;
    emit(events, analysis, EVENT_SMILE_START, face->crossed_s, face);
    face->smile_s = events->event_s;
    events->n_smiles++;
}

static void end_smile(struct smile_events *events, struct smile_memory *face,
                      struct analysis *analysis, double t) {
    face->smiling = false;
    emit(events, analysis, EVENT_SMILE_END, fmax(t, face->smile_s), face);
    struct smile_event *event = &analysis->events[analysis->n_events - 1];
    event->duration_s = events->event_s - face->smile_s;
    event->peak = face->peak;
}

static void decide(struct smile_events *events, struct smile_memory *face,
                   struct analysis *analysis, double t) {
    bool above = face->score > (face->smiling ? events->off_level : events->on_level);
    face->peak = fmaxf(face->peak, face->score);
    if (above == face->smiling) {
        face->beyond_s = NAN;
        return;
    }
    if (isnan(face->beyond_s)) {
        face->beyond_s = t;
    }
    if (t - face->beyond_s < SMILE_HOLD_S - TIME_TOLERANCE_S || !face->entered) {
        return;
    }
    face->beyond_s = NAN;
    if (above) {
        start_smile(events, face, analysis);
    } else {
        end_smile(events, face, analysis, face->crossed_s);
    }
}

static void take_quality(struct smile_memory *face, double t, enum face_quality quality) {
    if (quality != face->pending) {
        face->pending = quality;
        face->pending_s = t;
    }
    if (t - face->pending_s >= QUALITY_HOLD_S - TIME_TOLERANCE_S) {
        face->quality = quality;
    }
}

static void see(struct smile_events *events, struct smile_memory *face, struct analysis *analysis,
                double t, const struct sighting *sighting) {
    face->box = sighting->box;
    face->n_sightings++;
    take_quality(face, t, sighting->quality);
    bool judged = sighting->quality == QUALITY_GOOD && !isnan(sighting->smile);
    if (judged || isnan(face->score)) {
        smooth(events, face, t, sighting->smile);
    }
    face->seen_s = t;
    if (isnan(face->score)) {
        return;
    }
    bool believed = t - face->first_s >= FACE_BELIEF_S - TIME_TOLERANCE_S &&
                    face->n_sightings >= FACE_BELIEF_SIGHTINGS;
    if (believed && !face->entered) {
        face->entered = true;
        face->entered_s = t;
        emit(events, analysis, EVENT_FACE_ENTER, t, face);
    }
    if (judged) {
        decide(events, face, analysis, t);
    }
}

static void leave(struct smile_events *events, struct smile_memory *face, struct analysis *analysis,
                  double t) {
    if (face->smiling) {
        end_smile(events, face, analysis, face->seen_s);
    }
    if (face->entered) {
        emit(events, analysis, EVENT_FACE_LEAVE, t, face);
    }
    *face = (struct smile_memory){0};
}

// ---- one frame ----

static bool is_present(const struct sighting *sightings, int n, int id) {
    for (int i = 0; i < n; i++) {
        if (sightings[i].id == id) {
            return true;
        }
    }
    return false;
}

// The steady state follows the score a moment later; till then the two must not contradict.
static float shown_score(const struct smile_events *events, const struct smile_memory *face) {
    return face->smiling ? fmaxf(face->score, events->threshold)
                         : fminf(face->score, events->threshold - LEAST_SHOWN);
}

static void describe(const struct smile_events *events, const struct smile_memory *face, double t,
                     const struct sighting *sighting, struct face_view *view) {
    *view = (struct face_view){
        .id = face->id,
        .box = sighting->box,
        .score = face->score,
        .raw_score = sighting->smile,
        .shown_score = shown_score(events, face),
        .smiling = face->smiling,
        .seen = sighting->seen,
        .quality = face->quality,
        .confidence = sighting->face.confidence,
        .unseen_s = t - face->seen_s,
        .smiling_s = face->smiling ? fmax(t - face->smile_s, 0) : 0,
        .age_s = t - face->entered_s,
        .n_probabilities = sighting->n_probabilities,
        .map = sighting->map,
    };
    memcpy(view->landmarks, sighting->landmarks, sizeof view->landmarks);
    memcpy(view->probabilities, sighting->probabilities, sizeof view->probabilities);
}

void smile_events_update(struct smile_events *events, double t, const struct sighting *sightings,
                         int n, struct analysis *analysis) {
    analysis->n_faces = analysis->n_events = 0;
    for (int i = 0; i < MAX_FACES; i++) {
        if (events->faces[i].id != 0 && !is_present(sightings, n, events->faces[i].id)) {
            leave(events, &events->faces[i], analysis, t);
        }
    }
    for (int i = 0; i < n; i++) {
        struct smile_memory *face = remember(events, sightings[i].id, t);
        if (face && sightings[i].seen) {
            see(events, face, analysis, t, &sightings[i]);
        }
        if (face && face->entered) {
            describe(events, face, t, &sightings[i], &analysis->faces[analysis->n_faces++]);
        }
    }
    analysis->n_smiles = events->n_smiles;
}

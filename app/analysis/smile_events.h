// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/analysis/analysis.h"

// Probabilities of a smile, in media time, into a steady state per face and into events. Pure: no
// clock, no input or output; the same calls give the same events. Works at any frame rate, also a
// varying one.

// Smoothing forgets with this time constant.
#define SMILE_SMOOTHING_S 0.12
// A smile begins above threshold + margin and ends below threshold - margin, if it stays there for
// the hold (half way to 1 and 0 for a threshold that leaves less room).
#define SMILE_MARGIN 0.1
#define SMILE_HOLD_S 0.15
// Another quality is shown when it has lasted so long.
#define QUALITY_HOLD_S 0.3
// A face is believed, and entered, when it was seen this often over this time.
#define FACE_BELIEF_S 0.03
#define FACE_BELIEF_SIGHTINGS 2

// What is remembered of one face. Times are media seconds.
struct smile_memory {
    int id; // 0: free
    double first_s, seen_s, read_s, entered_s;
    int n_sightings;
    bool entered, smiling;
    float score, peak;
    double crossed_s; // when the score last crossed the threshold
    double beyond_s;  // since when the score has asked for a change; NaN: it does not
    double smile_s;   // when the present smile began
    enum face_quality quality, pending; // shown; of the last sighting
    double pending_s;                   // since when it has been pending
    struct box box;
};

struct smile_events {
    float threshold, on_level, off_level;
    int n_smiles;
    double event_s; // time of the last event; later ones are never put before it
    struct smile_memory faces[MAX_FACES];
};

// threshold: the model's working threshold, (0,1).
void smile_events_init(struct smile_events *events, float threshold);

// One frame at media time t: fills analysis->faces but for the labels, the events of this frame in
// their order, and n_smiles. sightings are all who are there (identity_tracker.h); a face that is
// missing has left. One that is not yet believed is left out of the analysis. The probability of a
// face of less than good quality is ignored, but for its first. What is
// still on at the end of a medium is ended by presence.h.
//
// An event says when its cause happened as well as that can be known: smile_start and smile_end are
// put back by the delay of smoothing and hold, yet times never run backwards from one event to the
// next.
void smile_events_update(struct smile_events *events, double t, const struct sighting *sightings,
                         int n, struct analysis *analysis);

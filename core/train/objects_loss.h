// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/run/detector.h"

#include <stdbool.h>

// The loss of a detection network's maps (objects.h) against the objects that are really there.
// Works on one sample; the caller adds up a batch.

// An ignored one (too small, too blurred, unsure) is no target, and places in it are no negatives.
struct object_truth {
    struct box box; // input pixels
    int label;
    bool ignored;
};

// Places of all maps together, map by map, row by row.
int object_places(const struct object_maps *maps);

// Which truth each place is to find: an index, or one of these.
enum { PLACE_NEGATIVE = -1, PLACE_IGNORED = -2 };

// Assigns places to truths as FCOS does (Tian et al. 2019): a truth of side z = sqrt(w h) belongs
// to the maps whose stride suits it (up to 4.5 strides on the finest, 1.75 to 5 on those between,
// from 2 on the coarsest; ranges overlap), and to the places at most 1.5 strides and z / 2 from its
// centre along both axes, at least to the nearest. The smaller of two truths gets a place that both
// want. assigned:(places) Returns the number of places that have a truth.
int objects_assign(const struct object_maps *maps, const struct object_truth *truths, int n_truths,
                   int *assigned);

// The loss of one sample, and its gradient into dx (one pointer to each map, overwritten), both
// times scale (one over the batch's number of assigned places, say):
//   quality focal loss (Li et al., Generalized Focal Loss, 2020, eq. 6, beta 2) for each logit,
//       whose target is the overlap of the place's box with its truth, 0 elsewhere;
//   plus 2 (1 - GIoU) (Rezatofighi et al. 2019) for the boxes of assigned places.
// The target counts as a constant.
double objects_loss(const struct object_maps *maps, const real *const *x,
                    const struct object_truth *truths, const int *assigned, double scale,
                    real *const *dx);

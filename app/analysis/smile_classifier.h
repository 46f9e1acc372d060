// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/faces/sighting.h"

// From faces that were found to probabilities: cuts out the chips that the model wants and runs it
// on all at once.

struct smile_classifier;

// From what probability of a smile on a face counts as smiling; at most one of both is not 0, and
// with neither it is the model's own threshold.
struct operating_point {
    double threshold;
    double false_alarms; // share of faces without a smile that may be taken for one
};

// Loads the model, NULL meaning the shipped one (model_files.h). NULL (logged) on failure, also for
// a model that knows no smile, or does not know the threshold for that rate of false alarms. point
// may be NULL. Owned by the caller; one thread at a time.
struct smile_classifier *smile_classifier_create(const char *model,
                                                 const struct operating_point *point);
void smile_classifier_destroy(struct smile_classifier *classifier); // NULL is legal

// The threshold is that of the operating point.
const struct model_info *smile_classifier_info(const struct smile_classifier *classifier);

// Classifies at most MAX_FACES faces of a GREY8 picture: fills in the chips and probabilities of
// the sightings; NaN for a face that cannot be cut out.
void smile_classifier_read(struct smile_classifier *classifier, const struct image *grey,
                           struct sighting *sightings, int n);

// The probability of a smile on a chip of the model's chip_size that the caller has.
float smile_classifier_score(struct smile_classifier *classifier, const struct image *chip);

// classifier_map of a smile for the i-th face of the last smile_classifier_read, valid until the
// next map; NULL (logged) when the model has none.
const float *smile_classifier_map(struct smile_classifier *classifier, int i);

// The label of a face: "smile" when it smiles, else the most probable of the others.
int smile_classifier_label(const struct model_info *info, const float *probabilities, bool smiling);

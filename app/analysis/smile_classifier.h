// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/run/classifier.h"
#include "app/sources/frame.h"

// From faces that were found to probabilities: cuts the chips that the model wants and runs it on
// all at once.

struct smile_classifier;

// From what probability of a smile on a face counts as smiling; at most one of both is not 0, and
// with neither it is the model's own threshold.
struct operating_point {
    double threshold;
    double false_alarms; // share of faces without a smile that may be taken for one
};

// Loads the model, NULL meaning the shipped one (model_path.h). NULL (logged) on failure, also for
// a model that knows no smile, or does not know the threshold for that rate of false alarms. point
// may be NULL. Owned by the caller; one thread at a time.
struct smile_classifier *smile_classifier_create(const char *model,
                                                 const struct operating_point *point);
void smile_classifier_destroy(struct smile_classifier *reader); // NULL is legal

const struct model_info *smile_classifier_info(const struct smile_classifier *reader);

// Reads at most MAX_FACES faces of a GREY8 picture. probabilities:(n, n_labels), the caller's to
// change until the next call; a face that cannot be cut out has NaN in its row.
float *smile_classifier_read(struct smile_classifier *reader, const struct image *grey,
                             const struct face *faces, int n);

// Reads chips of the model's chip_size that the caller has, likewise.
float *smile_classifier_read_chips(struct smile_classifier *reader, const struct image *chips,
                                   int n);

// The chip that was cut out for the i-th face of the last call.
const struct image *smile_classifier_chip(const struct smile_classifier *reader, int i);

// classifier_map of the i-th face of the last call, valid until the next map; NULL (logged) when
// the model has none.
const float *smile_classifier_map(struct smile_classifier *reader, int i, int label);

// The label to tell a person: "smile" from the threshold upward, else the most probable of the
// others.
int smile_classifier_verdict(const struct model_info *info, const float *probabilities);

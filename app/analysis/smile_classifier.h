// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/run/classifier.h"
#include "app/sources/frame.h"

// From faces that were found to probabilities: cuts the chips that the model wants and runs it on
// all at once.

struct face_reader;

// From what probability of a smile on a face counts as smiling; at most one of both is not 0, and
// with neither it is the model's own threshold.
struct working_point {
    double threshold;
    double false_alarms; // share of faces without a smile that may be taken for one
};

// Loads the model, NULL meaning the shipped one (model_path.h). NULL (logged) on failure, also for
// a model that knows no smile, or does not know the threshold for that rate of false alarms. point
// may be NULL. Owned by the caller; one thread at a time.
struct face_reader *face_reader_create(const char *model, const struct working_point *point);
void face_reader_destroy(struct face_reader *reader); // NULL is legal

const struct model_info *face_reader_info(const struct face_reader *reader);

// Reads at most MAX_FACES faces of a GREY8 picture. probabilities:(n, n_labels), the caller's to
// change until the next call; a face that cannot be cut out has NaN in its row.
float *face_reader_read(struct face_reader *reader, const struct image *grey,
                        const struct face *faces, int n);

// Reads chips of the model's chip_size that the caller has, likewise.
float *face_reader_read_chips(struct face_reader *reader, const struct image *chips, int n);

// The chip that was cut out for the i-th face of the last call.
const struct image *face_reader_chip(const struct face_reader *reader, int i);

// classifier_map of the i-th face of the last call, valid until the next map; NULL (logged) when
// the model has none.
const float *face_reader_map(struct face_reader *reader, int i, int label);

// The label to tell a person: "smile" from the threshold upward, else the most probable of the
// others.
int face_reader_verdict(const struct model_info *info, const float *probabilities);

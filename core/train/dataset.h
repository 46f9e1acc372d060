// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/run/classifier.h"
#include "core/image/image.h"

#include <stdint.h>

// A crops file: the faces of a set of labelled pictures, cut out and aligned once, with where they
// came from. Pictures without a face that was found stay in it, so that every picture counts in an
// accuracy.

#define CROP_NAME_LEN 96
#define DATASET_MAX_CROPS 2000000

struct crop {
    char name[CROP_NAME_LEN]; // the picture's, within its set
    int label;
    uint32_t group;  // equal for copies of one picture, which must not straddle a split
    bool found;      // a face was found; without one there are no pixels
    float pose[3];   // yaw, pitch, roll in radians; NaN if unknown
    float face_size; // width of the face in the picture, pixels
    bool auxiliary;  // of another set (dataset_join.h): learned from, never measured; not in files
};

struct dataset {
    int n, capacity;
    struct crop *crops;
    uint8_t *pixels; // (n, chip_size, chip_size)
    int chip_size;
    float chip_padding;
    int n_labels;
    char labels[MODEL_MAX_LABELS][MODEL_LABEL_LEN];
    char provenance[512]; // what made it, from what
};

void dataset_init(struct dataset *dataset, int chip_size, float chip_padding);
void dataset_finish(struct dataset *dataset); // legal on a zeroed one

// Appends a crop; chip is GREY8 of chip_size, or NULL when no face was found. False (logged)
// without memory.
bool dataset_add(struct dataset *dataset, const struct crop *crop, const struct image *chip);

// The index of a label, added when it is new; -1 (logged) when there are too many.
int dataset_label(struct dataset *dataset, const char *label);

// A view of a crop's pixels.
struct image dataset_chip(const struct dataset *dataset, int index);

// The file is little-endian and versioned. A damaged one is refused with what is wrong (logged).
bool dataset_write(const struct dataset *dataset, const char *path);
bool dataset_read(struct dataset *dataset, const char *path);

// Which part of a split a crop belongs to: the same for copies, and the same whatever else is in
// the set. share in [0, 1): a hash of the group and the seed.
double dataset_split(const struct crop *crop, uint64_t seed);

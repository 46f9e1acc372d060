// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/run/classifier.h"
#include "core/image/image.h"

#include <stdint.h>

// A crops file: the faces of a set of labelled images, aligned and cut out once, with their origin.
// Images in which no face was found are kept, so that accuracies count every image.

#define CROP_NAME_LEN 96
#define DATASET_MAX_CROPS 2000000
#define DATASET_MAX_SOURCES 16

struct crop {
    char name[CROP_NAME_LEN]; // of the image, within its set
    int label;
    uint32_t group;  // equal for copies of one image, which must not straddle a split
    bool found;      // a face was found; without one there are no pixels
    float pose[3];   // yaw, pitch, roll in radians; NaN if unknown
    float face_size; // width of the face in the image, pixels
    uint8_t source;  // which of the sets that were joined (dataset_join.h), from 0; not in files
};

struct dataset {
    int n, capacity;
    struct crop *crops;
    uint8_t *pixels; // (n, chip_size, chip_size)
    int chip_size;
    float chip_padding;
    int n_labels;
    char labels[MODEL_MAX_LABELS][MODEL_LABEL_LEN];
    char provenance[512]; // which program made it from which files
};

void dataset_init(struct dataset *dataset, int chip_size, float chip_padding);
void dataset_finish(struct dataset *dataset); // legal on a zeroed one

// Appends a crop; chip is GREY8 of chip_size, or NULL when no face was found. False (logged)
// without memory.
bool dataset_add(struct dataset *dataset, const struct crop *crop, const struct image *chip);

// The index of a label, which is added when new; -1 (logged) when it is invalid or one too many.
int dataset_label(struct dataset *dataset, const char *label);

// A view of a crop's pixels.
struct image dataset_chip(const struct dataset *dataset, int index);

// The file is little-endian and versioned. A damaged file is refused (logged, saying what is
// wrong).
bool dataset_write(const struct dataset *dataset, const char *path);
bool dataset_read(struct dataset *dataset, const char *path);

// Where a crop falls in a split, in [0, 1): a hash of its group and the seed, so equal for copies
// and independent of the rest of the set.
double dataset_split(const struct crop *crop, uint64_t seed);

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/base/metadata.h"

#include <stdbool.h>

#define MODEL_MAX_LABELS 16
#define MODEL_LABEL_LEN 32

// Faces beyond these limits are not judged: too many answers would be wrong.
struct quality_limits {
    float min_face_px;   // width of its box
    float min_contrast;  // deviation of the chip's grey levels
    float min_sharpness; // deviation of the chip's Laplacian in units of that
    float max_turn;      // 0.6 times the tangent of the angle
};

// What a model expects of its faces, and what is known about it.
struct model_info {
    int input_size;     // side of the square network input, pixels
    int chip_size;      // side of the square chip that the input is cut from; at least input_size
    float chip_padding; // the chip's margin around the mean face, as dlib's get_face_chip_details
                        // means it
    int n_labels;
    char labels[MODEL_MAX_LABELS][MODEL_LABEL_LEN]; // in the order of the outputs
    int smile_label;                                // index of "smile" (or "happy"), -1 without one
    float threshold;                                // of the smile's probability
    struct quality_limits quality;
    int map_height, map_width;    // of classifier_map; 0: the network has no maps
    float map_x, map_y;           // centre of the first place's receptive field, input pixels
    float map_step_x, map_step_y; // from there to the next one's
    int n_parameters;
    long long multiply_adds; // per face
    char description[256];
};

struct graph;

// model_info <-> the metadata of a model file (keys "smilecam.labels", "smilecam.chip_size", ...).

// Makes a classifier end in softmax: gives one that ends in logits the softmax that it lacks (and
// says so), and one that ends in one logistic unit, p, two outputs, (1 - p, p): the softmax of 0
// and the unit's logit, which is equal and has a loss. Leaves other networks unchanged. False
// (logged) without memory.
bool model_complete(struct graph *graph);

// Whether a graph has the shape of a face classifier: a square grey image of 8 to 512 pixels a side
// in, probabilities out, and not too many operations. False (logged, naming path) if not.
bool model_shape_check(const char *path, const struct graph *graph);

// Whether a label is valid: labels are written to terminals, JSON and a comma-separated list.
bool model_label_valid(const char *label);

// The index of the label that means a smile: "smile", "smiling", "happy" or "happiness" in any
// case; -1 if there is none.
int model_smile_label(int n_labels, const char labels[][MODEL_LABEL_LEN]);
bool model_label_is_smile(const char *label);

// Whether two labels mean the same expression: equal except for case, or like "angry" and "anger".
bool model_label_same(const char *a, const char *b);

// Fills in input_size, chip_size and chip_padding, for any network of square grey faces.
void model_geometry_read(const struct graph *graph, const struct metadata *metadata,
                         struct model_info *info);

// Checks that the graph is a classifier of square grey faces with as many outputs as labels. False
// (logged, naming the path) if not.
bool model_info_read(const char *path, const struct graph *graph, const struct metadata *metadata,
                     struct model_info *info);

// Writes labels, sizes, padding, threshold and description; the rest follows from the graph.
void model_info_write(const struct model_info *info, struct metadata *metadata);

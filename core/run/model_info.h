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
    float max_turn;      // how far the nose is off the middle of the face: 0 frontal, 1 profile
};

// How a model wants its faces; rides in the model file's metadata.
struct model_info {
    int input_size;     // side of the square network input, pixels
    int chip_size;      // side of the square chip that the input is cut from; at least input_size
    float chip_padding; // the chip's margin around the mean face, as dlib's get_face_chip_details
                        // means it
    int n_labels;
    char labels[MODEL_MAX_LABELS][MODEL_LABEL_LEN]; // in the order of the outputs
    int smile_label;                                // index of "smile" (or "happy"), -1 without one
    float threshold; // the working threshold of the smile probability
    struct quality_limits quality;
    int map_height, map_width;    // of classifier_map; 0: the network has no maps
    float map_x, map_y;           // the middle of what a map's first place sees, input pixels
    float map_step_x, map_step_y; // and how far it is to the next one's
    int n_parameters;
    long long multiply_adds; // per face
    char description[256];
};

struct graph;

// model_info <-> the metadata of a model file (keys "smilecam.labels", "smilecam.chip_size", ...).

// A network that ends in one logistic unit, p, is made to give both probabilities, (1 - p, p): the
// sigmoid becomes the softmax of 0 and the unit's value, which is the same and has a loss. Others
// stay as they are. False (logged) without memory.
bool model_complete(struct graph *graph);

// Whether a graph has the shape of a face classifier: one square grey picture of 8 to 512 pixels a
// side in, probabilities out, and not too much to compute. If not, the reason is logged, naming
// path.
bool model_shape_check(const char *path, const struct graph *graph);

// Whether a model may have such a label: labels go to terminals, into JSON and into a list.
bool model_label_valid(const char *label);

// The label that means a smile: "smile", "smiling", "happy", "happiness" in any case; -1 if there
// is none.
int model_smile_label(int n_labels, const char labels[][MODEL_LABEL_LEN]);
bool model_label_is_smile(const char *label);

// Whether two labels mean the same expression: equal but for case, or as "angry" and "anger".
bool model_label_same(const char *a, const char *b);

// Checks that the graph is a classifier of square grey faces with as many outputs as labels. False
// (logged, naming the path) if not.
bool model_info_read(const char *path, const struct graph *graph, const struct metadata *metadata,
                     struct model_info *info);

// Labels, sizes, padding and threshold, but not what follows from the graph.
void model_info_write(const struct model_info *info, struct metadata *metadata);

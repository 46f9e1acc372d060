// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"

// The part of the network's input that each output of a node depends on (Araujo, Norris and Sim,
// Computing Receptive Fields of Convolutional Neural Networks, Distill 2019). Uneven padding shifts
// it: after three 3x3 windows of stride 2 with the odd pixel of padding at the end it lies 3.5
// pixels further right than the output's position suggests.

// Along one axis, in input pixels from the edge of the image.
struct receptive_axis {
    float first; // centre of the first output's field
    float step;  // from each output's to the next
    float size;  // of a field
};

struct receptive_field {
    struct receptive_axis x, y;
};

// Where branches join, the one with the largest field counts. Outputs of layers that are not a
// window over their input, such as spectral pooling, count as spread evenly over it. False (logged)
// without memory.
bool receptive_field_find(const struct graph *graph, int node, struct receptive_field *field);

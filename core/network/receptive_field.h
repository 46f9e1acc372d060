// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"

// What the outputs of a node see of the network's input (Araujo, Norris and Sim, Computing
// Receptive Fields of Convolutional Neural Networks, Distill 2019). Uneven padding moves it: three
// 3x3 windows of stride 2 whose odd pixel of padding is at the end look 3.5 pixels further right
// than their outputs' places in the picture suggest.

// Along one axis, in input pixels counted from the picture's edge.
struct receptive_axis {
    float first; // the middle of what the first output sees
    float step;  // from each output to the next
    float size;  // how much each sees
};

struct receptive_field {
    struct receptive_axis x, y;
};

// Where branches join, the one that sees most counts. Layers that are no window over their input,
// such as a spectral pooling, count as spread evenly over it. False (logged) without memory.
bool receptive_field_find(const struct graph *graph, int node, struct receptive_field *field);

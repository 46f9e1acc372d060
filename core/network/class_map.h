// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"
#include "core/network/receptive_field.h"

// Class activation maps (Zhou et al., Learning Deep Features for Discriminative Localization,
// 2016): how much each place of the image counts towards a label. A network that ends in
//   feature maps f -> global average -> dense (w, b) -> softmax      f:(C,H,W) w:(L,C) b:(L)
// has logits that are means over places,
//   z_l = mean over (y, x) of m_l[y, x]      m_l = b_l + sum_c w_lc f_c
// and softmax depends only on their differences, so the map of label l is defined as
//   map_l = m_l - mean of m_k over the labels k != l
// Values above 0 are evidence for the label, values below 0 against it. With two labels one map is
// the negative of the other, and its mean is the log-odds log(p_l / (1 - p_l)).
//
// The dense layer may be a 1x1 convolution, or absent as in a network in network, whose last
// feature maps are the m_l themselves; a single logistic unit counts as (0, z) (model_complete in
// model_info.h).

struct class_map {
    int source;                   // the node whose output is f; -1: the network has no maps
    struct shape f;               // its shape
    struct receptive_field field; // of its places
    int n_labels;                 // L
    real *weights, *bias;         // of map_l by f: (L,C), (L)
};

// The node whose output is f; -1 when the network ends differently.
int class_map_source(const struct graph *graph);

// Reads the weights of a graph that fold_graph made. False (logged) without memory.
bool class_map_init(struct class_map *map, const struct graph *folded);
void class_map_finish(struct class_map *map); // legal on a zeroed one

// The map of a label for one sample.  f:(C,H,W) out:(H,W)
void class_map_compute(const struct class_map *map, const real *f, int label, real *out);

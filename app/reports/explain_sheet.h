// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/run/classifier.h"
#include "core/run/deconvolution.h"
#include "core/network/graph.h"
#include "app/analysis/analysis.h"

// An image that shows how a network classifies one face, or how an autoencoder makes it again.

#define SHEET_LAYERS 12

struct explanation {
    const char *picture; // the photograph's name
    const char *note;    // which of its faces, or NULL
    const struct model_info *info;
    const float *probabilities;     // (n_labels)
    int label;                      // that is explained
    const struct image *chip;       // GREY8 of chip_size
    struct attention_map map;       // for the label; width 0: the network has none
    float map_mean;                 // of all its places
    struct attention_map occlusion; // occlusion.h
    float strongest;
    const real *input;          // of the network: (input_size, input_size), standardised
    const real *reconstruction; // the same size, of an autoencoder, which has nothing of the
    double loss;                // above from probabilities to strongest; NULL: a classifier
    const struct graph *graph;
    struct deconvolution *inside;       // of graph and input
    int n_layers, layers[SHEET_LAYERS]; // nodes whose strongest feature maps are shown
};

// Draws the sheet as PIXEL_BGRX32; the caller owns *image. False (logged) without memory or a font.
bool explain_sheet(const struct explanation *explanation, struct image *image);

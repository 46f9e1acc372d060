// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"

// Architecture files: a network as a short text that a student can write. One layer a line, '#'
// begins a comment, each layer reads what the line before it made. [ ] may be left out; the value
// shown is an example, or the default where one is said below.
//
//   input 1x64x64                   channels x height x width
//
// Convolution:
//   conv 32 3x3                     filters, kernel height x width
//     [stride 2] [dilation 2x1] [groups 32] [bias no]
//     [pad same]                    or valid, full, a number, or TOP,LEFT,BOTTOM,RIGHT
//     [border zeros]                what padding holds; or replicate (the nearest pixel), reflect
//     [tiles 2]                     2x2 kernels a filter, in turn along rows and columns (tiled)
//   conv_transpose 16 4x4 [stride 2] [dilation 1] [groups 1] [pad same] [bias no]
//                                   same: size * stride pixels; valid: all that the kernel
//                                   reaches; a number: so many fewer at each side
// Pooling (graph.h has the formulas):
//   pool max 2x2 [stride 2] [pad valid]         or average [count_padding no], l2, lp [exponent 2],
//                                               stochastic, mixed
//   pool spectral 16x16             the lowest 16x16 frequencies (layers/spectral.h)
//   pool global                     average over the whole picture
//
// Activations, anywhere: after a convolution or, for pre-activation blocks, before it:
//   relu | leaky_relu [0.01] | random_relu [0.125 0.333] | prelu | elu [1] | sigmoid | tanh
//   clip [0 6] | hard_sigmoid [0.1667 0.5]
//
// The rest:
//   batch_norm [epsilon 0.00001] [momentum 0.1]
//   affine                          a trained scale and shift for each channel
//   dense 10                        units; flattens what it reads
//   dropout 0.5                     the share that is dropped in training
//
// Outputs, and the losses that training takes with them:
//   softmax                         cross-entropy
//   logistic                        after "dense 1": the logistic function p for two labels; gives
//                                   (1 - p, p), and its loss is the binary cross-entropy. A last
//                                   line "sigmoid" after "dense 1" is trained as that
//
// Blocks:
//   residual ... [shortcut ...] end         adds the lines to what came in, or to what the shortcut
//                                           makes of it (He et al. 2016)
//   branches ... branch ... end             runs each branch on what came in and stacks their
//                                           channels (Szegedy et al. 2015)
//   repeat 3 ... end                        the lines, three times over
//
// Defaults: stride 1 (pool: its kernel), dilation 1, groups 1, pad same (pool: valid), border
// zeros, and a bias unless a batch_norm follows. "same" gives ceil(size / stride) pixels, the odd
// one of padding at the end.
//
// There is no line for input normalisation: every picture is standardised before any network sees
// it (image_standardise in image.h), in training as live.

// Reads a network from a file, or from text with name for the messages; weights are zero
// (graph_init). NULL (logged: file, line, what was expected) on failure.
struct graph *arch_read(const char *path);
struct graph *arch_parse(const char *name, const char *text);

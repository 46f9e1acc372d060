// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"

// Architecture files: a network as a short text that a student can write. One layer per line; '#'
// starts a comment; each layer reads the output of the line before it. Words in [ ] are optional;
// the values shown are examples, the defaults are listed below.
//
//   input 1x64x64                   channels x height x width
//
// Convolution:
//   conv 32 3x3                     filters, kernel height x width
//     [stride 2] [dilation 2x1] [groups 32] [bias no]
//     [pad same]                    or valid, full, a number, or TOP,LEFT,BOTTOM,RIGHT
//     [border zeros]                what padding holds; or replicate (the nearest pixel), reflect
//     [tiles 2]                     2x2 kernels per filter, in turn along rows and columns (tiled)
//   conv_transpose 16 4x4 [stride 2] [dilation 1] [groups 1] [pad same] [bias no]
//                                   same: size * stride pixels; valid: all that the kernel
//                                   reaches; a number: that many fewer on each side
// Pooling (formulas in layers/node.h):
//   pool max 2x2 [stride 2] [pad valid]         or average [count_padding no], l2, lp [exponent 2],
//                                               stochastic, mixed
//   pool spectral 16x16             the lowest 16x16 frequencies (layers/spectral.h)
//   pool global                     average over the whole image
//
// Activations, anywhere: after a convolution or, for pre-activation blocks, before it:
//   relu | leaky_relu [0.01] | random_relu [0.125 0.333] | prelu | elu [1] | sigmoid | tanh
//   clip [0 6] | hard_sigmoid [0.1667 0.5] | softplus | erf | power [2]
//
// The rest:
//   batch_norm [epsilon 0.00001] [momentum 0.1]
//   group_norm 8 [epsilon 0.00001]  of each group of channels, by sample; 1: layer norm; as many as
//                                   channels: instance norm
//   affine                          a trained scale and shift for each channel
//   dense 10                        units; flattens its input
//   dropout 0.5                     share of the values dropped in training
//   upsample 2 [nearest]            or bilinear: so many times as high and wide
//
// Outputs, and the losses that training uses with them:
//   softmax                         cross-entropy; over the channels of each pixel, if there are
//                                   several: a class for each pixel
//   logistic                        after "dense 1": the logistic function p for two labels; gives
//                                   (1 - p, p), and its loss is the binary cross-entropy. A final
//                                   "sigmoid" after "dense 1" is trained the same way
//
// Blocks:
//   residual ... [shortcut ...] end         adds the block's output to its input, or to that of the
//                                           shortcut (He et al. 2016)
//   branches ... branch ... end             runs each branch on the same input and concatenates
//                                           their channels (Szegedy et al. 2015)
//   repeat 3 ... end                        the lines, three times
//
// Other than from line to line:
//   name c16                        names the result of the line before
//   from c16                        the next line reads the result of that name
//   add c16 | concat c16            adds it to, or appends its channels to, that of the line before
//   unpool c16                      after a max pool with that name: the values go back to where it
//                                   found its maxima, zeros elsewhere (up-pooling, which needs no
//                                   places, is "upsample")
//   output                          the result of the line before is an output; a network has one
//                                   or several, or, without such a line, that of the last line.
//                                   Maps of objects are such outputs (run/objects.h)
//
// Defaults: stride 1 (pool: its kernel), dilation 1, groups 1, pad same (pool: valid), border
// zeros, and a bias unless a batch_norm follows. "same" gives ceil(size / stride) pixels, the odd
// one of padding at the end.
//
// There is no line for input normalisation: every image is standardised before it reaches a network
// (image_standardise in image.h), in training as in live use.

// Reads a network from a file, or from text, named for messages; its weights are zero (graph_init
// fills them in). NULL (logged: file, line, what was expected) on failure.
struct graph *arch_read(const char *path);
struct graph *arch_parse(const char *name, const char *text);

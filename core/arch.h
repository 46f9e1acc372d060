// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "graph.h"

// Architecture files: a network as a short text that a student can write. One layer a line, '#'
// begins a comment, each layer reads what the line before it made:
//
//   input 1x64x64                    channels x height x width
//   conv 32 3x3 [stride 2] [dilation 2] [groups 32] [pad same|valid|full|N] [bias yes|no]
//   pool max|average 2x2 [stride 2] [pad same|valid|N]
//   pool global                      average over the whole picture
//   relu | leaky_relu [0.01] | elu [1] | sigmoid | tanh
//   batch_norm [epsilon 0.00001] [momentum 0.1]
//   dense 10
//   dropout 0.5
//   softmax
//   residual ... [shortcut ...] end  adds the lines to what came in, or to what the shortcut makes
//   of it branches ... branch ... end      runs each branch on what came in and stacks their
//   channels repeat 3 ... end                 the lines, three times over
//
// Defaults: stride 1 (pool: its kernel), dilation 1, groups 1, pad same (pool: valid), and a bias
// unless a batch_norm follows. "same" gives ceil(size / stride) pixels, the odd one of padding at
// the end.

// Reads a network from a file, or from text with name for the messages; weights are zero
// (graph_init). NULL (logged: file, line, what was expected) on failure.
struct graph *arch_read(const char *path);
struct graph *arch_parse(const char *name, const char *text);

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "tests/core/kernels/guarded.h"

// What the tests of kernels share: rounds of random cases for every table of the processor, and a
// grid of outputs with its buffers.

int pick(struct rng *rng, int low, int high); // uniform in [low, high]

// Runs check so many times for each table; odd in every other round.
void each_table(uint64_t seed, int rounds,
                void (*check)(const struct kernels *kernels, struct rng *rng, bool odd));

// Checks and frees several buffers.
#define GUARDED_CHECK_AND_FREE(what, ...)                                                          \
    guarded_check_and_free_all((struct guarded *[]){__VA_ARGS__, NULL}, what)
void guarded_check_and_free_all(struct guarded *const *buffers, const char *what);

struct grid_case {
    struct conv_grid g;
    int width, filler; // channels of an output, and of them those that only fill up
    int lanes;
    struct guarded x, w, bias, z, y;
};

// Fills in the buffers of a grid whose sizes are set, y's and z's steps too; bias and z are there
// in half of the cases. odd: with NaN and the like.
void grid_case_fill(struct grid_case *c, struct rng *rng, size_t x_len, size_t w_len, bool odd);

// Compares each output with its definition, and what lies between with what it was; frees all.
void grid_case_check(struct grid_case *c, const char *what,
                     double (*output)(const struct grid_case *c, int i, int j, int k));

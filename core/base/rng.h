// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdint.h>

// Random numbers that depend on the seed alone, on every machine. Source: PCG32, O'Neill 2014,
// pcg-random.org.
struct rng {
    uint64_t state, increment;
};

// Streams of one seed are independent. With a stream for each image and epoch the numbers depend
// neither on the thread that draws them nor on whether training was interrupted.
void rng_init(struct rng *rng, uint64_t seed, uint64_t stream);
uint32_t rng_next(struct rng *rng);
uint32_t rng_below(struct rng *rng, uint32_t n); // uniform in [0, n), n > 0
double rng_uniform(struct rng *rng);             // [0, 1)
double rng_range(struct rng *rng, double low, double high);
double rng_normal(struct rng *rng); // mean 0, deviation 1 (Box-Muller)
void rng_shuffle(struct rng *rng, int *items, int n);

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/base/rng.h"

#include <math.h>

#define PI 3.14159265358979323846

static uint64_t scramble(uint64_t x) { // the finaliser of SplitMix64
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

void rng_init(struct rng *rng, uint64_t seed, uint64_t stream) {
    rng->increment = (scramble(stream + 0x9e3779b97f4a7c15u) << 1) | 1;
    rng->state = scramble(seed) + rng->increment;
    rng_next(rng);
}

uint32_t rng_next(struct rng *rng) {
    uint64_t old = rng->state;
    rng->state = old * 6364136223846793005u + rng->increment;
    uint32_t mixed = (uint32_t)(((old >> 18) ^ old) >> 27);
    uint32_t turn = (uint32_t)(old >> 59);
    return (mixed >> turn) | (mixed << ((32 - turn) & 31));
}

uint32_t rng_below(struct rng *rng, uint32_t n) {
    uint32_t uneven = -n % n; // the few lowest values that would make small results likelier
    uint32_t x;
    do {
        x = rng_next(rng);
    } while (x < uneven);
    return x % n;
}

double rng_uniform(struct rng *rng) {
    return rng_next(rng) * 0x1p-32;
}

double rng_range(struct rng *rng, double low, double high) {
    return low + (high - low) * rng_uniform(rng);
}

double rng_normal(struct rng *rng) {
    double radius = sqrt(-2 * log(1 - rng_uniform(rng)));
    return radius * cos(2 * PI * rng_uniform(rng));
}

void rng_shuffle(struct rng *rng, int *items, int n) {
    for (int i = n - 1; i > 0; i--) {
        int j = (int)rng_below(rng, (uint32_t)i + 1);
        int item = items[i];
        items[i] = items[j];
        items[j] = item;
    }
}

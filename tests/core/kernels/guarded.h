// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/kernels/kernels.h"
#include "core/base/rng.h"

// Buffers with poison on both sides, which must be there after a kernel ran. What has not been
// written holds the poison too, so that a result that is missing is seen.

struct guarded {
    float *data; // n floats, 64-byte aligned plus offset floats
    size_t n, offset;
};

struct guarded guarded_random(struct rng *rng, size_t n);
struct guarded guarded_blank(size_t n);
struct guarded guarded_copy(const struct guarded *from);
void guarded_check_and_free(struct guarded *buffer, const char *what); // fails the test

// NaN, infinities, denormals and zeros of both signs in a few places.
void guarded_sprinkle(struct rng *rng, struct guarded *buffer);

// Both NaN, or equal but for tolerance times the larger of 1 and the expected magnitude. Fails the
// test naming what and where.
void expect_close(const char *what, size_t at, double got, double wanted, double tolerance);

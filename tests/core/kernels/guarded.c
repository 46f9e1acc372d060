// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "tests/core/kernels/guarded.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define POISON 12345.678f
#define MARGIN 64

// The offset keeps the data off the vectors' alignment, which no kernel may rely on.
struct guarded guarded_blank(size_t n) {
    static size_t turn;
    struct guarded b = {.n = n, .offset = turn++ % 3};
    size_t len = n + 2 * MARGIN + b.offset;
    float *all = aligned_alloc(64, (len * sizeof *all + 63) / 64 * 64);
    assert_non_null(all);
    for (size_t i = 0; i < len; i++) {
        all[i] = POISON;
    }
    b.data = all + MARGIN + b.offset;
    return b;
}

struct guarded guarded_random(struct rng *rng, size_t n) {
    struct guarded b = guarded_blank(n);
    for (size_t i = 0; i < n; i++) {
        b.data[i] = (float)rng_normal(rng);
    }
    return b;
}

struct guarded guarded_copy(const struct guarded *from) {
    struct guarded b = guarded_blank(from->n);
    memcpy(b.data, from->data, from->n * sizeof *b.data);
    return b;
}

void guarded_check_and_free(struct guarded *b, const char *what) {
    float *all = b->data - MARGIN - b->offset;
    for (size_t i = 0; i < MARGIN; i++) {
        if (all[b->offset + i] != POISON || b->data[b->n + i] != POISON) {
            fail_msg("%s: memory around a buffer of %zu was written to", what, b->n);
        }
    }
    free(all);
}

void guarded_sprinkle(struct rng *rng, struct guarded *b) {
    static const float odd[] = {NAN, INFINITY, -INFINITY, 1e-40f, -1e-40f, 0.0f, -0.0f, 1e30f};
    for (size_t i = 0; i < sizeof odd / sizeof *odd && b->n > 0; i++) {
        b->data[rng_below(rng, (uint32_t)b->n)] = odd[i];
    }
}

void expect_close(const char *what, size_t at, double got, double wanted, double tolerance) {
    bool same = isfinite(wanted) ? fabs(got - wanted) <= tolerance * fmax(1, fabs(wanted))
                                 : got == wanted || (isnan(got) && isnan(wanted));
    if (!same) {
        fail_msg("%s: value %zu is %.9g, not %.9g", what, at, got, wanted);
    }
}

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/run/metrics.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void metrics_by_hand(void **state) {
    (void)state;
    const float scores[] = {0.9f, 0.8f, 0.3f, 0.2f, 0.6f, NAN};
    const int truth[] = {1, 1, 1, 0, 0, 1};
    struct metrics m = metrics_of(scores, truth, 6, 0.5f);
    assert_int_equal(m.n_found, 5);
    assert_float_equal(m.accuracy, 3.0 / 6, 1e-9);
    assert_float_equal(m.accuracy_found, 3.0 / 5, 1e-9);
    assert_float_equal(m.balanced_accuracy, 0.5 * (2.0 / 4 + 1.0 / 2), 1e-9);
    assert_float_equal(m.auc, 5.0 / 6, 1e-6);           // 5 of the 6 pairs are in order
    assert_float_equal(mcnemar_p(1, 5), 0.21875, 1e-9); // 2 (1 + 6) / 64
    assert_float_equal(mcnemar_p(3, 3), 1, 1e-9);
    assert_float_equal(mcnemar_p(0, 0), 1, 1e-9);
    const float tied[] = {0.5f, 0.5f, 0.5f, 0.5f};
    const int half[] = {0, 1, 0, 1};
    assert_float_equal(metrics_of(tied, half, 4, 0.5f).auc, 0.5, 1e-9);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metrics_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

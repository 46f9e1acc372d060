// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Calibration by held-out scores, and thresholds for rates of false alarms.
#include "core/network/arch.h"
#include "core/kernels/cpu.h"
#include "core/run/plan.h"
#include "core/base/rng.h"
#include "core/run/calibration.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define N 20000

static float scores[N];
static int truth[N];

// Scores of a network that is too sure of itself: its log-odds are twice the true ones and one too
// high.
static int make_scores(void **state) {
    struct rng rng;
    rng_init(&rng, 3, 0);
    for (int i = 0; i < N; i++) {
        double odds = 2 * rng_normal(&rng), p = 1 / (1 + exp(-odds));
        truth[i] = rng_uniform(&rng) < p;
        scores[i] = (float)(1 / (1 + exp(-(2 * odds + 1))));
    }
    (void)state;
    return 0;
}

static void test_fit_undoes_what_was_done(void **state) {
    (void)state;
    struct platt platt = platt_fit(scores, truth, N);
    assert_true(fabs(platt.slope - 0.5) < 0.03);
    assert_true(fabs(platt.shift + 0.5) < 0.06);
    scores[5] = NAN;
    struct platt without = platt_fit(scores, truth, N);
    assert_true(isfinite(without.slope) && fabs(without.slope - platt.slope) < 0.01);
    assert_true(isnan(platt_apply(platt, NAN)));
}

static void test_nothing_to_fit_changes_nothing(void **state) {
    (void)state;
    const float some[] = {0.2f, 0.9f, NAN};
    const int all_smile[] = {1, 1, 0};
    struct platt platt = platt_fit(some, all_smile, 3);
    assert_true(platt.slope == 1 && platt.shift == 0);
    assert_float_equal(platt_apply(platt, 0.3), 0.3, 1e-9);
}

static void test_network_gives_the_calibrated_answers(void **state) {
    (void)state;
    const struct platt platt = {0.7, -0.4};
    for (int smile = 0; smile < 2; smile++) {
        struct graph *graph = arch_parse("toy", "input 1x4x4\ndense 6\nrelu\ndense 2\nsoftmax\n");
        struct rng rng;
        float x[16], before[2], after[2];
        rng_init(&rng, 7, 0);
        graph_init(graph, &rng);
        for (int i = 0; i < 16; i++) {
            x[i] = (float)rng_normal(&rng);
        }
        struct plan *plan = plan_create(graph, 1, cpu_kernels());
        plan_run(plan, x, 1, before);
        plan_destroy(plan);
        assert_true(platt_into_graph(platt, graph, smile));
        plan = plan_create(graph, 1, cpu_kernels());
        plan_run(plan, x, 1, after);
        plan_destroy(plan);
        graph_destroy(graph);
        assert_float_equal(after[smile], platt_apply(platt, (double)before[smile]), 1e-5);
    }
}

static void test_other_networks_are_left_alone(void **state) {
    (void)state;
    static const char *const texts[] = {"input 1x4x4\ndense 3\nsoftmax\n", "input 2x1x1\nsoftmax\n",
                                        "input 1x4x4\ndense 2\nrelu\n"};
    for (int i = 0; i < 3; i++) {
        struct graph *graph = arch_parse("toy", texts[i]);
        assert_non_null(graph);
        assert_false(platt_into_graph((struct platt){2, 0}, graph, 1));
        graph_destroy(graph);
    }
}

static double share_above(double threshold) {
    int n = 0, above = 0;
    for (int i = 0; i < N; i++) {
        if (!truth[i] && !isnan(scores[i])) {
            n++;
            above += (double)scores[i] >= threshold;
        }
    }
    return (double)above / n;
}

static void test_thresholds_give_their_rates(void **state) {
    (void)state;
    struct metadata metadata = {0};
    assert_true(false_alarms_write(scores, truth, N, &metadata));
    static const double asked[] = {0.002, 0.01, 0.013, 0.03, 0.05, 0.15, 0.5};
    for (int i = 0; i < 7; i++) {
        double threshold = false_alarms_threshold(&metadata, asked[i]);
        assert_true(fabs(share_above(threshold) - asked[i]) < 0.15 * asked[i]);
    }
    assert_true(isnan(false_alarms_threshold(&metadata, 1e-5)));
}

static void test_few_scores_and_nonsense_give_no_threshold(void **state) {
    (void)state;
    struct metadata metadata = {0};
    assert_true(isnan(false_alarms_threshold(&metadata, 0.1)));
    assert_true(false_alarms_write(scores, truth, 3, &metadata));
    assert_true(isnan(false_alarms_threshold(&metadata, 0.001)));
    static const char *const nonsense[] = {"",       "x",      "0.1:2 0.2:0.5", "0.2:0.5 0.1:0.6",
                                           "-1:0.5", "nan:nan"};
    for (int i = 0; i < 6; i++) {
        metadata_set(&metadata, "smilecam.false_alarms", nonsense[i]);
        assert_true(isnan(false_alarms_threshold(&metadata, 0.15)));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_fit_undoes_what_was_done, make_scores),
        cmocka_unit_test(test_nothing_to_fit_changes_nothing),
        cmocka_unit_test(test_network_gives_the_calibrated_answers),
        cmocka_unit_test(test_other_networks_are_left_alone),
        cmocka_unit_test_setup(test_thresholds_give_their_rates, make_scores),
        cmocka_unit_test_setup(test_few_scores_and_nonsense_give_no_threshold, make_scores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

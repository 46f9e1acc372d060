// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/analysis/smile_events.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MAX_KEPT 64

// Runs one face through time and keeps all events.
struct bench {
    struct smile_events events;
    struct analysis analysis;
    struct smile_event kept[MAX_KEPT];
    enum face_quality quality; // of the next steps
    int n_kept;
};

static void bench_init(struct bench *bench) {
    memset(bench, 0, sizeof *bench);
    smile_events_init(&bench->events, 0.5f);
}

static void bench_step(struct bench *bench, double t, int n, const float *probabilities,
                       bool seen) {
    struct sighting sightings[MAX_FACES] = {0};
    for (int i = 0; i < n; i++) {
        sightings[i] = (struct sighting){.id = i + 1,
                                         .box = {10, 20, 30, 40},
                                         .seen = seen,
                                         .smile = probabilities[i],
                                         .quality = bench->quality};
    }
    smile_events_update(&bench->events, t, sightings, n, &bench->analysis);
    for (int i = 0; i < bench->analysis.n_events; i++) {
        assert_true(bench->n_kept < MAX_KEPT);
        bench->kept[bench->n_kept++] = bench->analysis.events[i];
    }
}

static void one(struct bench *bench, double t, float probability) {
    bench_step(bench, t, 1, &probability, true);
}

static int count(const struct bench *bench, enum smile_event_kind kind) {
    int n = 0;
    for (int i = 0; i < bench->n_kept; i++) {
        n += bench->kept[i].kind == kind;
    }
    return n;
}

static const struct smile_event *find(const struct bench *bench, enum smile_event_kind kind) {
    for (int i = 0; i < bench->n_kept; i++) {
        if (bench->kept[i].kind == kind) {
            return &bench->kept[i];
        }
    }
    return NULL;
}

static double noise(void) {
    return rand() / (double)RAND_MAX - 0.5;
}

// Smiles from 2 to 5 of 8 seconds, with a ramp of 0.25 s, 30 % jitter in frame times, noise in the
// score.
static void check_one_smile(double rate_hz, double noise_level) {
    struct bench bench;
    bench_init(&bench);
    for (double t = 0; t < 8; t += (1 + 0.6 * noise()) / rate_hz) {
        double rise = fmin(fmax((t - 2) / 0.25 + 0.5, 0), 1),
               fall = fmin(fmax((t - 5) / 0.25 + 0.5, 0), 1);
        one(&bench, t, (float)(0.05 + 0.9 * (rise - fall) + noise_level * noise()));
    }
    assert_int_equal(count(&bench, EVENT_FACE_ENTER), 1);
    assert_int_equal(count(&bench, EVENT_SMILE_START), 1);
    assert_int_equal(count(&bench, EVENT_SMILE_END), 1);
    assert_int_equal(count(&bench, EVENT_FACE_LEAVE), 0);
    const struct smile_event *start = find(&bench, EVENT_SMILE_START),
                             *end = find(&bench, EVENT_SMILE_END);
    assert_float_equal(start->t, 2, 0.12);
    assert_float_equal(end->t, 5, 0.12);
    assert_float_equal(end->duration_s, end->t - start->t, 1e-9);
    assert_true(end->peak > 0.85f && end->peak <= 1.2f);
    assert_int_equal(bench.analysis.n_smiles, 1);
}

static void a_smile_is_told_once_at_any_rate(void **state) {
    (void)state;
    srand(1);
    const double rates_hz[] = {10, 12.5, 15, 25, 30, 60};
    for (size_t i = 0; i < sizeof rates_hz / sizeof *rates_hz; i++) {
        for (int repeat = 0; repeat < 20; repeat++) {
            check_one_smile(rates_hz[i], 0.0);
            check_one_smile(rates_hz[i], 0.3);
        }
    }
}

// Also in the moment between a change of the score and the word that follows it.
static void word_and_number_agree(void **state) {
    (void)state;
    struct bench bench;
    int n_held = 0;
    bench_init(&bench);
    for (double t = 0; t < 8; t += 1 / 30.0) {
        one(&bench, t, t > 2 && t < 5 ? 0.98f : 0.02f);
        for (int i = 0; i < bench.analysis.n_faces; i++) {
            const struct face_view *view = &bench.analysis.faces[i];
            long percent = lrintf(view->shown_score * 100);
            assert_true(view->smiling ? percent >= 50 : percent < 50);
            bool agrees = (view->score >= 0.5f) == view->smiling;
            assert_true(!agrees || fabsf(view->shown_score - view->score) <= 0.0101f);
            n_held += !agrees;
        }
    }
    assert_true(n_held > 2);
}

static void the_label_does_not_flicker(void **state) {
    (void)state;
    srand(2);
    struct bench bench;
    bench_init(&bench);
    int changes = 0;
    bool smiling = false;
    for (int i = 0; i < 3000; i++) { // a doubtful face: noise around the threshold
        one(&bench, i / 30.0, (float)(0.5 + 0.6 * noise()));
        bool now = bench.analysis.n_faces == 1 && bench.analysis.faces[0].smiling;
        changes += now != smiling;
        smiling = now;
    }
    assert_true(changes <= 4);
}

static void a_short_flash_is_no_smile(void **state) {
    (void)state;
    struct bench bench;
    bench_init(&bench);
    for (int i = 0; i < 90; i++) {
        one(&bench, i / 30.0, i >= 40 && i < 43 ? 1.0f : 0.1f);
    }
    assert_int_equal(count(&bench, EVENT_SMILE_START), 0);
}

static void the_end_of_the_medium_ends_no_smile(void **state) {
    (void)state;
    struct bench bench;
    bench_init(&bench);
    for (int i = 0; i < 72; i++) {
        one(&bench, i / 30.0, i < 24 ? 0.02f : 0.97f);
    }
    assert_int_equal(count(&bench, EVENT_SMILE_START), 1);
    assert_int_equal(count(&bench, EVENT_SMILE_END), 0);
    assert_float_equal(find(&bench, EVENT_SMILE_START)->t, 0.8, 0.06);
    assert_float_equal(bench.analysis.faces[0].smiling_s, 71 / 30.0 - 0.8, 0.06);
}

static void who_smiles_and_leaves_has_ended(void **state) {
    (void)state;
    struct bench bench;
    bench_init(&bench);
    for (int i = 0; i < 60; i++) {
        one(&bench, i / 30.0, 0.9f);
    }
    bench_step(&bench, 2.3, 0, NULL, false);
    assert_int_equal(bench.n_kept, 4);
    assert_int_equal(bench.kept[0].kind, EVENT_FACE_ENTER);
    assert_int_equal(bench.kept[1].kind, EVENT_SMILE_START);
    assert_int_equal(bench.kept[2].kind, EVENT_SMILE_END);
    assert_float_equal(bench.kept[2].t, 59 / 30.0, 1e-9);
    assert_int_equal(bench.kept[3].kind, EVENT_FACE_LEAVE);
    assert_float_equal(bench.kept[3].t, 2.3, 1e-9);
}

static void a_single_detection_is_no_face(void **state) {
    (void)state;
    struct bench bench;
    bench_init(&bench);
    one(&bench, 1.0, 0.9f);
    assert_int_equal(bench.analysis.n_faces, 0);
    for (int i = 1; i < 9; i++) { // carried over by the tracker, then dropped
        float unread = NAN;
        bench_step(&bench, 1 + i / 30.0, 1, &unread, false);
    }
    bench_step(&bench, 1.4, 0, NULL, false);
    assert_int_equal(bench.n_kept, 0);
}

static void a_doubtful_face_keeps_its_state(void **state) {
    (void)state;
    struct bench bench;
    bench_init(&bench);
    bench.quality = QUALITY_DARK;
    for (double t = 0; t < 1; t += 0.033) { // never seen well: there, but no smile
        one(&bench, t, 0.95f);
    }
    assert_int_equal(count(&bench, EVENT_FACE_ENTER), 1);
    assert_int_equal(count(&bench, EVENT_SMILE_START), 0);
    assert_int_equal(bench.analysis.faces[0].quality, QUALITY_DARK);
    bench.quality = QUALITY_GOOD;
    for (double t = 1; t < 2; t += 0.033) {
        one(&bench, t, 0.95f);
    }
    assert_int_equal(count(&bench, EVENT_SMILE_START), 1);
    assert_int_equal(bench.analysis.faces[0].quality, QUALITY_GOOD);
    bench.quality = QUALITY_BLURRED;
    for (double t = 2; t < 4; t += 0.033) { // what cannot be judged ends nothing
        one(&bench, t, 0.05f);
    }
    assert_int_equal(count(&bench, EVENT_SMILE_END), 0);
    assert_true(bench.analysis.faces[0].smiling && bench.analysis.faces[0].score > 0.9f);
    for (double t = 4; t < 6; t += 0.066) { // now so, now so: the word does not flicker
        bench.quality = QUALITY_GOOD;
        one(&bench, t, 0.95f);
        assert_int_equal(bench.analysis.faces[0].quality, QUALITY_BLURRED);
        bench.quality = QUALITY_BLURRED;
        one(&bench, t + 0.033, 0.95f);
    }
}

static void nan_is_ignored(void **state) {
    (void)state;
    struct bench bench;
    bench_init(&bench);
    for (int i = 0; i < 90; i++) {
        one(&bench, i / 30.0, i % 3 == 1 ? NAN : i < 45 ? 0.05f : 0.95f);
        if (bench.analysis.n_faces == 1) {
            assert_true(isfinite(bench.analysis.faces[0].score));
        }
    }
    assert_int_equal(count(&bench, EVENT_SMILE_START), 1);
    assert_float_equal(find(&bench, EVENT_SMILE_START)->t, 1.5, 0.12);
}

static void times_never_run_backwards(void **state) {
    (void)state;
    srand(3);
    struct bench bench;
    bench_init(&bench);
    double last = -1;
    for (int i = 0; i < 2000; i++) {
        float probabilities[8];
        for (int k = 0; k < 8; k++) {
            probabilities[k] = (i + 7 * k) / 20 % 2 ? 0.95f : 0.05f;
        }
        bench.n_kept = 0;
        bench_step(&bench, i / 30.0, i % 500 < 450 ? 8 : 3, probabilities, true);
        for (int k = 0; k < bench.n_kept; k++) {
            assert_true(bench.kept[k].t >= last && bench.kept[k].t <= i / 30.0);
            assert_true(bench.kept[k].duration_s >= 0);
            last = bench.kept[k].t;
        }
    }
    assert_true(bench.events.n_smiles > 50);
}

static void more_faces_than_places_do_no_harm(void **state) {
    (void)state;
    struct bench *bench = calloc(1, sizeof *bench);
    bench_init(bench);
    for (int i = 0; i < 300; i++) { // everybody is replaced every second, smiling
        struct sighting sightings[MAX_FACES];
        for (int k = 0; k < MAX_FACES; k++) {
            sightings[k] =
                (struct sighting){.id = 1 + k + MAX_FACES * (i / 30), .seen = true, .smile = 0.9f};
        }
        smile_events_update(&bench->events, i / 30.0, sightings, MAX_FACES, &bench->analysis);
    }
    assert_int_equal(bench->analysis.n_smiles, 10 * MAX_FACES);
    free(bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_smile_is_told_once_at_any_rate),
        cmocka_unit_test(word_and_number_agree),
        cmocka_unit_test(the_label_does_not_flicker),
        cmocka_unit_test(a_short_flash_is_no_smile),
        cmocka_unit_test(the_end_of_the_medium_ends_no_smile),
        cmocka_unit_test(who_smiles_and_leaves_has_ended),
        cmocka_unit_test(a_single_detection_is_no_face),
        cmocka_unit_test(a_doubtful_face_keeps_its_state),
        cmocka_unit_test(nan_is_ignored),
        cmocka_unit_test(times_never_run_backwards),
        cmocka_unit_test(more_faces_than_places_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

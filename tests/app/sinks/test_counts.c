// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// The kiosk's counts: gone on with after a restart, refused when they are something else.
#include "app/sinks/counts.h"
#include "core/base/file.h"
#include "core/base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/smilecam-counts-XXXXXX", path[128];

static int setup(void **state) {
    (void)state;
    snprintf(path, sizeof path, "%s/deep/er/counts.csv", mkdtemp(folder));
    return 0;
}

static int teardown(void **state) {
    (void)state;
    char command[160];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static void put_events(struct sink *sink, int n_faces, int n_smiles) {
    struct frame frame = {0};
    struct analysis *analysis = calloc(1, sizeof *analysis);
    for (int i = 0; i < n_faces + n_smiles; i++) {
        analysis->events[analysis->n_events++].kind =
            i < n_faces ? EVENT_FACE_ENTER : EVENT_SMILE_START;
    }
    analysis->events[analysis->n_events++].kind = EVENT_FACE_LEAVE;
    assert_true(sink_write(sink, &frame, analysis));
    free(analysis);
}

static void test_counts_go_on_after_a_restart(void **state) {
    (void)state;
    for (int run = 1; run <= 3; run++) {
        struct sink *sink = counts_create(path);
        assert_non_null(sink);
        put_events(sink, 2, 3);
        assert_int_equal(counts_smiles_today(sink), 3 * run);
        assert_true(sink_close(sink));
    }
    char *text = file_read(path, 4096, NULL);
    assert_non_null(text);
    assert_memory_equal(text, "hour,faces,smiles\n", 18);
    assert_non_null(strstr(text, ",6,9\n"));
    free(text);
}

static void test_other_days_stay_but_do_not_count(void **state) {
    (void)state;
    static const char old[] = "hour,faces,smiles\n1999-12-31T23,7,5\n";
    assert_true(file_write(path, old, strlen(old)));
    struct sink *sink = counts_create(path);
    put_events(sink, 1, 1);
    assert_int_equal(counts_smiles_today(sink), 1);
    assert_true(sink_close(sink));
    char *text = file_read(path, 4096, NULL);
    assert_non_null(strstr(text, "1999-12-31T23,7,5\n"));
    assert_non_null(strstr(text, ",1,1\n"));
    free(text);
}

static void test_other_files_are_left_alone(void **state) {
    (void)state;
    static const char *const texts[] = {"my diary\n", "hour,faces\n", "2026-11-25T14,1,2\n"};
    log_set_level((enum log_level) - 1);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_true(file_write(path, texts[i], strlen(texts[i])));
        assert_null(counts_create(path));
        char *text = file_read(path, 4096, NULL);
        assert_string_equal(text, texts[i]);
        free(text);
    }
    assert_null(counts_create("/proc/nowhere/counts.csv"));
    log_set_level(LOG_INFO);
}

static void test_damaged_files_are_set_aside(void **state) {
    (void)state;
    static const char *const texts[] = {
        "", "hour,faces,smiles\n1999-12-31T23,7,5\nnonsense\n",
        "hour,faces,smiles\n1999-12-31T23,7,5\n2026-11-25T14,-1,2\n",
        "hour,faces,smiles\n1999-12-31T23,7,5\n2026-11-25T14,1,2",
        "hour,faces,smiles\n1999-12-31T23,7,5\n2026-11-25T14,1,99999999999999999999\n"};
    log_set_level((enum log_level) - 1);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char aside[160];
        snprintf(aside, sizeof aside, "%s.damaged-%zu", path, i + 1);
        assert_true(file_write(path, texts[i], strlen(texts[i])));
        struct sink *sink = counts_create(path);
        assert_non_null(sink);
        put_events(sink, 1, 1);
        assert_true(sink_close(sink));
        char *text = file_read(aside, 4096, NULL), *fresh = file_read(path, 4096, NULL);
        assert_string_equal(text, texts[i]);
        assert_true((strstr(fresh, "1999-12-31T23,7,5\n") != NULL) == (i > 0));
        assert_non_null(strstr(fresh, ",1,1\n"));
        free(text);
        free(fresh);
    }
    log_set_level(LOG_INFO);
}

static void test_a_failed_write_ends_nothing(void **state) {
    (void)state;
    assert_true(file_write(path, "hour,faces,smiles\n", 18));
    struct sink *sink = counts_create(path);
    char elsewhere[160], here[160];
    snprintf(here, sizeof here, "%s/deep", folder);
    snprintf(elsewhere, sizeof elsewhere, "%s/away", folder);
    assert_int_equal(rename(here, elsewhere), 0);
    log_set_level((enum log_level) - 1);
    put_events(sink, 1, 1);
    assert_int_equal(counts_smiles_today(sink), 1);
    assert_false(sink_close(sink)); // only then is it lost
    log_set_level(LOG_INFO);
    assert_int_equal(rename(elsewhere, here), 0);
}

static void set_zone(const char *zone) {
    setenv("TZ", zone, 1);
    tzset();
}

// A day apart, whatever time it is.
static void test_midnight_and_a_clock_that_is_set_back(void **state) {
    (void)state;
    assert_true(file_write(path, "hour,faces,smiles\n", 18));
    set_zone("WEST12");
    struct sink *sink = counts_create(path);
    put_events(sink, 1, 2);
    set_zone("EAST-12");
    assert_int_equal(counts_smiles_today(sink), 0);
    put_events(sink, 1, 1);
    assert_int_equal(counts_smiles_today(sink), 1);
    set_zone("WEST12");
    put_events(sink, 0, 1);
    assert_int_equal(counts_smiles_today(sink), 3);
    assert_true(sink_close(sink));
    unsetenv("TZ");
    tzset();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_go_on_after_a_restart),
        cmocka_unit_test(test_other_days_stay_but_do_not_count),
        cmocka_unit_test(test_other_files_are_left_alone),
        cmocka_unit_test(test_damaged_files_are_set_aside),
        cmocka_unit_test(test_a_failed_write_ends_nothing),
        cmocka_unit_test(test_midnight_and_a_clock_that_is_set_back),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/log_limiter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define S INT64_C(1000000000)

static char said[4096];

static void listen(enum log_level level, const char *line) {
    size_t n = strlen(said);
    snprintf(said + n, sizeof said - n, "%d %s\n", (int)level, line);
}

static void expect(const char *words) {
    assert_string_equal(said, words);
    said[0] = '\0';
}

static void test_what_is_said_every_two_seconds_is_written_every_ten_minutes(void **state) {
    (void)state;
    struct log_limiter log = {.write = listen};
    char line[64];
    for (int t = 0; t <= 1201; t++) {
        if (t % 2 == 0) {
            snprintf(line, sizeof line, "camera: busy (process %d)", 100 + t);
            log_limiter_hear(&log, LOG_ERROR, line, t * S);
        }
        log_limiter_tick(&log, t * S);
    }
    expect("0 camera: busy (process 100)\n"
           "0 camera: busy (process 700) (300 times more)\n"
           "0 camera: busy (process 1300) (300 times more)\n");
}

static void test_what_was_held_back_is_said_in_its_order(void **state) {
    (void)state;
    struct log_limiter log = {.write = listen};
    for (int t = 0; t < 10; t++) {
        log_limiter_hear(&log, LOG_WARNING, t % 2 ? "back" : "gone", t * S);
    }
    log_limiter_hear(&log, LOG_WARNING, "gone", 10 * S);
    expect("1 gone\n1 back\n");
    log_limiter_tick(&log, 599 * S);
    expect("");
    log_limiter_tick(&log, 601 * S);
    expect("1 back (4 times more)\n1 gone (5 times more)\n");
    log_limiter_tick(&log, 2000 * S);
    expect("");
    log_limiter_hear(&log, LOG_WARNING, "gone", 2000 * S);
    expect("1 gone\n");
}

static void test_other_lines_and_news_pass(void **state) {
    (void)state;
    struct log_limiter log = {.write = listen};
    log_limiter_hear(&log, LOG_ERROR, "a: busy", 0);
    log_limiter_hear(&log, LOG_ERROR, "a: gone", 0);
    log_limiter_hear(&log, LOG_INFO, "saved", 0);
    log_limiter_hear(&log, LOG_INFO, "saved", 0);
    expect("0 a: busy\n0 a: gone\n2 saved\n2 saved\n");
}

static void test_many_different_lines_forget_the_longest_unheard(void **state) {
    (void)state;
    struct log_limiter log = {.write = listen};
    char line[] = "a";
    log_limiter_hear(&log, LOG_ERROR, "a", 0);
    log_limiter_hear(&log, LOG_ERROR, "a", S);
    for (int i = 1; i <= LIMITER_LINES; i++) {
        line[0] = (char)('a' + i);
        log_limiter_hear(&log, LOG_ERROR, line, (i + 1) * S);
    }
    assert_non_null(strstr(said, "0 p\n0 a (1 times more)\n0 q\n"));
    said[0] = '\0';
    log_limiter_hear(&log, LOG_ERROR, "q", 20 * S);
    log_limiter_tick(&log, INT64_MAX);
    expect("0 q (1 times more)\n");
}

static void test_what_libraries_print_is_calmed_too(void **state) {
    (void)state;
    FILE *file = tmpfile();
    int before = dup(STDERR_FILENO);
    assert_true(file && before >= 0 && dup2(fileno(file), STDERR_FILENO) >= 0);
    log_limiter_begin_logging();
    for (int i = 0; i < 5; i++) {
        fprintf(stderr, "Corrupt JPEG data: %d extraneous bytes\n", i);
    }
    log_limiter_end_logging();
    dup2(before, STDERR_FILENO);
    close(before);
    rewind(file);
    said[fread(said, 1, sizeof said - 1, file)] = '\0';
    fclose(file);
    expect("smilecam: warning: Corrupt JPEG data: 0 extraneous bytes\n"
           "smilecam: warning: Corrupt JPEG data: 4 extraneous bytes (4 times more)\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_said_every_two_seconds_is_written_every_ten_minutes),
        cmocka_unit_test(test_what_was_held_back_is_said_in_its_order),
        cmocka_unit_test(test_other_lines_and_news_pass),
        cmocka_unit_test(test_what_libraries_print_is_calmed_too),
        cmocka_unit_test(test_many_different_lines_forget_the_longest_unheard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

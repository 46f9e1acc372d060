// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/opening_hours.h"
#include "app/system/wall_time.h"
#include "core/base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// Europe/Berlin, which needs no time zone files in this form.
static int in_berlin(void **state) {
    (void)state;
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();
    log_set_level(LOG_ERROR);
    return 0;
}

static time_t at(int year, int month, int day, int hour, int minute) {
    struct tm parts = {.tm_year = year - 1900,
                       .tm_mon = month - 1,
                       .tm_mday = day,
                       .tm_hour = hour,
                       .tm_min = minute,
                       .tm_isdst = -1};
    return mktime(&parts);
}

static struct opening_hours hours_of(const char *text) {
    struct opening_hours hours;
    assert_true(opening_hours_parse(text, &hours));
    return hours;
}

static void assert_opens(const struct opening_hours *hours, time_t first, time_t end) {
    assert_false(opening_hours_contain(hours, first - 1));
    assert_true(opening_hours_contain(hours, first));
    assert_true(opening_hours_contain(hours, end - 1));
    assert_false(opening_hours_contain(hours, end));
}

static void test_opens_and_closes(void **state) {
    (void)state;
    struct opening_hours hours = hours_of("mo-fr 8:00-12:00 13-18, Saturday 10:00-14:00");
    assert_opens(&hours, at(2026, 11, 23, 8, 0), at(2026, 11, 23, 12, 0)); // a Monday
    assert_opens(&hours, at(2026, 11, 27, 13, 0), at(2026, 11, 27, 18, 0));
    assert_opens(&hours, at(2026, 11, 28, 10, 0), at(2026, 11, 28, 14, 0));
    assert_false(opening_hours_contain(&hours, at(2026, 11, 29, 11, 0)));
    hours = hours_of("mo, we-th 8-9, su 8-9");
    int open = 0;
    for (int day = 23; day <= 29; day++) {
        open = 10 * open + opening_hours_contain(&hours, at(2026, 11, day, 8, 30));
    }
    assert_int_equal(open, 1011001);
    assert_true(opening_hours_contain(&(struct opening_hours){0}, at(2026, 11, 29, 3, 0)));
}

static void test_passes_midnight(void **state) {
    (void)state;
    struct opening_hours hours = hours_of("fr-sa 20:00-2:00");
    assert_opens(&hours, at(2026, 11, 27, 20, 0), at(2026, 11, 28, 2, 0));
    assert_opens(&hours, at(2026, 11, 28, 20, 0), at(2026, 11, 29, 2, 0));
    assert_false(opening_hours_contain(&hours, at(2026, 11, 27, 1, 0))); // Thursday's night
    hours = hours_of("sa-mo 0:00-24:00"); // across the end of the week
    assert_opens(&hours, at(2026, 11, 28, 0, 0), at(2026, 12, 1, 0, 0));
    hours = hours_of("su 0-0");
    assert_opens(&hours, at(2026, 11, 29, 0, 0), at(2026, 11, 30, 0, 0));
}

// The day of 23 hours and that of 25, of which one hour comes twice.
static void test_daylight_saving_moves_nothing(void **state) {
    (void)state;
    struct opening_hours hours = hours_of("mo-su 8:00-18:00");
    for (int day = 28; day <= 30; day++) {
        assert_opens(&hours, at(2026, 3, day, 8, 0), at(2026, 3, day, 18, 0));
    }
    for (int day = 24; day <= 26; day++) {
        assert_opens(&hours, at(2026, 10, day, 8, 0), at(2026, 10, day, 18, 0));
    }
    hours = hours_of("sa 22:00-4:00");
    assert_opens(&hours, at(2026, 3, 28, 22, 0), at(2026, 3, 29, 4, 0));
    assert_int_equal(at(2026, 3, 29, 4, 0) - at(2026, 3, 28, 22, 0), 5 * 3600);
    assert_opens(&hours, at(2026, 10, 24, 22, 0), at(2026, 10, 25, 4, 0));
    assert_int_equal(at(2026, 10, 25, 4, 0) - at(2026, 10, 24, 22, 0), 7 * 3600);
}

static void test_nonsense_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",          "mo",          "8:00-18:00",    "mo 8:00", "mo 8:00-25:00",
        "m 8-9",     "mo-xx 8-9",   "mo 8:60-9:00",  "mo 8-9,", "mo 8-9 tu",
        "mo 8-9; x", "mondays 8-9", "mo 24:30-1:00", "mo 8:-9", "mo 888-9",
        "mo -8-9",   "mo-fr 8..18", "mo,8-9 tu",
    };
    struct opening_hours hours;
    log_set_level((enum log_level)(-1));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_false(opening_hours_parse(texts[i], &hours));
    }
    char lengthy[40 * 12] = "mo";
    for (int i = 0; i < 33; i++) {
        strcat(lengthy, " 1:00-2:00");
    }
    assert_false(opening_hours_parse(lengthy, &hours));
}

static void test_wall_time_has_its_offset(void **state) {
    (void)state;
    char text[WALL_TIME_LEN];
    wall_time_format((double)at(2026, 7, 1, 18, 3) + 0.25, text);
    assert_string_equal(text, "2026-07-01T18:03:00.250+02:00");
    wall_time_format((double)at(2026, 11, 25, 23, 59) + 59.9996, text);
    assert_string_equal(text, "2026-11-26T00:00:00.000+01:00");
    setenv("TZ", "NST3:30", 1);
    tzset();
    wall_time_format(0, text);
    assert_string_equal(text, "1969-12-31T20:30:00.000-03:30");
    in_berlin(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_opens_and_closes),
        cmocka_unit_test(test_passes_midnight),
        cmocka_unit_test(test_daylight_saving_moves_nothing),
        cmocka_unit_test(test_nonsense_is_refused),
        cmocka_unit_test(test_wall_time_has_its_offset),
    };
    return cmocka_run_group_tests(tests, in_berlin, NULL);
}

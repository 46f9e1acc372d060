// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/cli/nearest_word.h"
#include "app/cli/options.h"
#include "app/cli/wrap_text.h"
#include "core/base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct shared_part {
    double rate;
};

static struct values {
    bool flag, mirror;
    int mode, size;
    struct shared_part part;
    const char *name;
} values;

static const struct option_spec shared_rows[] = {
    OPTION("rate", 0, REAL, struct shared_part, rate, .argument = "HZ", .help = "a rate"),
};
static const struct option_group shared = {shared_rows, N_OPTIONS(shared_rows)};

static const struct option_spec specs[] = {
    OPTION_HEADING("First"),
    OPTION("flag", 'f', FLAG, struct values, flag, .help = "a flag"),
    OPTION("mirror", 0, SWITCH, struct values, mirror, .help = "turn round", .fallback = "yes"),
    OPTION("mode", 0, CHOICE, struct values, mode, .argument = "auto|yes|no", .help = "a choice",
           .fallback = "auto"),
    OPTION_HEADING("Second"),
    OPTION("size", 's', INT, struct values, size, .argument = "PX", .help = "a number",
           .fallback = "20", .minimum = 10, .maximum = 4000, .alias = "old-size"),
    OPTION_GROUP(shared, struct values, part),
    OPTION("name", 'n', TEXT, struct values, name, .argument = "NAME", .help = "a name",
           .environment = "SMILECAM_TEST_NAME"),
};

static const struct option_table table = {
    .command = "test",
    .operands = "IN OUT",
    .summary = "Tests.",
    .specs = specs,
    .n_specs = sizeof specs / sizeof *specs,
    .min_operands = 1,
    .max_operands = 2,
};

static enum options_outcome parse(const char *line, struct operands *operands) {
    static char text[256];
    static char *argv[32];
    int argc = 0;
    values = (struct values){0};
    snprintf(text, sizeof text, "test %s", line);
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
        argv[argc++] = word;
    }
    argv[argc] = NULL;
    return options_parse(&table, argc, argv, &values, operands);
}

static void built_in_values_come_first(void **state) {
    (void)state;
    struct operands operands;
    assert_int_equal(parse("in", &operands), OPTIONS_RUN);
    assert_int_equal(operands.n, 1);
    assert_string_equal(operands.items[0], "in");
    assert_true(values.mirror);
    assert_int_equal(values.mode, 0);
    assert_int_equal(values.size, 20);
    assert_null(values.name);
}

static void every_kind_is_set(void **state) {
    (void)state;
    struct operands operands;
    assert_int_equal(parse("in -f --mirror no out --mode=no -s 30 --rate 12.5 -nx", &operands),
                     OPTIONS_RUN);
    assert_int_equal(operands.n, 2);
    assert_string_equal(operands.items[1], "out");
    assert_true(values.flag);
    assert_false(values.mirror);
    assert_int_equal(values.mode, 2);
    assert_int_equal(values.size, 30);
    assert_true(values.part.rate > 12.4 && values.part.rate < 12.6);
    assert_string_equal(values.name, "x");
}

static void the_command_line_beats_the_environment(void **state) {
    (void)state;
    struct operands operands;
    setenv("SMILECAM_TEST_NAME", "elsewhere", 1);
    assert_int_equal(parse("in", &operands), OPTIONS_RUN);
    assert_string_equal(values.name, "elsewhere");
    assert_int_equal(parse("in --name here", &operands), OPTIONS_RUN);
    assert_string_equal(values.name, "here");
    unsetenv("SMILECAM_TEST_NAME");
}

static void what_is_wrong_is_refused(void **state) {
    (void)state;
    static const char *const lines[] = {
        "",
        "a b c",
        "in --nothing",
        "in -z",
        "in --size",
        "in -s",
        "in --size x",
        "in --size 9",
        "in --size 9999",
        "in --size 20px",
        "in --size 1e999",
        "in --rate nan",
        "in --mode maybe",
        "in --mode a",
        "in --mirror 1",
        "in --flag=yes",
        "in --name=",
        "in --mode=",
    };
    struct operands operands;
    log_set_level(LOG_ERROR - 1);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        assert_int_equal(parse(lines[i], &operands), OPTIONS_BAD);
    }
    log_set_level(LOG_INFO);
}

static void shared_options_in_front_are_counted(void **state) {
    (void)state;
    char *argv[] = {"smilecam", "-v", "--cpu", "scalar", "--cpu=avx2", "live", "-q", NULL};
    assert_int_equal(options_count_shared(7, argv), 4);
    assert_int_equal(options_count_shared(1, argv), 0);
}

static void help_has_a_line_for_each_option(void **state) {
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    options_print_help(&table, out);
    fclose(out);
    assert_non_null(strstr(text, "Usage: smilecam test IN OUT"));
    assert_non_null(strstr(text, "-s, --size PX"));
    assert_non_null(strstr(text, "--mirror yes|no"));
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
        assert_true(strcspn(line, "\n") <= 80);
    }
    free(text);
}

static void help_groups_options_under_headings(void **state) {
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    options_print_help(&table, out);
    fclose(out);
    const char *first = strstr(text, "\nFirst:\n"), *second = strstr(text, "\nSecond:\n");
    const char *general = strstr(text, "\nGeneral:\n");
    assert_true(first && second && general && first < second && second < general);
    assert_true(strstr(text, "--mode") < second && strstr(text, "--rate") > second);
    assert_true(strstr(text, "--help") > general);
    assert_null(strstr(text, "old-size"));
    free(text);
}

static void an_older_name_is_understood(void **state) {
    (void)state;
    struct operands operands;
    assert_int_equal(parse("in --old-size 30", &operands), OPTIONS_RUN);
    assert_int_equal(values.size, 30);
}

static void rows_spell_out_groups(void **state) {
    (void)state;
    struct option_row rows[MAX_OPTIONS];
    int n = options_rows(&table, rows), own = 0, shared_by_all = 0;
    for (int i = 0; i < n; i++) {
        bool option = rows[i].spec->kind != OPTION_HEADING;
        assert_true(rows[i].spec->kind != OPTION_GROUP);
        own += option && rows[i].offset != OPTION_SHARED;
        shared_by_all += option && rows[i].offset == OPTION_SHARED;
    }
    assert_int_equal(own, 6);
    assert_int_equal(shared_by_all, 4);
}

static void near_words_are_found(void **state) {
    (void)state;
    static const char *const words[] = {"annotate", "classify", "live", "eval"};
    static const struct {
        const char *typed, *meant;
    } cases[] = {{"anotate", "annotate"}, {"clasisfy", "classify"}, {"liev", "live"},
                 {"evla", "eval"},        {"dance", NULL},          {"", NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct nearest_word nearest = {.typed = cases[i].typed};
        for (int k = 0; k < 4; k++) {
            nearest_word_try(&nearest, words[k]);
        }
        assert_true(cases[i].meant ? nearest.best && strcmp(nearest.best, cases[i].meant) == 0
                                   : !nearest.best);
    }
    assert_int_equal(nearest_word_distance("abcd", "acbd"), 1);
    assert_int_equal(nearest_word_distance("", "abc"), 3);
    assert_int_equal(nearest_word_distance("kitten", "sitting"), 3);
}

static void test_lines_are_broken_in_every_script(void **state) {
    (void)state;
    static const char *const texts[][2] = {
        {"one two three four", "one two\n  three\n  four\n"},
        {"größer größer a", "größer\n  größer\n  a\n"},
        {"每张人脸（两次）再见", "每张人\n  脸（两\n  次）再\n  见\n"},
        {"人脸人。脸", "人脸\n  人。脸\n"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char *text;
        size_t n;
        FILE *out = open_memstream(&text, &n);
        wrap_text(out, texts[i][0], 2, 9);
        fclose(out);
        assert_string_equal(text, texts[i][1]);
        free(text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_are_broken_in_every_script),
        cmocka_unit_test(built_in_values_come_first),
        cmocka_unit_test(every_kind_is_set),
        cmocka_unit_test(the_command_line_beats_the_environment),
        cmocka_unit_test(what_is_wrong_is_refused),
        cmocka_unit_test(shared_options_in_front_are_counted),
        cmocka_unit_test(help_has_a_line_for_each_option),
        cmocka_unit_test(help_groups_options_under_headings),
        cmocka_unit_test(an_older_name_is_understood),
        cmocka_unit_test(rows_spell_out_groups),
        cmocka_unit_test(near_words_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

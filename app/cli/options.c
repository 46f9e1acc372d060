// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/cli/options.h"

#include "app/cli/settings.h"

#include "core/kernels/cpu.h"
#include "core/base/log.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MAX_OPTIONS 48
#define FIRST_LONG 256 // getopt values of the table's options; above every letter

#define FIRST_SHARED (FIRST_LONG + MAX_OPTIONS)

const struct option_spec options_shared[OPTIONS_N_SHARED] = {
    {.name = "verbose", .letter = 'v', .kind = OPTION_FLAG, .help = "say more"},
    {.name = "quiet", .letter = 'q', .kind = OPTION_FLAG, .help = "say less; twice: only errors"},
    {.name = "cpu",
     .kind = OPTION_TEXT,
     .argument = "NAME",
     .help = "scalar, avx2 or avx512: nothing better",
     .suggested = "auto|scalar|avx2|avx512"},
    {.name = "help", .letter = 'h', .kind = OPTION_FLAG, .help = "show this"},
};

// Who wants the next table instead of what is parsed by it; see options_intercept.
static options_take *interceptor;
static void *interceptor_arg;

// ---- values ----

static int choice_index(const char *words, const char *text) {
    size_t n = strlen(text);
    for (int i = 0; n > 0; i++) {
        size_t len = strcspn(words, "|");
        if (len == n && memcmp(words, text, n) == 0) {
            return i;
        }
        if (words[len] == '\0') {
            break;
        }
        words += len + 1;
    }
    return -1;
}

static bool parse_number(const struct option_spec *spec, const char *text, double *value) {
    char *end;
    errno = 0;
    *value = spec->kind == OPTION_INT ? (double)strtol(text, &end, 10) : strtod(text, &end);
    bool limited = spec->minimum != 0 || spec->maximum != 0;
    double low = limited ? spec->minimum : -2147483647.0;
    double high = limited ? spec->maximum : 2147483647.0;
    return end != text && *end == '\0' && errno == 0 && isfinite(*value) && *value >= low &&
           *value <= high;
}

static bool report_bad_value(const struct option_spec *spec, const char *text, const char *where) {
    if ((spec->kind == OPTION_INT || spec->kind == OPTION_REAL) &&
        (spec->minimum != 0 || spec->maximum != 0)) {
        LOG(ERROR, "%s: '%s' is not a %snumber from %g to %g", where, text,
            spec->kind == OPTION_INT ? "whole " : "", spec->minimum, spec->maximum);
    } else {
        const char *wanted = spec->kind == OPTION_CHOICE   ? spec->argument
                             : spec->kind == OPTION_INT    ? "a whole number"
                             : spec->kind == OPTION_REAL   ? "a number"
                             : spec->kind == OPTION_SWITCH ? "yes or no"
                                                           : "a value";
        LOG(ERROR, "%s: '%s' is not %s%s", where, text,
            spec->kind == OPTION_CHOICE ? "one of " : "", wanted);
    }
    return false;
}

static bool set_switch(const struct option_spec *spec, const char *text, const char *where) {
    int index = choice_index("no|yes", text);
    if (index < 0) {
        return report_bad_value(spec, text, where);
    }
    *(bool *)spec->target = index == 1;
    return true;
}

static bool set_choice(const struct option_spec *spec, const char *text, const char *where) {
    int index = choice_index(spec->argument, text);
    if (index < 0) {
        return report_bad_value(spec, text, where);
    }
    *(int *)spec->target = index;
    return true;
}

static bool set_number(const struct option_spec *spec, const char *text, const char *where) {
    double value;
    if (!parse_number(spec, text, &value)) {
        return report_bad_value(spec, text, where);
    }
    if (spec->kind == OPTION_INT) {
        *(int *)spec->target = (int)value;
    } else {
        *(double *)spec->target = value;
    }
    return true;
}

bool options_set(const struct option_spec *spec, const char *text, const char *where) {
    switch (spec->kind) {
    case OPTION_FLAG:
    case OPTION_SWITCH:
        return set_switch(spec, text, where);
    case OPTION_CHOICE:
        return set_choice(spec, text, where);
    case OPTION_INT:
    case OPTION_REAL:
        return set_number(spec, text, where);
    case OPTION_TEXT:
        if (*text == '\0') {
            return report_bad_value(spec, text, where);
        }
        *(const char **)spec->target = text;
        return true;
    }
    return false;
}

// ---- layers ----

static bool set_fallbacks(const struct option_table *table) {
    for (int i = 0; i < table->n_specs; i++) {
        const struct option_spec *spec = &table->specs[i];
        if (spec->fallback && !options_set(spec, spec->fallback, spec->name)) {
            return false;
        }
    }
    return true;
}

static bool set_from_settings(void *arg, const char *name, const char *value, const char *where) {
    const struct option_table *table = arg;
    for (int i = 0; i < table->n_specs; i++) {
        if (strcmp(table->specs[i].name, name) == 0) {
            return options_set(&table->specs[i], value, where);
        }
    }
    LOG(ERROR, "%s is no option of smilecam %s; see 'smilecam %s --help'", where, table->command,
        table->command);
    return false;
}

static bool set_from_environment(const struct option_table *table) {
    for (int i = 0; i < table->n_specs; i++) {
        const struct option_spec *spec = &table->specs[i];
        const char *text = spec->environment ? getenv(spec->environment) : NULL;
        if (text && *text && !options_set(spec, text, spec->environment)) {
            return false;
        }
    }
    return true;
}

static bool set_from_argument(const struct option_spec *spec, const char *text) {
    char where[64];
    snprintf(where, sizeof where, "option '--%s'", spec->name);
    return options_set(spec, spec->kind == OPTION_FLAG ? "yes" : text, where);
}

static enum options_outcome apply_shared(const struct option_table *table,
                                         const struct option_spec *spec, const char *text) {
    switch (spec->letter) {
    case 'h':
        options_print_help(table, stdout);
        return OPTIONS_DONE;
    case 'v':
        log_set_level(LOG_DEBUG);
        return OPTIONS_RUN;
    case 'q':
        log_set_level(log_get_level() == LOG_INFO ? LOG_WARNING : LOG_ERROR);
        return OPTIONS_RUN;
    default:
        return cpu_force(text) ? OPTIONS_RUN : OPTIONS_BAD;
    }
}

// ---- the command line ----

static char *add_getopt(const struct option_spec *spec, int value, struct option *option,
                        char *letters) {
    int has_argument = spec->kind == OPTION_FLAG ? no_argument : required_argument;
    *option = (struct option){spec->name, has_argument, NULL, value};
    if (spec->letter) {
        *letters++ = spec->letter;
        if (has_argument == required_argument) {
            *letters++ = ':';
        }
    }
    return letters;
}

static void fill_getopt(const struct option_table *table, struct option *longs, char *letters) {
    *letters++ = ':';
    for (int i = 0; i < table->n_specs; i++) {
        letters = add_getopt(&table->specs[i], FIRST_LONG + i, longs++, letters);
    }
    for (int i = 0; i < OPTIONS_N_SHARED; i++) {
        letters = add_getopt(&options_shared[i], FIRST_SHARED + i, longs++, letters);
    }
    *longs = (struct option){0};
    *letters = '\0';
}

static const struct option_spec *find_letter(const struct option_spec *specs, int n, int letter) {
    for (int i = 0; i < n; i++) {
        if (specs[i].letter && specs[i].letter == letter) {
            return &specs[i];
        }
    }
    return NULL;
}

static const struct option_spec *find_spec(const struct option_table *table, int value) {
    if (value >= FIRST_SHARED) {
        return &options_shared[value - FIRST_SHARED];
    }
    if (value >= FIRST_LONG) {
        return &table->specs[value - FIRST_LONG];
    }
    const struct option_spec *spec = find_letter(table->specs, table->n_specs, value);
    return spec ? spec : find_letter(options_shared, OPTIONS_N_SHARED, value);
}

static void report_bad_option(const struct option_table *table, int value, const char *word) {
    const char *see = table->command;
    const struct option_spec *spec = optopt ? find_spec(table, optopt) : NULL;
    if (value == ':' && spec) {
        const char *words = option_words(spec);
        LOG(ERROR, "option '%s' needs %s %s", word,
            words ? "one of" : "a value:", words ? words : spec->argument);
    } else if (value == ':') {
        LOG(ERROR, "option '%s' needs a value; see 'smilecam %s --help'", word, see);
    } else if (optopt >= FIRST_LONG) {
        LOG(ERROR, "option '%.*s' takes no value; see 'smilecam %s --help'",
            (int)strcspn(word, "="), word, see);
    } else if (optopt) {
        LOG(ERROR, "unknown option '-%c'; see 'smilecam %s --help'", optopt, see);
    } else {
        LOG(ERROR, "unknown option '%s'; see 'smilecam %s --help'", word, see);
    }
}

static bool check_operands(const struct option_table *table, int argc, char **argv) {
    int n = argc - optind;
    if (n < table->min_operands) {
        LOG(ERROR, "%s needs %s; see 'smilecam %s --help'", table->command, table->operands,
            table->command);
        return false;
    }
    if (table->max_operands >= 0 && n > table->max_operands) {
        LOG(ERROR, "unexpected argument '%s'; see 'smilecam %s --help'",
            argv[optind + table->max_operands], table->command);
        return false;
    }
    if (table->verbs && choice_index(table->verbs, argv[optind]) < 0) {
        LOG(ERROR, "%s: '%s' is not one of %s; see 'smilecam %s --help'", table->command,
            argv[optind], table->verbs, table->command);
        return false;
    }
    return true;
}

static enum options_outcome parse_arguments(const struct option_table *table, int argc,
                                            char **argv) {
    struct option longs[MAX_OPTIONS + OPTIONS_N_SHARED + 1];
    char letters[2 * (MAX_OPTIONS + OPTIONS_N_SHARED) + 2];
    fill_getopt(table, longs, letters);
    opterr = 0;
    optind = 0; // glibc: start afresh, also inside a group of letters
    int value;
    enum options_outcome outcome = OPTIONS_RUN;
    while (outcome == OPTIONS_RUN &&
           (value = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
        if (value == '?' || value == ':') {
            report_bad_option(table, value, argv[optind - 1]);
            return OPTIONS_BAD;
        }
        const struct option_spec *spec = find_spec(table, value);
        outcome = !spec->target                     ? apply_shared(table, spec, optarg)
                  : set_from_argument(spec, optarg) ? OPTIONS_RUN
                                                    : OPTIONS_BAD;
    }
    return outcome;
}

void options_intercept(options_take *take, void *arg) {
    interceptor = take;
    interceptor_arg = arg;
}

enum options_outcome options_parse(const struct option_table *table, int argc, char **argv,
                                   struct operands *operands) {
    assert(table->n_specs <= MAX_OPTIONS);
    if (interceptor) {
        interceptor(interceptor_arg, table);
        interceptor = NULL;
        return OPTIONS_DONE;
    }
    if (!set_fallbacks(table) ||
        !settings_read(table->command, set_from_settings, (void *)(uintptr_t)table) ||
        !set_from_environment(table)) {
        return OPTIONS_BAD;
    }
    enum options_outcome outcome = parse_arguments(table, argc, argv);
    if (outcome != OPTIONS_RUN) {
        return outcome;
    }
    if (!check_operands(table, argc, argv)) {
        return OPTIONS_BAD;
    }
    if (operands) {
        *operands = (struct operands){argc - optind, argv + optind};
    }
    return OPTIONS_RUN;
}

int options_count_shared(int argc, char **argv) {
    static const char *const words[] = {"-v", "--verbose", "-q", "--quiet"};
    int i = 1;
    for (; i < argc; i++) {
        bool plain = strncmp(argv[i], "--cpu=", 6) == 0;
        for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
            plain = plain || strcmp(argv[i], words[k]) == 0;
        }
        bool pair = strcmp(argv[i], "--cpu") == 0 && i + 1 < argc;
        if (!plain && !pair) {
            break;
        }
        i += pair;
    }
    return i - 1;
}

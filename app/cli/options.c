// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/cli/options.h"

#include "app/cli/nearest_word.h"
#include "app/cli/settings.h"

#include "core/kernels/cpu.h"
#include "core/base/log.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_LONG 256 // getopt values of the rows; above every letter

static const struct option_spec shared[] = {
    OPTION_HEADING(N_("General")),
    {.name = "verbose", .letter = 'v', .kind = OPTION_FLAG, .help = N_("print more")},
    {.name = "quiet",
     .letter = 'q',
     .kind = OPTION_FLAG,
     .help = N_("print less; given twice, only errors")},
    {.name = "cpu",
     .kind = OPTION_TEXT,
     .argument = "NAME",
     .help = N_("use at most this instruction set: scalar, avx2 ..."),
     .suggested = "auto|scalar|avx2|avx512"},
    {.name = "help", .letter = 'h', .kind = OPTION_FLAG, .help = N_("show this text")},
};

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
    bool limited = spec->minimum != 0 || spec->maximum != 0;
    if (spec->kind == OPTION_INT && limited) {
        LOG(ERROR, "%s: '%s' is not a whole number from %g to %g", where, text, spec->minimum,
            spec->maximum);
    } else if (spec->kind == OPTION_REAL && limited) {
        LOG(ERROR, "%s: '%s' is not a number from %g to %g", where, text, spec->minimum,
            spec->maximum);
    } else if (spec->kind == OPTION_INT || spec->kind == OPTION_REAL) {
        LOG(ERROR, "%s: '%s' is not a number", where, text);
    } else if (option_words(spec)) {
        LOG(ERROR, "%s: '%s' is not one of %s", where, text, option_words(spec));
    } else {
        LOG(ERROR, "%s: '%s' is not a value", where, text);
    }
    return false;
}

static bool set_switch(const struct option_spec *spec, void *value, const char *text,
                       const char *where) {
    int index = choice_index("no|yes", text);
    if (index < 0) {
        return report_bad_value(spec, text, where);
    }
    *(bool *)value = index == 1;
    return true;
}

static bool set_choice(const struct option_spec *spec, void *value, const char *text,
                       const char *where) {
    bool older = spec->older && choice_index(spec->older, text) >= 0;
    int index = choice_index(spec->argument, older ? spec->fallback : text);
    if (index < 0) {
        return report_bad_value(spec, text, where);
    }
    *(int *)value = index;
    return true;
}

static bool set_number(const struct option_spec *spec, void *value, const char *text,
                       const char *where) {
    double number;
    if (!parse_number(spec, text, &number)) {
        return report_bad_value(spec, text, where);
    }
    if (spec->kind == OPTION_INT) {
        *(int *)value = (int)number;
    } else {
        *(double *)value = number;
    }
    return true;
}

bool options_set(const struct option_spec *spec, void *value, const char *text, const char *where) {
    switch (spec->kind) {
    case OPTION_FLAG:
    case OPTION_SWITCH:
        return set_switch(spec, value, text, where);
    case OPTION_CHOICE:
        return set_choice(spec, value, text, where);
    case OPTION_INT:
    case OPTION_REAL:
        return set_number(spec, value, text, where);
    case OPTION_TEXT:
        if (*text == '\0') {
            return report_bad_value(spec, text, where);
        }
        *(const char **)value = text;
        return true;
    case OPTION_HEADING:
    case OPTION_GROUP:
        break;
    }
    return false;
}

// ---- rows ----

static int add_rows(const struct option_spec *specs, int n_specs, size_t offset,
                    struct option_row *rows, int n) {
    for (int i = 0; i < n_specs; i++) {
        const struct option_spec *spec = &specs[i];
        size_t at = offset == OPTION_SHARED ? offset : offset + spec->offset;
        if (spec->kind == OPTION_GROUP) {
            n = add_rows(spec->group->specs, spec->group->n_specs, at, rows, n);
            continue;
        }
        assert(n < MAX_OPTIONS);
        rows[n++] = (struct option_row){spec, at};
    }
    return n;
}

int options_rows(const struct option_table *table, struct option_row rows[MAX_OPTIONS]) {
    int n = add_rows(table->specs, table->n_specs, 0, rows, 0);
    return add_rows(shared, N_OPTIONS(shared), OPTION_SHARED, rows, n);
}

// What is being parsed: a table, its rows, and where the values go.
struct parsing {
    const struct option_table *table;
    struct option_row rows[MAX_OPTIONS];
    int n;
    char *values;
};

static bool is_own(const struct option_row *row) {
    return row->offset != OPTION_SHARED && row->spec->kind != OPTION_HEADING;
}

static bool set_row(struct parsing *p, const struct option_row *row, const char *text,
                    const char *where) {
    return options_set(row->spec, p->values + row->offset, text, where);
}

// ---- layers ----

static bool set_fallbacks(struct parsing *p) {
    bool good = true;
    for (int i = 0; i < p->n && good; i++) {
        const struct option_row *row = &p->rows[i];
        if (is_own(row) && row->spec->fallback) {
            good = set_row(p, row, row->spec->fallback, row->spec->name);
        }
    }
    return good;
}

// " (did you mean '--record'?)", or nothing. before: what stands before names, "--".
static const char *guess(const struct parsing *p, const char *word, const char *before,
                         char text[160]) {
    char typed[48];
    snprintf(typed, sizeof typed, "%.*s", (int)strcspn(word, "="), word);
    struct nearest_word nearest = {.typed = typed};
    for (int i = 0; i < p->n; i++) {
        if (p->rows[i].spec->name) {
            nearest_word_try(&nearest, p->rows[i].spec->name);
        }
    }
    snprintf(text, 160, nearest.best ? _(" (did you mean '%s%s'?)") : "", before, nearest.best);
    return text;
}

static bool set_from_settings(void *arg, const char *name, const char *value, const char *where) {
    struct parsing *p = arg;
    for (int i = 0; i < p->n; i++) {
        const struct option_row *row = &p->rows[i];
        const char *alias = row->spec->alias;
        if (is_own(row) &&
            (strcmp(row->spec->name, name) == 0 || (alias && strcmp(alias, name) == 0))) {
            return set_row(p, row, value, where);
        }
    }
    char meant[160];
    LOG(ERROR, "%s is not an option of smilecam %s%s; see 'smilecam %s --help'", where,
        p->table->command, guess(p, name, "", meant), p->table->command);
    return false;
}

static bool set_from_environment(struct parsing *p) {
    bool good = true;
    for (int i = 0; i < p->n && good; i++) {
        const struct option_spec *spec = p->rows[i].spec;
        const char *text = spec->environment ? getenv(spec->environment) : NULL;
        good = !text || !*text || set_row(p, &p->rows[i], text, spec->environment);
    }
    return good;
}

static bool set_from_argument(struct parsing *p, const struct option_row *row, const char *text) {
    char where[64];
    snprintf(where, sizeof where, "option '--%s'", row->spec->name);
    return set_row(p, row, row->spec->kind == OPTION_FLAG ? "yes" : text, where);
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

static struct option *add_getopt(const struct option_spec *spec, int value, struct option *longs,
                                 char **letters) {
    bool flag = spec->kind == OPTION_FLAG;
    const char *const names[] = {spec->name, spec->alias};
    for (int i = 0; i < 2; i++) {
        if (names[i]) {
            *longs++ =
                (struct option){names[i], flag ? no_argument : required_argument, NULL, value};
        }
    }
    if (spec->letter) {
        *(*letters)++ = spec->letter;
        **letters = ':';
        *letters += !flag;
    }
    return longs;
}

static void fill_getopt(const struct parsing *p, struct option *longs, char *letters) {
    *letters++ = ':';
    for (int i = 0; i < p->n; i++) {
        longs = add_getopt(p->rows[i].spec, FIRST_LONG + i, longs, &letters);
    }
    *longs = (struct option){0};
    *letters = '\0';
}

static const struct option_row *find_row(const struct parsing *p, int value) {
    for (int i = 0; i < p->n; i++) {
        if (value == FIRST_LONG + i || (value > 0 && value == p->rows[i].spec->letter)) {
            return &p->rows[i];
        }
    }
    return NULL;
}

static void report_bad_option(const struct parsing *p, int value, const char *word) {
    const char *see = p->table->command;
    const struct option_row *row = optopt ? find_row(p, optopt) : NULL;
    const struct option_spec *spec = row ? row->spec : NULL;
    if (value == ':' && spec) {
        const char *words = option_words(spec);
        LOG(ERROR, words ? N_("option '%s' needs one of %s") : N_("option '%s' needs a value: %s"),
            word, words ? words : spec->argument);
    } else if (value == ':') {
        LOG(ERROR, "option '%s' needs a value; see 'smilecam %s --help'", word, see);
    } else if (optopt >= FIRST_LONG) {
        LOG(ERROR, "option '%.*s' takes no value; see 'smilecam %s --help'",
            (int)strcspn(word, "="), word, see);
    } else if (optopt) {
        LOG(ERROR, "unknown option '-%c'; see 'smilecam %s --help'", optopt, see);
    } else {
        char meant[160];
        LOG(ERROR, "unknown option '%s'%s; see 'smilecam %s --help'", word,
            guess(p, word + strspn(word, "-"), "--", meant), see);
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

static enum options_outcome parse_arguments(struct parsing *p, int argc, char **argv) {
    struct option longs[2 * MAX_OPTIONS + 1];
    char letters[2 * MAX_OPTIONS + 2];
    fill_getopt(p, longs, letters);
    opterr = 0;
    optind = 0; // glibc: start afresh, also inside a group of letters
    int value;
    enum options_outcome outcome = OPTIONS_RUN;
    while (outcome == OPTIONS_RUN &&
           (value = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
        if (value == '?' || value == ':') {
            report_bad_option(p, value, argv[optind - 1]);
            return OPTIONS_BAD;
        }
        const struct option_row *row = find_row(p, value);
        outcome = row->offset == OPTION_SHARED        ? apply_shared(p->table, row->spec, optarg)
                  : set_from_argument(p, row, optarg) ? OPTIONS_RUN
                                                      : OPTIONS_BAD;
    }
    return outcome;
}

enum options_outcome options_parse(const struct option_table *table, int argc, char **argv,
                                   void *values, struct operands *operands) {
    struct parsing p = {.table = table, .values = values};
    p.n = options_rows(table, p.rows);
    if (!set_fallbacks(&p) || !settings_read(table->command, set_from_settings, &p) ||
        !set_from_environment(&p)) {
        return OPTIONS_BAD;
    }
    enum options_outcome outcome = parse_arguments(&p, argc, argv);
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

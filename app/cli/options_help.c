// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/cli/wrap_text.h"
#include "app/cli/options.h"

#define COLUMNS 80
#define MAX_LINE 96

const char *option_words(const struct option_spec *spec) {
    return spec->kind == OPTION_SWITCH   ? "yes|no"
           : spec->kind == OPTION_CHOICE ? spec->argument
                                         : NULL;
}

int option_format(const struct option_spec *spec, char *text, size_t size) {
    const char *words = option_words(spec), *argument = words ? words : spec->argument;
    char letter[8] = "    ";
    if (spec->letter) {
        snprintf(letter, sizeof letter, "-%c, ", spec->letter);
    }
    bool flag = spec->kind == OPTION_FLAG;
    return snprintf(text, size, "%s--%s%s%s", letter, spec->name, flag ? "" : " ",
                    flag ? "" : argument);
}

static int widest(const struct option_row *rows, int n) {
    int width = 0;
    for (int i = 0; i < n; i++) {
        char text[MAX_LINE];
        int len =
            rows[i].spec->kind == OPTION_HEADING ? 0 : option_format(rows[i].spec, text, MAX_LINE);
        width = len > width ? len : width;
    }
    return width;
}

static void print_option(const struct option_spec *spec, int width, FILE *out) {
    char option[MAX_LINE], help[512];
    if (spec->kind == OPTION_HEADING) {
        fprintf(out, "\n%s:\n", _(spec->help));
        return;
    }
    option_format(spec, option, sizeof option);
    bool fallback = spec->fallback && spec->kind != OPTION_FLAG;
    snprintf(help, sizeof help, fallback ? _("%s (default: %s)") : "%s", _(spec->help),
             spec->fallback);
    fprintf(out, "  %-*s  ", width, option);
    wrap_text(out, help, width + 4, COLUMNS);
}

void options_print_help(const struct option_table *table, FILE *out) {
    struct option_row rows[MAX_OPTIONS];
    int n = options_rows(table, rows), width = widest(rows, n);
    bool operands = *table->operands != '\0';
    fprintf(out, _("Usage: smilecam %s%s%s [options]\n"), table->command, operands ? " " : "",
            table->operands);
    wrap_text(out, _(table->summary), 0, COLUMNS);
    if (n > 0 && rows[0].spec->kind != OPTION_HEADING) {
        fputc('\n', out);
    }
    for (int i = 0; i < n; i++) {
        print_option(rows[i].spec, width, out);
    }
}

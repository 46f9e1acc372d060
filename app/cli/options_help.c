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

static int widest(const struct option_spec *specs, int n, int width) {
    char text[MAX_LINE];
    for (int i = 0; i < n; i++) {
        int len = option_format(&specs[i], text, sizeof text);
        width = len > width ? len : width;
    }
    return width;
}

static void print_options(const struct option_spec *specs, int n, int width, FILE *out) {
    for (int i = 0; i < n; i++) {
        const struct option_spec *spec = &specs[i];
        char option[MAX_LINE], help[256];
        option_format(spec, option, sizeof option);
        bool fallback = spec->fallback && spec->kind != OPTION_FLAG;
        snprintf(help, sizeof help, fallback ? "%s (%s)" : "%s", spec->help, spec->fallback);
        fprintf(out, "  %-*s  ", width, option);
        wrap_text(out, help, width + 4, COLUMNS);
    }
}

void options_print_help(const struct option_table *table, FILE *out) {
    int width = widest(table->specs, table->n_specs, widest(options_shared, OPTIONS_N_SHARED, 0));
    bool operands = *table->operands != '\0';
    fprintf(out, "Usage: smilecam %s%s%s [options]\n", table->command, operands ? " " : "",
            table->operands);
    wrap_text(out, table->summary, 0, COLUMNS);
    fputc('\n', out);
    print_options(table->specs, table->n_specs, width, out);
    print_options(options_shared, OPTIONS_N_SHARED, width, out);
}

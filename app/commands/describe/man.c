// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/cli/wrap_text.h"
#include "app/commands/describe/describe.h"

#include <string.h>

#define HERE ".\\\" commands\n" // the template's line in place of which the commands stand
#define COLUMNS 78

// Copies the template up to that line, or to its end.
static void copy(FILE *out, FILE *in) {
    char line[512];
    while (fgets(line, sizeof line, in) && strcmp(line, HERE) != 0) {
        fputs(line, out);
    }
}

// Running text in mdoc's language: each sentence on lines of its own, nothing read as a request.
static void write_text(FILE *out, const char *text) {
    char safe[2048];
    size_t n = 0;
    for (; *text && n + 8 < sizeof safe; text++) {
        if (*text == '\\') {
            n += (size_t)sprintf(safe + n, "\\e");
        } else if (*text == '-') {
            n += (size_t)sprintf(safe + n, "\\-");
        } else if (*text == '\n') {
            n += (size_t)sprintf(safe + n, "\n.Pp\n");
        } else if (*text == ' ' && n > 0 && safe[n - 1] == '.') {
            safe[n++] = '\n';
        } else if ((*text == '.' || *text == '\'') &&
                   (n == 0 || safe[n - 1] == ' ' || safe[n - 1] == '\n')) {
            n += (size_t)sprintf(safe + n, "\\&%c", *text);
        } else {
            safe[n++] = *text;
        }
    }
    safe[n] = '\0';
    wrap_text(out, safe, 0, COLUMNS);
}

// Arguments of a macro: a bar would be taken for punctuation, a space would part them.
static void write_argument(FILE *out, const char *text) {
    const char *words = text;
    for (; *words; words++) {
        fputs(*words == '|' ? "\\*(Ba" : *words == '-' ? "\\-" : (char[]){*words, '\0'}, out);
    }
}

static void option(FILE *out, const struct option_spec *spec) {
    fputs(".It ", out);
    if (spec->letter) {
        fprintf(out, "Fl %c , ", spec->letter);
    }
    fprintf(out, "Fl -%s", spec->name);
    if (spec->kind != OPTION_FLAG) {
        const char *words = option_words(spec);
        fputs(" Ar ", out);
        write_argument(out, words ? words : spec->argument);
    }
    fputc('\n', out);
    write_text(out, spec->help);
    if (spec->fallback && spec->kind != OPTION_FLAG) {
        fprintf(out, ".Pq default: %s\n", spec->fallback);
    }
    if (spec->environment) {
        fprintf(out, ".Pq environment: Ev %s\n", spec->environment);
    }
}

// A table's own rows, under their headings, or those that all commands share.
static void write_rows(FILE *out, const struct option_table *table, bool shared) {
    struct option_row rows[MAX_OPTIONS];
    int n = options_rows(table, rows);
    bool listing = false;
    for (int i = 0; i < n; i++) {
        const struct option_spec *spec = rows[i].spec;
        bool heading = spec->kind == OPTION_HEADING;
        if ((rows[i].offset == OPTION_SHARED) != shared || (heading && shared)) {
            continue;
        }
        if (listing == heading) {
            fputs(listing ? ".El\n" : ".Bl -tag -width Ds -compact\n", out);
            listing = !heading;
        }
        if (heading) {
            fprintf(out, ".Pp\n.Em %s\n", spec->help);
        } else {
            option(out, spec);
        }
    }
    fputs(listing ? ".El\n" : "", out);
}

static void command(FILE *out, const struct command *command) {
    fprintf(out, ".Ss smilecam %s", command->name);
    fprintf(out, "\n.D1 Nm Cm %s", command->name);
    if (*command->table->operands) {
        fputs(" Ar ", out);
        write_argument(out, command->table->operands);
    }
    fputs(" Op Ar options\n", out);
    write_text(out, command->table->summary);
    write_rows(out, command->table, false);
}

static void end(FILE *out, FILE *in) {
    fputs(".Ss Options of all commands\n", out);
    write_rows(out, commands[0]->table, true);
    copy(out, in);
}

const struct describer describe_man = {"smilecam.1", copy, command, end};

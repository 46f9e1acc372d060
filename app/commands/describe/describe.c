// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
//
// usage: describe TEMPLATE FOLDER: writes the man page and the completions into the folder.
#include "app/commands/describe/describe.h"

#include <limits.h>
#include <string.h>

static const struct describer *const describers[] = {&describe_man, &describe_bash, &describe_zsh,
                                                     &describe_fish};

enum argument_kind describe_argument(const struct option_spec *spec) {
    switch (spec->kind) {
    case OPTION_FLAG:
    case OPTION_HEADING:
    case OPTION_GROUP:
        return ARGUMENT_NONE;
    case OPTION_SWITCH:
    case OPTION_CHOICE:
        return ARGUMENT_WORDS;
    case OPTION_INT:
    case OPTION_REAL:
        return ARGUMENT_ANYTHING;
    case OPTION_TEXT:
        break;
    }
    if (strcmp(spec->argument, "DIR") == 0) {
        return ARGUMENT_FOLDER;
    }
    static const char *const files[] = {"FILE", "MODEL", "CROPS", "OUT", "SOURCE"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (strncmp(spec->argument, files[i], strlen(files[i])) == 0) {
            return ARGUMENT_FILE;
        }
    }
    return spec->suggested ? ARGUMENT_WORDS : ARGUMENT_ANYTHING;
}

void describe_words(FILE *out, const char *words) {
    for (; words && *words; words++) {
        fputc(*words == '|' ? ' ' : *words, out);
    }
}

void describe_options(FILE *out, const struct command *command,
                      void (*option)(FILE *out, const struct command *command,
                                     const struct option_spec *spec)) {
    struct option_row rows[MAX_OPTIONS];
    int n = options_rows(command->table, rows);
    for (int i = 0; i < n; i++) {
        if (rows[i].spec->kind != OPTION_HEADING) {
            option(out, command, rows[i].spec);
        }
    }
}

static bool write_file(const struct describer *describer, const char *template, const char *path) {
    FILE *out = fopen(path, "w"), *in = fopen(template, "r");
    bool good = out && in;
    if (good) {
        describer->begin(out, in);
        for (int i = 0; commands[i]; i++) {
            describer->command(out, commands[i]);
        }
        describer->end(out, in);
        good = !ferror(out) && !ferror(in);
    }
    if (in) {
        fclose(in);
    }
    return (!out || fclose(out) == 0) && good;
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: describe TEMPLATE FOLDER\n");
        return 1;
    }
    for (size_t i = 0; i < sizeof describers / sizeof *describers; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", argv[2], describers[i]->file);
        if (!write_file(describers[i], argv[1], path)) {
            fprintf(stderr, "%s: cannot be written from %s: %m\n", path, argv[1]);
            return 1;
        }
    }
    return 0;
}

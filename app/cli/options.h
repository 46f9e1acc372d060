// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/system/i18n.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

// A command's options as one constant table: parsed, explained by --help, described for the man
// page and shells, and set from each layer of settings.

enum option_kind {
    OPTION_FLAG,    // bool; takes no argument, sets true
    OPTION_SWITCH,  // bool; argument yes|no
    OPTION_CHOICE,  // int or enum; argument is one of the words of .argument ("auto|yes|no"), the
                    // value its index
    OPTION_TEXT,    // const char *; points into argv or the environment, never freed
    OPTION_INT,     // int within [minimum, maximum]
    OPTION_REAL,    // double within [minimum, maximum]
    OPTION_HEADING, // not an option: .help is the heading of the next ones
    OPTION_GROUP,   // not an option: the rows of .group, whose struct is at .offset
};

struct option_spec {
    const char *name; // long name without dashes
    char letter;      // short name; 0 = none
    enum option_kind kind;
    size_t offset;           // of the value in the command's struct
    const char *argument;    // its name in --help, e.g. "FILE"; the words of a choice
    const char *help;        // a phrase, in N_()
    const char *fallback;    // the built-in value as text; NULL: the value stays as it is
    const char *environment; // variable that overrides fallback; NULL = none
    const char *alias;       // hidden older name that is still accepted; NULL = none
    const char *older;       // words of a choice, hidden, that now mean the fallback; NULL = none
    const char *suggested;   // texts: words that shells offer besides files, "auto|demo"; or NULL
    double minimum, maximum; // numbers; both 0 = any
    const struct option_group *group;
};

// Rows that several commands share.
struct option_group {
    const struct option_spec *specs;
    int n_specs;
};

// A row: OPTION("size", 's', INT, struct options, size, .argument = "PX", .help = "...")
#define OPTION(long_name, short_name, kind_word, type, member, ...)                                \
    {                                                                                              \
        .name = (long_name), .letter = (short_name), .kind = OPTION_##kind_word,                   \
        .offset = offsetof(type, member), __VA_ARGS__                                              \
    }
#define OPTION_HEADING(text)                                                                       \
    { .kind = OPTION_HEADING, .help = (text) }
#define OPTION_GROUP(rows, type, member)                                                           \
    { .kind = OPTION_GROUP, .offset = offsetof(type, member), .group = &(rows) }
#define N_OPTIONS(specs) ((int)(sizeof(specs) / sizeof *(specs)))

struct option_table {
    const char *command;  // "live"
    const char *operands; // as --help shows them, e.g. "IMAGE..."; may be ""
    const char *summary;  // what the command does, in N_(); a line break begins a paragraph
    const char *verbs;    // what the first operand must be one of, "info|check"; NULL = anything
    const struct option_spec *specs; // n_specs of them; those that all commands share come by
                                     // themselves
    int n_specs;
    int min_operands, max_operands; // max -1 = any number
};

// What is left of the command line after its options; points into argv.
struct operands {
    int n;
    char **items;
};

// A table with its groups spelled out, then the options that all commands share (--help, --verbose
// and so on), whose offset is OPTION_SHARED.
#define MAX_OPTIONS 80
#define OPTION_SHARED ((size_t)-1)
struct option_row {
    const struct option_spec *spec;
    size_t offset;
};
int options_rows(const struct option_table *table, struct option_row rows[MAX_OPTIONS]);

enum options_outcome {
    OPTIONS_RUN,  // go on
    OPTIONS_DONE, // --help was printed: exit code 0
    OPTIONS_BAD   // the error has been logged: exit code 1
};

// Sets the values in the command's struct from, in this order: fallback, settings files
// (settings.h), environment, command line. Applies the options that all commands share. argv may be
// reordered. operands may be NULL when there are none to take.
enum options_outcome options_parse(const struct option_table *table, int argc, char **argv,
                                   void *values, struct operands *operands);

// Sets one value from text. False (logged; where is named in the message) when the text does not
// fit.
bool options_set(const struct option_spec *spec, void *value, const char *text, const char *where);

// What --help prints, at most 80 columns wide.
void options_print_help(const struct option_table *table, FILE *out);

// "-s, --source NAME", with room for a letter that is not there, as snprintf returns it.
int option_format(const struct option_spec *spec, char *text, size_t size);

// What the argument must be one of, "yes|no"; NULL for other kinds.
const char *option_words(const struct option_spec *spec);

// How many of the leading arguments argv[1], argv[2] ... are options that all commands share.
int options_count_shared(int argc, char **argv);

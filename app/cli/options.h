// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>
#include <stdio.h>

// A command's options as one table: parsed, explained by --help, and set from each layer of
// settings.

enum option_kind {
    OPTION_FLAG,   // target: bool; takes no argument, sets true
    OPTION_SWITCH, // target: bool; argument yes|no
    OPTION_CHOICE, // target: int; argument is one of the words of .argument ("auto|yes|no"), target
                   // its index
    OPTION_TEXT,   // target: const char *; points into argv or the environment, never freed
    OPTION_INT,    // target: int within [minimum, maximum]
    OPTION_REAL,   // target: double within [minimum, maximum]
};

struct option_spec {
    const char *name; // long name without dashes
    char letter;      // short name; 0 = none
    enum option_kind kind;
    void *target;
    const char *argument;    // how --help calls the argument, e.g. "FILE"; the words of a choice
    const char *help;        // one line
    const char *fallback;    // the built-in value as text; NULL: the target keeps what it has
    const char *environment; // variable that overrides fallback; NULL = none
    double minimum, maximum; // numbers; both 0 = any
    const char *suggested;   // texts: words that shells offer besides files, "auto|demo"; or NULL
};

struct option_table {
    const char *command;  // "live"
    const char *operands; // how --help shows what is not an option, e.g. "IMAGE..."; may be ""
    const char *summary;  // what the command does; a line break begins a paragraph
    const char *verbs;    // what the first operand must be one of, "info|check"; NULL = anything
    const struct option_spec *specs; // n_specs of them; options_shared come by themselves
    int n_specs;
    int min_operands, max_operands; // max -1 = any number
};

// What is left of the command line after its options; points into argv.
struct operands {
    int n;
    char **items;
};

// Options that every command has, after the table's own. Their targets are NULL.
#define OPTIONS_N_SHARED 4
extern const struct option_spec options_shared[OPTIONS_N_SHARED];

enum options_outcome {
    OPTIONS_RUN,  // go on
    OPTIONS_DONE, // --help was printed: exit code 0
    OPTIONS_BAD   // said what is wrong in one sentence: exit code 1
};

// Sets every target from, in this order: fallback, settings files (settings.h), environment,
// command line. Applies the options
// that all commands share. argv may be reordered. operands may be NULL when there are none to take.
enum options_outcome options_parse(const struct option_table *table, int argc, char **argv,
                                   struct operands *operands);

// Sets one option from text. False (logged; where is named in the message) when the text does not
// fit.
bool options_set(const struct option_spec *spec, const char *text, const char *where);

// What --help prints, at most 80 columns wide.
void options_print_help(const struct option_table *table, FILE *out);

// "-s, --source NAME", with room for a letter that is not there, as snprintf returns it.
int option_format(const struct option_spec *spec, char *text, size_t size);

// What the argument must be one of, "yes|no"; NULL for other kinds.
const char *option_words(const struct option_spec *spec);

// How a command's table is had without running the command, for man page and completions: the next
// options_parse hands it to take, sets nothing and returns OPTIONS_DONE.
typedef void options_take(void *arg, const struct option_table *table);
void options_intercept(options_take *take, void *arg);

// How many of the leading arguments argv[1], argv[2] ... are options that all commands share.
int options_count_shared(int argc, char **argv);

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/commands/command.h"
#include "app/cli/options.h"

#include <stdio.h>

// The man page and the shell completions, written during the build from the tables that smilecam
// parses its options by.

struct describer {
    const char *file; // the name of the file that it writes
    // Called once; then command for each of the commands; then end. in is a template, which only
    // the man page has.
    void (*begin)(FILE *out, FILE *in);
    void (*command)(FILE *out, const struct command *command);
    void (*end)(FILE *out, FILE *in);
};

extern const struct describer describe_man;
extern const struct describer describe_bash;
extern const struct describer describe_zsh;
extern const struct describer describe_fish;

// What an option's argument is, for shells.
enum argument_kind {
    ARGUMENT_NONE,    // the option is a flag
    ARGUMENT_WORDS,   // one of a few words
    ARGUMENT_FILE,    // a file, or one of the suggested words
    ARGUMENT_FOLDER,  // a folder
    ARGUMENT_ANYTHING // a number or a name: nothing to offer
};
enum argument_kind describe_argument(const struct option_spec *spec);

// The words with spaces for bars: "a|b" becomes "a b". NULL becomes "".
void describe_words(FILE *out, const char *words);

// Calls option for the command's own options and for those that all commands share.
void describe_options(FILE *out, const struct command *command,
                      void (*option)(FILE *out, const struct command *command,
                                     const struct option_spec *spec));

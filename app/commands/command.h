// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/cli/options.h"
#include "app/system/exit_codes.h"

// One word after "smilecam". A new command is a file here, a line below, and a line in command.c.

struct command {
    const char *name;
    const char *summary; // one line for "smilecam --help", in N_()
    const struct option_table *table;
    // argv[0] is the command's name.
    enum exit_code (*run)(int argc, char **argv);
};

extern const struct command command_annotate;
extern const struct command command_bench;
extern const struct command command_classify;
extern const struct command command_cv;
extern const struct command command_detector;
extern const struct command command_devices;
extern const struct command command_eval;
extern const struct command command_explain;
extern const struct command command_landmarks;
extern const struct command command_live;
extern const struct command command_model;
extern const struct command command_prepare;
extern const struct command command_train;

// In the order of --help; NULL ends the list.
extern const struct command *const commands[];

// Parses by a command's table into values; operands may be NULL. When there is nothing left to do
// (--help, or a bad option, which has been logged), false and the command's *code.
bool command_parse(const struct option_table *table, int argc, char **argv, void *values,
                   struct operands *operands, enum exit_code *code);

// NULL if there is no such command.
const struct command *command_find(const char *name);

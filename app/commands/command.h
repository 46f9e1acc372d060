// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// One word after "smilecam". A new command is a file here, a line below, and a line in command.c.

struct command {
    const char *name;
    const char *summary; // one line for "smilecam --help"
    // argv[0] is the command's name. Returns an exit_code.
    int (*run)(int argc, char **argv);
};

extern const struct command command_annotate;
extern const struct command command_bench;
extern const struct command command_classify;
extern const struct command command_cv;
extern const struct command command_devices;
extern const struct command command_eval;
extern const struct command command_explain;
extern const struct command command_live;
extern const struct command command_model;
extern const struct command command_prepare;
extern const struct command command_train;

// All of them, in the order of their use; NULL ends them.
extern const struct command *const commands[];

// NULL if there is none of that name.
const struct command *command_find(const char *name);

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/commands/command.h"

#include <stddef.h>
#include <string.h>

const struct command *const commands[] = {
    &command_live,      &command_annotate,
    &command_classify,  &command_devices,
    &command_prepare,   &command_train,
    &command_cv,        &command_eval,
    &command_explain,   &command_bench,
    &command_model,     &command_detector,
    &command_landmarks, NULL,
};

bool command_parse(const struct option_table *table, int argc, char **argv, void *values,
                   struct operands *operands, enum exit_code *code) {
    enum options_outcome outcome = options_parse(table, argc, argv, values, operands);
    *code = outcome == OPTIONS_BAD ? EXIT_CODE_USAGE : EXIT_CODE_OK;
    return outcome == OPTIONS_RUN;
}

const struct command *command_find(const char *name) {
    for (int i = 0; commands[i]; i++) {
        if (strcmp(commands[i]->name, name) == 0) {
            return commands[i];
        }
    }
    return NULL;
}

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/commands/command.h"
#include "app/system/exit_codes.h"
#include "app/system/i18n.h"
#include "app/system/standard_streams.h"
#include "app/cli/nearest_word.h"
#include "app/cli/options.h"
#include "app/pipeline/pipeline.h"
#include "app/version.h"

#include "core/base/log.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum exit_code print_help(void) {
    puts(_("Usage: smilecam [command] [options]\n"
           "Shows who is smiling, live from a camera.\n"));
    for (int i = 0; commands[i]; i++) {
        printf("  %-10s %s\n", commands[i]->name, _(commands[i]->summary));
    }
    puts(_("\nWithout a command, live runs; 'smilecam FILE' shows a video.\n"
           "'smilecam help COMMAND' lists the options of a command."));
    return EXIT_CODE_OK;
}

// "smilecam help annotate" is "smilecam annotate --help".
static enum exit_code help_with(const char *word) {
    const struct command *command = word ? command_find(word) : NULL;
    char *arguments[] = {(char *)word, (char *)"--help", NULL};
    return command ? command->run(2, arguments) : print_help();
}

// What live can show: "smilecam talk.mp4".
static bool names_source(const char *word) {
    return strpbrk(word, "/.:") || access(word, F_OK) == 0;
}

static enum exit_code report_unknown(const char *word) {
    struct nearest_word nearest = {.typed = word};
    for (int i = 0; commands[i]; i++) {
        nearest_word_try(&nearest, commands[i]->name);
    }
    if (nearest.best) {
        LOG(ERROR, "unknown command '%s' (did you mean '%s'?); see 'smilecam --help'", word,
            nearest.best);
    } else {
        LOG(ERROR, "unknown command '%s', nor is there such a file; see 'smilecam --help'", word);
    }
    return EXIT_CODE_USAGE;
}

// Moves the command's name from argv[at] to argv[1], before the shared options that were in front
// of it.
static void bring_forward(char **argv, int at) {
    char *name = argv[at];
    memmove(argv + 2, argv + 1, (size_t)(at - 1) * sizeof *argv);
    argv[1] = name;
}

static enum exit_code run(int argc, char **argv) {
    int at = 1 + options_count_shared(argc, argv);
    const char *word = at < argc ? argv[at] : "";
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        return print_help();
    }
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        version_print();
        return EXIT_CODE_OK;
    }
    if (strcmp(word, "help") == 0) {
        return help_with(argv[at + 1]);
    }
    const struct command *command = command_find(word);
    if (*word == '-' || *word == '\0' || (!command && names_source(word))) {
        argv[0] = (char *)"live";
        return command_live.run(argc, argv);
    }
    if (!command) {
        return report_unknown(word);
    }
    bring_forward(argv, at);
    return command->run(argc - 1, argv + 1);
}

// A full disk or a closed pipe shows only when the last buffered bytes are written.
static enum exit_code finish_output(int code) {
    bool failed = ferror(stdout) != 0;
    if ((fflush(stdout) != 0 || failed) && (code == EXIT_CODE_OK || code == EXIT_CODE_PARTIAL)) {
        if (!standard_output_reader_gone()) { // which is no failure: head has seen enough
            LOG(ERROR, "standard output: cannot write all of it; is it closed, or the disk full?");
        }
        return EXIT_CODE_OUTPUT;
    }
    return code;
}

int main(int argc, char **argv) {
    standard_streams_keep();
    signal(SIGPIPE, SIG_IGN); // a reader that has gone is a failed write, which is reported
    signal(SIGXFSZ, SIG_IGN); // so is a file that may grow no further
    i18n_start();
    enum exit_code code = finish_output(run(argc, argv));
    if (pipeline_abandoned()) {
        _exit(code);
    }
    return code;
}

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/commands/describe/describe.h"

static void quote(FILE *out, const char *text) {
    fputc('\'', out);
    for (; *text; text++) {
        fputs(*text == '\'' || *text == '\\' ? "\\" : "", out);
        fputc(*text == '\n' ? ' ' : *text, out);
    }
    fputc('\'', out);
}

static void begin(FILE *out, FILE *in) {
    (void)in;
    fputs("# fish completion for smilecam\n\n"
          "function __smilecam_command\n"
          "    for word in (commandline -opc)[2..]\n"
          "        if contains -- $word",
          out);
    for (int i = 0; commands[i]; i++) {
        fprintf(out, " %s", commands[i]->name);
    }
    fputs("\n            echo $word\n            return 0\n        end\n    end\n    return 1\n"
          "end\n"
          "function __smilecam_is\n"
          "    set -l command (__smilecam_command; or echo live)\n"
          "    test $command = $argv[1]\n"
          "end\n\n"
          "complete -c smilecam -f\n",
          out);
}

static void option(FILE *out, const struct command *command, const struct option_spec *spec) {
    fprintf(out, "complete -c smilecam -n '__smilecam_is %s' -l %s", command->name, spec->name);
    if (spec->letter) {
        fprintf(out, " -s %c", spec->letter);
    }
    enum argument_kind kind = describe_argument(spec);
    fputs(kind == ARGUMENT_NONE     ? ""
          : kind == ARGUMENT_FILE   ? " -rF"
          : kind == ARGUMENT_FOLDER ? " -xa '(__fish_complete_directories)'"
                                    : " -x",
          out);
    const char *words = option_words(spec) ? option_words(spec) : spec->suggested;
    if (words) {
        fputs(" -a '", out);
        describe_words(out, words);
        fputc('\'', out);
    }
    fputs(" -d ", out);
    quote(out, spec->help);
    fputc('\n', out);
}

static void command(FILE *out, const struct command *command) {
    fprintf(out, "\ncomplete -c smilecam -n 'not __smilecam_command' -a %s -d ", command->name);
    quote(out, command->summary);
    fputc('\n', out);
    if (command->table->max_operands != 0) {
        fprintf(out, "complete -c smilecam -n '__smilecam_is %s' -F\n", command->name);
    }
    if (command->table->verbs) {
        fprintf(out, "complete -c smilecam -n '__smilecam_is %s' -a '", command->name);
        describe_words(out, command->table->verbs);
        fputs("'\n", out);
    }
    describe_options(out, command, option);
}

static void end(FILE *out, FILE *in) {
    (void)out, (void)in;
}

const struct describer describe_fish = {"smilecam.fish", begin, command, end};

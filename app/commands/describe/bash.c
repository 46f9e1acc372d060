// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/commands/describe/describe.h"

static void begin(FILE *out, FILE *in) {
    (void)in;
    fputs("# bash completion for smilecam\n\n_smilecam() {\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
          "    local command='' word options operands value=''\n"
          "    if [[ $prev == = ]]; then\n"
          "        prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
          "    elif [[ $cur == = ]]; then\n"
          "        cur=''\n"
          "    fi\n"
          "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD - 1}\"; do\n"
          "        case $word in\n        ",
          out);
    for (int i = 0; commands[i]; i++) {
        fprintf(out, "%s%s", i ? " | " : "", commands[i]->name);
    }
    fputs(") command=$word; break ;;\n        esac\n    done\n\n"
          "    case ${command:-live} in\n",
          out);
}

static void option_names(FILE *out, const struct command *command, const struct option_spec *spec) {
    (void)command;
    fprintf(out, "--%s ", spec->name);
    if (spec->letter) {
        fprintf(out, "-%c ", spec->letter);
    }
}

// The case of an option that takes an argument: what may stand there.
static void option_value(FILE *out, const struct command *command, const struct option_spec *spec) {
    (void)command;
    enum argument_kind kind = describe_argument(spec);
    if (kind == ARGUMENT_NONE) {
        return;
    }
    fprintf(out, "        --%s", spec->name);
    if (spec->letter) {
        fprintf(out, " | -%c", spec->letter);
    }
    fputs(") value='", out);
    describe_words(out, option_words(spec));
    describe_words(out, spec->suggested);
    fputs(kind == ARGUMENT_FILE     ? " @file' ;;\n"
          : kind == ARGUMENT_FOLDER ? " @folder' ;;\n"
                                    : " @' ;;\n",
          out);
}

static void command(FILE *out, const struct command *command) {
    fprintf(out, "    %s)\n        options='", command->name);
    describe_options(out, command, option_names);
    fputs("' operands='", out);
    describe_words(out, command->table->verbs);
    fputs(command->table->max_operands != 0 ? " @file'\n" : " @'\n", out);
    fputs("        case $prev in\n", out);
    describe_options(out, command, option_value);
    fputs("        esac\n        ;;\n", out);
}

static void end(FILE *out, FILE *in) {
    (void)in;
    fputs("    esac\n\n"
          "    if [[ ! $value && $cur == -* ]]; then\n"
          "        value=\"$options @\"\n"
          "    elif [[ ! $value && ! $command ]]; then\n"
          "        value='",
          out);
    for (int i = 0; commands[i]; i++) {
        fprintf(out, "%s ", commands[i]->name);
    }
    fputs("@'\n"
          "    fi\n"
          "    value=${value:-$operands}\n"
          "    local files=()\n"
          "    case ${value##*@} in\n"
          "    file) files=(-f) ;;\n"
          "    folder) files=(-d) ;;\n"
          "    esac\n"
          "    if (( ${#files[@]} )) && [[ $(type -t compopt) == builtin ]]; then\n"
          "        compopt -o filenames 2>/dev/null\n"
          "    fi\n"
          "    mapfile -t COMPREPLY < <(compgen \"${files[@]}\" -W \"${value%@*}\" -- \"$cur\")\n"
          "}\n"
          "complete -F _smilecam smilecam\n",
          out);
}

const struct describer describe_bash = {"smilecam", begin, command, end};

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/commands/describe/describe.h"

#include <string.h>

// Inside '...' and an _arguments spec, where [ ] : end a part.
static void quote(FILE *out, const char *text) {
    for (; *text; text++) {
        if (*text == '\'') {
            fputs("'\\''", out);
        } else {
            fputs(strchr("[]:\\", *text) ? "\\" : "", out);
            fputc(*text, out);
        }
    }
}

static void begin(FILE *out, FILE *in) {
    (void)in;
    fputs("#compdef smilecam\n\n"
          "_smilecam() {\n"
          "    local curcontext=$curcontext state line ret=1\n"
          "    typeset -A opt_args\n"
          "    local -a commands specs operands\n"
          "    commands=(\n",
          out);
    for (int i = 0; commands[i]; i++) {
        fprintf(out, "        '%s:", commands[i]->name);
        quote(out, commands[i]->summary);
        fputs("'\n", out);
    }
    fputs(
        "    )\n"
        "    _smilecam_options live\n"
        "    _arguments -C -S $specs '(-): :->command' '(-)*:: :->arguments' && ret=0\n"
        "    case $state in\n"
        "    command) _describe -t commands command commands && ret=0 ;;\n"
        "    arguments) _smilecam_options $words[1] && _arguments -S $specs $operands && ret=0 ;;\n"
        "    esac\n"
        "    return ret\n"
        "}\n\n"
        "_smilecam_options() {\n"
        "    operands=()\n"
        "    case $1 in\n",
        out);
}

static void option_names(FILE *out, const struct option_spec *spec) {
    const char *value = spec->kind == OPTION_FLAG ? "" : "=";
    if (spec->letter) {
        fprintf(out, "        '(-%c --%s)'{-%c%s,--%s%s}'", spec->letter, spec->name, spec->letter,
                spec->kind == OPTION_FLAG ? "" : "+", spec->name, value);
    } else {
        fprintf(out, "        '--%s%s", spec->name, value);
    }
}

static void option(FILE *out, const struct command *command, const struct option_spec *spec) {
    (void)command;
    enum argument_kind kind = describe_argument(spec);
    option_names(out, spec);
    fputc('[', out);
    quote(out, spec->help);
    fputc(']', out);
    if (kind != ARGUMENT_NONE) {
        fputc(':', out);
        quote(out, spec->argument ? spec->argument : "value");
        const char *words = option_words(spec) ? option_words(spec) : spec->suggested;
        fputs(kind == ARGUMENT_FILE     ? ":{_files"
              : kind == ARGUMENT_FOLDER ? ":{_files -/"
                                        : ":{",
              out);
        fputs(words ? "; compadd " : "", out);
        describe_words(out, words);
        fputs(words || kind != ARGUMENT_ANYTHING ? "}" : " }", out);
    }
    fputs("'\n", out);
}

static void command(FILE *out, const struct command *command) {
    fprintf(out, "    %s)\n", command->name);
    if (command->table->verbs) {
        fputs("        operands=('1:what to do:(", out);
        describe_words(out, command->table->verbs);
        fputs(")' '*:file:_files')\n", out);
    } else if (command->table->max_operands != 0) {
        fputs("        operands=('*:", out);
        quote(out, command->table->operands);
        fputs(":_files')\n", out);
    }
    fputs("        specs=(\n", out);
    describe_options(out, command, option);
    fputs("        ) ;;\n", out);
}

static void end(FILE *out, FILE *in) {
    (void)in;
    fputs("    *) return 1 ;;\n    esac\n}\n\n_smilecam \"$@\"\n", out);
}

const struct describer describe_zsh = {"_smilecam", begin, command, end};

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/cli/wrap_text.h"

#include <stdbool.h>
#include <string.h>

void wrap_text(FILE *out, const char *text, int indent, int columns) {
    int column = indent;
    while (*text) {
        if (*text == '\n' || *text == ' ') {
            bool broken = *text++ == '\n';
            int len = (int)strcspn(text, " \n");
            if (broken || column + 1 + len > columns) {
                fprintf(out, "\n%*s", indent, "");
                column = indent;
            } else {
                fputc(' ', out);
                column++;
            }
        }
        int len = (int)strcspn(text, " \n");
        fprintf(out, "%.*s", len, text);
        text += len;
        column += len;
    }
    fputc('\n', out);
}

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/cli/wrap_text.h"

#include <stdbool.h>
#include <string.h>

// Of the UTF-8 letter at text: Chinese ones and their punctuation fill two columns, and lines may
// be broken before them, unless they close something.
static bool is_wide(const char *text) {
    unsigned char c = (unsigned char)*text;
    return (c >= 0xe3 && c <= 0xe9) || c == 0xef;
}

static bool is_closing(const char *text) {
    static const char *const letters[] = {"，", "。", "、", "；", "：",
                                          "！", "？", "）", "”",  "》"};
    bool closing = false;
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        closing = closing || strncmp(text, letters[i], strlen(letters[i])) == 0;
    }
    return closing;
}

// Returns the bytes up to where a line may be broken next.
static int piece(const char *text, int *columns) {
    int n = 0;
    *columns = 0;
    while (text[n] && text[n] != ' ' && text[n] != '\n' &&
           (n == 0 || !is_wide(text + n) || is_closing(text + n))) {
        bool wide = is_wide(text + n);
        *columns += wide ? 2 : 1;
        n++;
        while (((unsigned char)text[n] & 0xc0) == 0x80) {
            n++;
        }
        if (wide && !is_closing(text + n)) {
            break;
        }
    }
    return n;
}

void wrap_text(FILE *out, const char *text, int indent, int columns) {
    int column = indent;
    while (*text) {
        bool broken = *text == '\n', space = *text == ' ';
        text += broken || space;
        int width, len = piece(text, &width);
        if (broken || (column > indent && column + space + width > columns)) {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
        } else if (space) {
            fputc(' ', out);
            column++;
        }
        fprintf(out, "%.*s", len, text);
        text += len;
        column += width;
    }
    fputc('\n', out);
}

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

static bool begins_with_one(const char *text, const char *letters) {
    for (; *letters; letters += 3) { // bytes, as they all have
        if (strncmp(text, letters, 3) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_closing(const char *text) {
    return begins_with_one(text, "，。、；：！？）”》");
}

static bool is_opening(const char *text) {
    return begins_with_one(text, "（“《");
}

static int letter_bytes(const char *text) {
    int n = 1;
    while (((unsigned char)text[n] & 0xc0) == 0x80) {
        n++;
    }
    return n;
}

// Whether a line may be broken between the letter at a and that at b.
static bool may_break(const char *a, const char *b) {
    return (is_wide(a) || is_wide(b)) && !is_opening(a) && !is_closing(b);
}

// Returns the bytes up to where a line may be broken next.
static int piece(const char *text, int *columns) {
    int n = 0, len = 0;
    *columns = 0;
    while (text[n] && text[n] != ' ' && text[n] != '\n' &&
           (n == 0 || !may_break(text + n - len, text + n))) {
        *columns += is_wide(text + n) ? 2 : 1;
        len = letter_bytes(text + n);
        n += len;
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

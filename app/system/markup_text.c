// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/markup_text.h"

static const char *entity_of(char c) {
    return c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : c == '"' ? "&quot;" : NULL;
}

void markup_text(FILE *out, const char *text) {
    for (; *text; text++) {
        const char *entity = entity_of(*text);
        if (entity) {
            fputs(entity, out);
        } else {
            fputc((unsigned char)*text < ' ' ? ' ' : *text, out);
        }
    }
}

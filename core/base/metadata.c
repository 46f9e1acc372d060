// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/base/metadata.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int find(const struct metadata *metadata, const char *key) {
    int i = 0;
    while (i < metadata->n && strcmp(metadata->entries[i].key, key) != 0) {
        i++;
    }
    return i;
}

// Words from a file must not forge lines or move the cursor where they are printed.
static void make_plain(char *text) {
    for (; *text; text++) {
        *text = (unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text;
    }
}

void metadata_set(struct metadata *metadata, const char *key, const char *value) {
    metadata_format(metadata, key, "%s", value);
}

void metadata_format(struct metadata *metadata, const char *key, const char *format, ...) {
    int i = find(metadata, key);
    if (i == METADATA_MAX) {
        return;
    }
    metadata->n = i == metadata->n ? i + 1 : metadata->n;
    snprintf(metadata->entries[i].key, METADATA_KEY_LEN, "%s", key);
    va_list args;
    va_start(args, format);
    vsnprintf(metadata->entries[i].value, METADATA_VALUE_LEN, format, args);
    va_end(args);
    make_plain(metadata->entries[i].key);
    make_plain(metadata->entries[i].value);
}

const char *metadata_get(const struct metadata *metadata, const char *key) {
    int i = find(metadata, key);
    return i < metadata->n ? metadata->entries[i].value : NULL;
}

double metadata_number(const struct metadata *metadata, const char *key, double low, double high,
                       double fallback) {
    const char *text = metadata_get(metadata, key);
    char *end;
    double x = text ? strtod(text, &end) : fallback;
    bool whole = text && end != text && !*end;
    return whole && x >= low && x <= high ? x : fallback;
}

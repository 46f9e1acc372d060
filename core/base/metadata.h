// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>

// Key-value pairs in a model file: labels, geometry, provenance.

#define METADATA_MAX 48
#define METADATA_KEY_LEN 64
#define METADATA_VALUE_LEN 1024

struct metadata {
    int n;
    struct {
        char key[METADATA_KEY_LEN], value[METADATA_VALUE_LEN];
    } entries[METADATA_MAX];
};

// Sets or replaces an entry. Entries beyond METADATA_MAX are dropped, long strings are cut, control
// characters become '?'.
void metadata_set(struct metadata *metadata, const char *key, const char *value);
__attribute__((format(printf, 3, 4))) void
metadata_format(struct metadata *metadata, const char *key, const char *format, ...);
const char *metadata_get(const struct metadata *metadata, const char *key); // NULL if absent

// A number within [low, high]; fallback if the entry is absent or anything else.
double metadata_number(const struct metadata *metadata, const char *key, double low, double high,
                       double fallback);

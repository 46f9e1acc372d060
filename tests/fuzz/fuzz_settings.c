// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
//
// Settings files. A name that begins with x is one that no option has.
#include "app/cli/settings.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static bool take(void *arg, const char *name, const char *value, const char *where) {
    size_t *total = arg;
    *total += strlen(value) + strlen(where);
    return name[0] != 'x';
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    size_t total = 0;
    char *text = malloc(len + 1);
    if (text) {
        memcpy(text, bytes, len);
        text[len] = 0;
        settings_parse(text, len, "fuzz.conf", "live", take, &total);
    }
    free(text);
    return 0;
}

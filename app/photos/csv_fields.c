// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/photos/csv_fields.h"

#include <string.h>

char *csv_trim(char *word) {
    word += strspn(word, " \t\r\"");
    for (size_t n = strlen(word); n > 0 && strchr(" \t\r\"", word[n - 1]); n--) {
        word[n - 1] = 0;
    }
    return word;
}

int csv_fields(char *line, char **fields, int max) {
    int n = 0;
    while (line && n < max) {
        fields[n++] = csv_trim(strsep(&line, ","));
    }
    return n;
}

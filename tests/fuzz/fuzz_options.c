// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
//
// Command lines: words that end with a zero byte, for a command that has an option of each kind.
#include "app/cli/options.h"
#include "core/base/log.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#define MAX_WORDS 64

static struct chosen {
    bool headless, realtime;
    int mirror, width;
    double duration;
    const char *record;
} chosen;

static const struct option_spec specs[] = {
    OPTION("headless", 0, FLAG, struct chosen, headless, .help = ""),
    OPTION("realtime", 'r', SWITCH, struct chosen, realtime, .help = "", .fallback = "yes"),
    OPTION("mirror", 'm', CHOICE, struct chosen, mirror, .argument = "auto|yes|no", .help = ""),
    OPTION("width", 'w', INT, struct chosen, width, .argument = "PX", .help = "", .minimum = 1,
           .maximum = 8192, .alias = "old-width"),
    OPTION("duration", 0, REAL, struct chosen, duration, .argument = "S", .help = ""),
    OPTION("record", 'o', TEXT, struct chosen, record, .argument = "FILE", .help = ""),
};
static const struct option_table table = {.command = "fuzz",
                                          .operands = "IN...",
                                          .summary = "Takes words.",
                                          .specs = specs,
                                          .n_specs = sizeof specs / sizeof *specs,
                                          .max_operands = 8};

// What was accepted is what the table promises.
static void check(const struct operands *operands) {
    if (operands->n > table.max_operands || chosen.mirror < 0 || chosen.mirror > 2 ||
        chosen.width < 0 || chosen.width > 8192 || (chosen.record && !*chosen.record)) {
        abort();
    }
}

// No settings but the words; --help is printed and not shown.
static void start(void) {
    static FILE *out;
    if (!out) {
        setenv("XDG_CONFIG_HOME", "none", 1);
        setenv("XDG_CONFIG_DIRS", "none", 1);
        out = freopen("/dev/null", "w", stdout);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    char *text = malloc(len + 1), *words[MAX_WORDS + 1] = {(char *)"smilecam"};
    int n = 1;
    struct operands operands;
    start();
    memset(&chosen, 0, sizeof chosen);
    if (text) {
        memcpy(text, bytes, len);
        text[len] = '\0';
        for (char *word = text; word < text + len && n < MAX_WORDS; word += strlen(word) + 1) {
            words[n++] = word;
        }
        if (options_count_shared(n, words) >= n) {
            abort();
        }
        if (options_parse(&table, n, words, &chosen, &operands) == OPTIONS_RUN) {
            check(&operands);
        }
    }
    log_set_level(LOG_INFO);
    free(text);
    return 0;
}

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/draw/text_runs.h"

#include <stdint.h>
#include <string.h>

enum kind { NEUTRAL, LEFT, RIGHT, NUMBER };

#define MOST_LETTERS 1024

struct letter {
    size_t at; // byte
    uint32_t code;
    enum kind kind;
    int level; // even: from left to right
};

static uint32_t decode(const char *words, size_t n, size_t *length) {
    const uint8_t *b = (const uint8_t *)words;
    size_t more = b[0] >= 0xf0 ? 3 : b[0] >= 0xe0 ? 2 : b[0] >= 0xc0 ? 1 : 0;
    uint32_t code = more == 0 ? b[0] : b[0] & (0x3fu >> more);
    *length = 1;
    for (; more > 0 && *length < n && (b[*length] & 0xc0) == 0x80; more--) {
        code = code << 6 | (b[(*length)++] & 0x3f);
    }
    return code;
}

static bool is_between(uint32_t code, uint32_t low, uint32_t high) {
    return code >= low && code <= high;
}

static enum kind kind_of(uint32_t c) {
    if (is_between(c, '0', '9') || is_between(c, 0x660, 0x669) || is_between(c, 0x6f0, 0x6f9)) {
        return NUMBER;
    }
    if (is_between(c, 0x590, 0x8ff) || is_between(c, 0xfb1d, 0xfdff) ||
        is_between(c, 0xfe70, 0xfefe) || is_between(c, 0x10800, 0x10fff) ||
        is_between(c, 0x1e800, 0x1efff)) {
        return RIGHT;
    }
    bool symbol = is_between(c, 0x2000, 0x2bff) || is_between(c, 0x3000, 0x303f);
    return is_between(c | 0x20, 'a', 'z') || (c >= 0xc0 && !symbol) ? LEFT : NEUTRAL;
}

bool text_has_rtl(const char *words) {
    size_t n = strlen(words), length;
    for (size_t at = 0; at < n; at += length) {
        if (kind_of(decode(words + at, n - at, &length)) == RIGHT) {
            return true;
        }
    }
    return false;
}

static int read_letters(const char *words, size_t n, struct letter *letters) {
    int count = 0;
    for (size_t at = 0, length; at < n && count < MOST_LETTERS; at += length, count++) {
        uint32_t code = decode(words + at, n - at, &length);
        letters[count] = (struct letter){at, code, kind_of(code), 0};
    }
    for (int i = 1; i + 1 < count; i++) { // W4: 12.5 and 11:30
        if (letters[i].code < 128 && strchr(".,:/+-", (int)letters[i].code) &&
            letters[i - 1].kind == NUMBER && letters[i + 1].kind == NUMBER) {
            letters[i].kind = NUMBER;
        }
    }
    return count;
}

static bool base_is_rtl(const struct letter *letters, int n) {
    for (int i = 0; i < n; i++) {
        if (letters[i].kind == LEFT || letters[i].kind == RIGHT) {
            return letters[i].kind == RIGHT;
        }
    }
    return false;
}

// Numbers go with the letters before them; what is between two of one kind goes with both (N1),
// else with the line (N2).
static void find_levels(struct letter *letters, int n, bool rtl) {
    enum kind base = rtl ? RIGHT : LEFT, before = base;
    int levels[] = {[NEUTRAL] = rtl, [LEFT] = rtl ? 2 : 0, [RIGHT] = 1};
    for (int i = 0; i < n;) {
        int end = i;
        while (end < n && letters[end].kind == NEUTRAL) {
            end++;
        }
        enum kind after = end == n                      ? base
                          : letters[end].kind == NUMBER ? before
                                                        : letters[end].kind;
        for (; i < end; i++) {
            letters[i].level = before == after ? levels[after] : levels[NEUTRAL];
        }
        if (i < n) {
            bool number = letters[i].kind == NUMBER;
            letters[i++].level = number && after == RIGHT ? 2 : levels[after];
            before = after;
        }
    }
}

// L2: turns round what is on this level or higher, level by level.
static void reorder(struct text_run *runs, int *levels, int n) {
    for (int level = 2; level > 0; level--) {
        for (int i = 0, end; i < n; i = end + 1) {
            for (end = i; end < n && levels[end] >= level; end++) {
            }
            for (int a = i, b = end - 1; a < b; a++, b--) {
                struct text_run run = runs[a];
                int other = levels[a];
                runs[a] = runs[b], levels[a] = levels[b];
                runs[b] = run, levels[b] = other;
            }
        }
    }
}

static const char *script_of(uint32_t c) {
    return is_between(c, 0x590, 0x5ff) || is_between(c, 0xfb1d, 0xfb4f) ? "Hebr"
           : is_between(c, 0x700, 0x74f)                                ? "Syrc"
           : is_between(c, 0x780, 0x7bf)                                ? "Thaa"
           : is_between(c, 0x7c0, 0x7ff)                                ? "Nkoo"
                                                                        : "Arab";
}

int text_runs_split(const char *words, size_t n, struct text_run runs[TEXT_MAX_RUNS]) {
    struct letter letters[MOST_LETTERS];
    int levels[TEXT_MAX_RUNS], n_runs = 0, count = read_letters(words, n, letters);
    find_levels(letters, count, base_is_rtl(letters, count));
    for (int i = 0; i < count; i++) {
        bool same = i > 0 && (letters[i].level == letters[i - 1].level || n_runs == TEXT_MAX_RUNS);
        if (!same) {
            levels[n_runs] = letters[i].level;
            runs[n_runs++] = (struct text_run){.begin = letters[i].at, .rtl = letters[i].level & 1};
        }
        struct text_run *run = &runs[n_runs - 1];
        run->n = (i + 1 < count ? letters[i + 1].at : n) - run->begin;
        if (run->rtl && !run->script[0] && letters[i].kind == RIGHT) {
            memcpy(run->script, script_of(letters[i].code), sizeof run->script);
        }
    }
    reorder(runs, levels, n_runs);
    return n_runs;
}

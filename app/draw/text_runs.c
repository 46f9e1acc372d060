// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/draw/text_runs.h"

#include <fribidi.h>
#include <stdint.h>
#include <string.h>

#define MOST_LETTERS 1024

struct letters {
    int n;
    size_t at[MOST_LETTERS + 1]; // bytes
    FriBidiChar codes[MOST_LETTERS];
    FriBidiCharType types[MOST_LETTERS];
    FriBidiLevel levels[MOST_LETTERS]; // even: from left to right
    FriBidiStrIndex places[MOST_LETTERS];
};

// FriBidi's own reader goes beyond the end where a letter is cut short.
static FriBidiChar decode(const char *words, size_t n, size_t *length) {
    const uint8_t *b = (const uint8_t *)words;
    size_t more = b[0] >= 0xf0 ? 3 : b[0] >= 0xe0 ? 2 : b[0] >= 0xc0 ? 1 : 0;
    FriBidiChar code = more == 0 ? b[0] : b[0] & (0x3fu >> more);
    *length = 1;
    for (; more > 0 && *length < n && (b[*length] & 0xc0) == 0x80; more--) {
        code = code << 6 | (b[(*length)++] & 0x3f);
    }
    return code;
}

bool text_has_rtl(const char *words) {
    size_t n = strlen(words), length;
    for (size_t at = 0; at < n; at += length) {
        FriBidiCharType type = fribidi_get_bidi_type(decode(words + at, n - at, &length));
        if (FRIBIDI_IS_LETTER(type) && FRIBIDI_IS_RTL(type)) {
            return true;
        }
    }
    return false;
}

static void find_order(struct letters *l) {
    FriBidiBracketType brackets[MOST_LETTERS];
    FriBidiStrIndex order[MOST_LETTERS];
    FriBidiParType base = FRIBIDI_PAR_ON;
    fribidi_get_bidi_types(l->codes, l->n, l->types);
    fribidi_get_bracket_types(l->codes, l->n, l->types, brackets);
    for (int i = 0; i < l->n; i++) {
        order[i] = i;
    }
    if (fribidi_get_par_embedding_levels_ex(l->types, brackets, l->n, &base, l->levels) == 0 ||
        fribidi_reorder_line(0, l->types, l->n, 0, base, l->levels, NULL, order) == 0) {
        memset(l->levels, 0, sizeof l->levels); // no memory: as it comes
    }
    for (int i = 0; i < l->n; i++) {
        l->places[order[i]] = i;
    }
}

static void read_letters(const char *words, size_t n, struct letters *l) {
    l->n = 0;
    for (size_t at = 0, length; at < n && l->n < MOST_LETTERS; at += length) {
        l->at[l->n] = at;
        l->codes[l->n++] = decode(words + at, n - at, &length);
    }
    l->at[l->n] = n;
    if (l->n > 0) {
        find_order(l);
    }
}

static bool is_between(FriBidiChar code, FriBidiChar low, FriBidiChar high) {
    return code >= low && code <= high;
}

static const char *script_of(FriBidiChar c) {
    return is_between(c, 0x590, 0x5ff) || is_between(c, 0xfb1d, 0xfb4f) ? "Hebr"
           : is_between(c, 0x700, 0x74f)                                ? "Syrc"
           : is_between(c, 0x780, 0x7bf)                                ? "Thaa"
           : is_between(c, 0x7c0, 0x7ff)                                ? "Nkoo"
                                                                        : "Arab";
}

static struct text_run make_run(const struct letters *l, int from, int to) {
    struct text_run run = {
        .begin = l->at[from], .n = l->at[to] - l->at[from], .rtl = l->levels[from] & 1};
    for (int i = from; run.rtl && i < to && !run.script[0]; i++) {
        if (FRIBIDI_IS_LETTER(l->types[i])) {
            memcpy(run.script, script_of(l->codes[i]), sizeof run.script);
        }
    }
    return run;
}

int text_runs_split(const char *words, size_t n, struct text_run runs[TEXT_MAX_RUNS]) {
    struct letters l;
    FriBidiStrIndex places[TEXT_MAX_RUNS];
    int n_runs = 0;
    read_letters(words, n, &l);
    for (int from = 0, to; from < l.n; from = to) {
        for (to = from + 1;
             to < l.n && (l.levels[to] == l.levels[from] || n_runs == TEXT_MAX_RUNS - 1); to++) {
        }
        int at = n_runs++;
        for (; at > 0 && places[at - 1] > l.places[from]; at--) {
            runs[at] = runs[at - 1];
            places[at] = places[at - 1];
        }
        runs[at] = make_run(&l, from, to);
        places[at] = l.places[from];
    }
    return n_runs;
}

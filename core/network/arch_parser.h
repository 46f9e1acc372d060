// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"

// The words of an architecture file, line by line. arch.c reads blocks, arch_layers.c a layer's
// line.

#define ARCH_MAX_WORDS 24

struct parser {
    const char *name;
    const char *at; // next line
    int line;
    struct graph *graph;
    int top; // node that the next layer reads; -1 before the input
    int depth;
    bool quiet;                     // a look ahead, whose errors are met again later
    size_t n_read;                  // bytes
    char words[ARCH_MAX_WORDS][32]; // of the present line
    int n_words;
};

// Logs the file, the line and what was expected. Always false.
__attribute__((format(printf, 2, 3))) bool parser_fail(const struct parser *p, const char *format,
                                                       ...);

// Cuts the next line that is not empty into words. False at the end of the text or (with n_words =
// -1, logged) when a line is too long.
bool parser_next_line(struct parser *p);

// Whether the present line begins with the word.
bool parser_is(const struct parser *p, const char *word);

// Whether the line has no more than `used` words; if not, that is logged.
bool parser_ends(const struct parser *p, int used);

bool parser_int(const char *word, int low, int high, int *value);

// Whether the next line is a layer of that name.
bool parser_sees_next(const struct parser *p, const char *word);

// Adds a node; one without inputs reads p->top. False (logged) when the graph refuses it.
bool parser_add(struct parser *p, struct node *node);

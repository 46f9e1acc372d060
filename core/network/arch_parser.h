// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/network/graph.h"

// Splits an architecture file into lines and words. arch.c parses blocks, arch_layers.c layers.

#define ARCH_MAX_WORDS 24
#define ARCH_MAX_NAMES 32

struct parser {
    const char *name;
    const char *at; // the next line
    int line;
    struct graph *graph;
    int n_names;
    struct {
        char name[32];
        int node;
    } names[ARCH_MAX_NAMES]; // of nodes that later lines go back to
    int top;                 // the node that the next layer reads; -1 before the input
    int depth;
    bool quiet;                     // looking ahead: errors will be reported later
    size_t n_read;                  // bytes
    char words[ARCH_MAX_WORDS][32]; // of the current line
    int n_words;
};

// Logs the file, the line and what was expected. Always false.
__attribute__((format(printf, 2, 3))) bool parser_fail(const struct parser *p, const char *format,
                                                       ...);

// Splits the next line that is not empty into words. False at the end of the text, or when a line
// is too long (logged, n_words = -1).
bool parser_next_line(struct parser *p);

// Whether the current line begins with that word.
bool parser_is(const struct parser *p, const char *word);

// Whether the line has only the words used so far. False (logged) if not.
bool parser_ends(const struct parser *p, int used);

bool parser_int(const char *word, int low, int high, int *value);

// Whether the next line begins with that word.
bool parser_sees_next(const struct parser *p, const char *word);

// Adds a node, which reads p->top if it has no inputs. False (logged) when the graph refuses it.
bool parser_add(struct parser *p, struct node *node);

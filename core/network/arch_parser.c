// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/network/arch_parser.h"

#include "core/base/log.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_READ (4 << 20) // bytes, repeats counted each time

bool parser_fail(const struct parser *p, const char *format, ...) {
    char what[400];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    if (!p->quiet) {
        LOG(ERROR, "%s, line %d: %s", p->name, p->line, what);
    }
    return false;
}

bool parser_next_line(struct parser *p) {
    for (p->n_words = 0; *p->at && p->n_words == 0;) {
        p->line++;
        size_t length = strcspn(p->at, "\n");
        p->n_read += length + 1;
        if (p->n_read > MAX_READ) {
            parser_fail(p, "repeats make this network longer than %d bytes", MAX_READ);
            p->n_words = -1;
            return false;
        }
        const char *c = p->at, *end = c + length;
        p->at = *end ? end + 1 : end;
        while (c < end && *c != '#') {
            if (isspace((unsigned char)*c)) {
                c++;
                continue;
            }
            size_t n = 0;
            while (c + n < end && !isspace((unsigned char)c[n]) && c[n] != '#') {
                n++;
            }
            if (p->n_words == ARCH_MAX_WORDS || n >= sizeof p->words[0]) {
                parser_fail(p, "this line is too long; a layer has a few short words");
                p->n_words = -1;
                return false;
            }
            memcpy(p->words[p->n_words], c, n);
            p->words[p->n_words++][n] = 0;
            c += n;
        }
    }
    return p->n_words > 0;
}

bool parser_is(const struct parser *p, const char *word) {
    return strcmp(p->words[0], word) == 0;
}

bool parser_sees_next(const struct parser *p, const char *word) {
    struct parser ahead = *p;
    ahead.quiet = true;
    return parser_next_line(&ahead) && parser_is(&ahead, word);
}

bool parser_int(const char *word, int low, int high, int *value) {
    char *end;
    long x = strtol(word, &end, 10);
    *value = (int)x;
    return end != word && !*end && x >= low && x <= high;
}

bool parser_ends(const struct parser *p, int used) {
    return p->n_words == used || parser_fail(p, "\"%s\" is not expected after \"%s\"",
                                             p->words[used], p->words[used - 1]);
}

bool parser_add(struct parser *p, struct node *node) {
    char error[GRAPH_ERROR_LEN];
    if (node->n_inputs == 0 && node->op != OP_INPUT) {
        node->n_inputs = 1;
        node->inputs[0] = p->top;
    }
    int index = graph_add(p->graph, node, error);
    if (index < 0) {
        return parser_fail(p, "%s: %s", p->words[0], error);
    }
    p->top = index;
    return true;
}

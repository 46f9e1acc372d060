// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/network/arch.h"

#include "core/network/arch_layers.h"
#include "core/base/file.h"
#include "core/network/layers/layer.h"
#include "core/base/log.h"

#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 16
#define MAX_REPEAT 256

static bool parse_lines(struct parser *p, bool inside);

// Runs the lines of a block up to one of the words that may end it.
static bool parse_block(struct parser *p, const char *opener) {
    int line = p->line;
    if (++p->depth > MAX_DEPTH) {
        return parser_fail(p, "blocks are nested more than %d deep", MAX_DEPTH);
    }
    bool ok = parse_lines(p, true);
    p->depth--;
    if (ok && p->n_words == 0) {
        return parser_fail(p, "the \"%s\" of line %d has no \"end\"", opener, line);
    }
    return ok;
}

static bool parse_residual(struct parser *p) {
    int start = p->top;
    struct node node = {.op = OP_ADD, .n_inputs = 2};
    if (!parser_ends(p, 1) || !parse_block(p, "residual")) {
        return false;
    }
    node.inputs[0] = p->top;
    p->top = start;
    if (parser_is(p, "shortcut") && !parse_block(p, "shortcut")) {
        return false;
    }
    node.inputs[1] = p->top;
    return parser_is(p, "end") ? parser_add(p, &node)
                               : parser_fail(p, "expected \"end\", not \"%s\"", p->words[0]);
}

static bool parse_branches(struct parser *p) {
    int start = p->top;
    struct node node = {.op = OP_CONCAT};
    do {
        p->top = start;
        if (node.n_inputs == MAX_INPUTS) {
            return parser_fail(p, "at most %d branches", MAX_INPUTS);
        }
        if (!parser_ends(p, 1) || !parse_block(p, "branches")) {
            return false;
        }
        node.inputs[node.n_inputs++] = p->top;
    } while (parser_is(p, "branch"));
    return parser_is(p, "end")
               ? parser_add(p, &node)
               : parser_fail(p, "expected \"branch\" or \"end\", not \"%s\"", p->words[0]);
}

static bool parse_repeat(struct parser *p) {
    int times;
    if (p->n_words != 2 || !parser_int(p->words[1], 1, MAX_REPEAT, &times)) {
        return parser_fail(p, "expected \"repeat TIMES\", such as \"repeat 3\"");
    }
    const char *start = p->at;
    int line = p->line;
    for (int i = 0; i < times; i++) {
        p->at = start;
        p->line = line;
        if (!parse_block(p, "repeat")) {
            return false;
        }
        if (!parser_is(p, "end")) {
            return parser_fail(p, "expected \"end\", not \"%s\"", p->words[0]);
        }
    }
    return true;
}

// The node of that name; -1 (logged) without one.
static int named(const struct parser *p, const char *name) {
    for (int i = 0; i < p->n_names; i++) {
        if (strcmp(p->names[i].name, name) == 0) {
            return p->names[i].node;
        }
    }
    parser_fail(p, "nothing above has the name \"%s\"", name);
    return -1;
}

static bool parse_name(struct parser *p) {
    if (p->n_words != 2) {
        return parser_fail(p, "expected \"name NAME\"");
    }
    for (int i = 0; i < p->n_names; i++) {
        if (strcmp(p->names[i].name, p->words[1]) == 0) {
            return parser_fail(p, "the name \"%s\" is taken", p->words[1]);
        }
    }
    if (p->n_names == ARCH_MAX_NAMES) {
        return parser_fail(p, "at most %d names", ARCH_MAX_NAMES);
    }
    p->names[p->n_names].node = p->top;
    memcpy(p->names[p->n_names++].name, p->words[1], sizeof p->words[1]);
    return true;
}

static bool parse_from(struct parser *p) {
    p->top = p->n_words == 2 ? named(p, p->words[1]) : -1;
    return p->top >= 0 || (p->n_words != 2 && parser_fail(p, "expected \"from NAME\""));
}

// "add NAME" or "concat NAME": the present result and that of another node.
static bool parse_join(struct parser *p) {
    struct node node = {
        .op = parser_is(p, "add") ? OP_ADD : OP_CONCAT, .n_inputs = 2, .inputs = {p->top, -1}};
    if (p->n_words != 2) {
        return parser_fail(p, "expected \"%s NAME\"", p->words[0]);
    }
    node.inputs[1] = named(p, p->words[1]);
    return node.inputs[1] >= 0 && parser_add(p, &node);
}

// "unpool NAME": takes back the max pool that made the result of that name.
static bool parse_unpool(struct parser *p) {
    int pool = p->n_words == 2 ? named(p, p->words[1]) : -1;
    if (pool < 0) {
        return p->n_words != 2 &&
               parser_fail(p, "expected \"unpool NAME\", of a max pool's result");
    }
    const struct node *pooled = &p->graph->nodes[pool];
    if (pooled->op != OP_POOL) {
        return parser_fail(p, "\"%s\" is not the result of a max pool", p->words[1]);
    }
    struct node node = {.op = OP_UNPOOL, .n_inputs = 2, .inputs = {p->top, pooled->inputs[0]}};
    node.pool = pooled->pool;
    return parser_add(p, &node);
}

static bool parse_output(struct parser *p) {
    char error[GRAPH_ERROR_LEN];
    return parser_ends(p, 1) &&
           (graph_add_output(p->graph, p->top, error) || parser_fail(p, "%s", error));
}

static const struct {
    const char *word;
    bool (*parse)(struct parser *);
} blocks[] = {
    {"residual", parse_residual}, {"branches", parse_branches}, {"repeat", parse_repeat},
    {"name", parse_name},         {"from", parse_from},         {"add", parse_join},
    {"concat", parse_join},       {"output", parse_output},     {"unpool", parse_unpool},
};

static bool parse_line(struct parser *p) {
    if ((p->graph->n_nodes == 0) != parser_is(p, "input")) {
        return parser_fail(p,
                           p->graph->n_nodes ? "a second input, but a network has one"
                                             : "expected \"input CxHxW\" first, not \"%s\"",
                           p->words[0]);
    }
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        if (parser_is(p, blocks[i].word)) {
            return blocks[i].parse(p);
        }
    }
    bool known, ok = arch_layer(p, &known);
    return known ? ok
                 : parser_fail(
                       p,
                       "there is no layer \"%s\"; the layers are input, conv, "
                       "conv_transpose, pool, relu, leaky_relu, random_relu, prelu, elu, "
                       "sigmoid, tanh, clip, hard_sigmoid, softplus, erf, power, "
                       "batch_norm, group_norm, affine, dense, "
                       "dropout, upsample, softmax and logistic, the blocks residual, "
                       "branches and repeat; the joints name, from, add, concat, unpool and output",
                       p->words[0]);
}

static bool ends_block(const struct parser *p) {
    return parser_is(p, "end") || parser_is(p, "branch") || parser_is(p, "shortcut");
}

// Reads layers to the end of the text or, inside a block, to the word that ends it, left in
// p->words.
static bool parse_lines(struct parser *p, bool inside) {
    while (parser_next_line(p)) {
        if (ends_block(p)) {
            return inside || parser_fail(p, "\"%s\" without a block", p->words[0]);
        }
        if (!parse_line(p)) {
            return false;
        }
    }
    return p->n_words == 0;
}

struct graph *arch_parse(const char *name, const char *text) {
    struct parser p = {.name = name, .at = text, .top = -1, .graph = graph_create()};
    if (!p.graph || !parse_lines(&p, false)) {
        goto fail;
    }
    if (p.graph->n_nodes < 2) {
        LOG(ERROR, "%s: there is no network in it; it begins with a line such as \"input 1x64x64\"",
            name);
        goto fail;
    }
    return p.graph;
fail:
    graph_destroy(p.graph);
    return NULL;
}

struct graph *arch_read(const char *path) {
    char *text = file_read(path, 1 << 20, NULL);
    struct graph *graph = text ? arch_parse(path, text) : NULL;
    free(text);
    return graph;
}

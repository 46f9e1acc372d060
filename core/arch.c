// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "arch.h"

#include "file.h"
#include "layers/layer.h"
#include "log.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_WORDS 24
#define MAX_DEPTH 16
#define MAX_REPEAT 256
#define MAX_READ (4 << 20) // bytes, repeats counted each time

struct parser {
    const char *name;
    const char *at; // next line
    int line;
    struct graph *graph;
    int top; // node that the next layer reads; -1 before the input
    int depth;
    bool quiet;                // a look ahead, whose errors are met again later
    size_t n_read;             // bytes
    char words[MAX_WORDS][32]; // of the present line
    int n_words;
};

__attribute__((format(printf, 2, 3))) static bool fail(const struct parser *p, const char *format,
                                                       ...) {
    char what[256];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    if (!p->quiet) {
        LOG(ERROR, "%s, line %d: %s", p->name, p->line, what);
    }
    return false;
}

// Cuts the next line that says something into words. False at the end of the text or (with n_words
// = -1, logged) when a line is too long.
static bool next_line(struct parser *p) {
    for (p->n_words = 0; *p->at && p->n_words == 0;) {
        p->line++;
        size_t length = strcspn(p->at, "\n");
        p->n_read += length + 1;
        if (p->n_read > MAX_READ) {
            fail(p, "repeats make this network longer than %d bytes", MAX_READ);
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
            if (p->n_words == MAX_WORDS || n >= sizeof p->words[0]) {
                fail(p, "this line is too long; a layer has a few short words");
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

static bool is(const struct parser *p, const char *word) {
    return strcmp(p->words[0], word) == 0;
}

static bool parse_int(const char *word, int low, int high, int *value) {
    char *end;
    long x = strtol(word, &end, 10);
    *value = (int)x;
    return end != word && !*end && x >= low && x <= high;
}

static bool parse_real(const char *word, real *value) {
    char *end;
    *value = (real)strtod(word, &end);
    return end != word && !*end;
}

// "3x5" or "3" -> 3, 5 or 3, 3
static bool parse_pair(const char *word, int *h, int *w) {
    char first[32];
    size_t n = strcspn(word, "x");
    memcpy(first, word, n);
    first[n] = 0;
    return parse_int(first, 1, 1024, h) &&
           (word[n] ? parse_int(word + n + 1, 1, 1024, w) : (*w = *h, true));
}

static bool add(struct parser *p, struct node *node) {
    char error[GRAPH_ERROR_LEN];
    if (node->n_inputs == 0 && node->op != OP_INPUT) {
        node->n_inputs = 1;
        node->inputs[0] = p->top;
    }
    int index = graph_add(p->graph, node, error);
    if (index < 0) {
        return fail(p, "%s: %s", p->words[0], error);
    }
    p->top = index;
    return true;
}

static bool no_more_words(const struct parser *p, int used) {
    return p->n_words == used ||
           fail(p, "\"%s\" is not expected after \"%s\"", p->words[used], p->words[used - 1]);
}

static bool parse_input(struct parser *p) {
    struct node node = {.op = OP_INPUT};
    char word[sizeof p->words[1]] = "";
    char *rest = p->n_words == 2 ? strcpy(word, p->words[1]) : word;
    const char *c = strsep(&rest, "x"), *h = strsep(&rest, "x"), *w = rest;
    if (!h || !w || !parse_int(c, 1, MAX_CHANNELS, &node.input.c) ||
        !parse_int(h, 1, MAX_CHANNELS, &node.input.h) ||
        !parse_int(w, 1, MAX_CHANNELS, &node.input.w)) {
        return fail(p, "expected \"input CHANNELSxHEIGHTxWIDTH\", such as \"input 1x64x64\"");
    }
    return add(p, &node);
}

static void pad_both(struct window *w, int h, int v) {
    w->top = w->bottom = h;
    w->left = w->right = v;
}

// Padding of one axis for ceil(size / stride) outputs; the odd pixel goes to the end.
static void pad_same(int size, int kernel, int stride, int dilation, int *before, int *after) {
    int out = (size + stride - 1) / stride;
    int all = (out - 1) * stride + dilation * (kernel - 1) + 1 - size;
    all = all > 0 ? all : 0;
    *before = all / 2;
    *after = all - *before;
}

static bool parse_padding(const struct parser *p, const char *word, struct window *w) {
    struct shape in = p->graph->nodes[p->top].shape;
    int n;
    if (strcmp(word, "same") == 0) {
        pad_same(in.h, w->kernel_h, w->stride_h, w->dilation_h, &w->top, &w->bottom);
        pad_same(in.w, w->kernel_w, w->stride_w, w->dilation_w, &w->left, &w->right);
    } else if (strcmp(word, "valid") == 0) {
        pad_both(w, 0, 0);
    } else if (strcmp(word, "full") == 0) {
        pad_both(w, w->dilation_h * (w->kernel_h - 1), w->dilation_w * (w->kernel_w - 1));
    } else if (parse_int(word, 0, 1024, &n)) {
        pad_both(w, n, n);
    } else {
        return fail(p, "expected pad same, valid, full or a number, not \"%s\"", word);
    }
    return true;
}

// The options after a window's kernel; groups and bias are for conv only. Padding comes last, since
// it depends on the rest.
static bool parse_window(const struct parser *p, int from, struct window *w, const char *padding,
                         int *groups, int *bias) {
    for (int i = from; i < p->n_words; i += 2) {
        const char *key = p->words[i], *value = i + 1 < p->n_words ? p->words[i + 1] : "";
        bool ok = true;
        if (strcmp(key, "stride") == 0) {
            ok = parse_pair(value, &w->stride_h, &w->stride_w);
        } else if (strcmp(key, "pad") == 0) {
            padding = value;
        } else if (strcmp(key, "dilation") == 0 && groups) {
            ok = parse_pair(value, &w->dilation_h, &w->dilation_w);
        } else if (strcmp(key, "groups") == 0 && groups) {
            ok = parse_int(value, 1, MAX_CHANNELS, groups);
        } else if (strcmp(key, "bias") == 0 && bias) {
            *bias = strcmp(value, "yes") == 0;
            ok = *bias || strcmp(value, "no") == 0;
        } else {
            return fail(p, "\"%s\" is not an option of %s; those are stride, pad%s", key,
                        p->words[0], groups ? ", dilation, groups and bias" : "");
        }
        if (!ok) {
            return fail(p, "\"%s\" is not a value for %s", value, key);
        }
    }
    return parse_padding(p, padding, w);
}

static bool batch_norm_follows(const struct parser *p) {
    struct parser ahead = *p;
    ahead.quiet = true;
    return next_line(&ahead) && is(&ahead, "batch_norm");
}

static bool parse_conv(struct parser *p) {
    struct node node = {.op = OP_CONV};
    struct conv *conv = &node.conv;
    conv->groups = 1;
    conv->window = (struct window){.stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1};
    if (p->n_words < 3 || !parse_int(p->words[1], 1, MAX_CHANNELS, &conv->filters) ||
        !parse_pair(p->words[2], &conv->window.kernel_h, &conv->window.kernel_w)) {
        return fail(p, "expected \"conv FILTERS KERNEL\", such as \"conv 32 3x3\"");
    }
    int bias = !batch_norm_follows(p);
    if (!parse_window(p, 3, &conv->window, "same", &conv->groups, &bias)) {
        return false;
    }
    conv->bias = bias;
    return add(p, &node);
}

static bool parse_pool(struct parser *p) {
    if (p->n_words == 2 && strcmp(p->words[1], "global") == 0) {
        return add(p, &(struct node){.op = OP_GLOBAL_POOL});
    }
    struct node node = {.op = OP_POOL};
    struct window *w = &node.pool.window;
    bool max = p->n_words > 1 && strcmp(p->words[1], "max") == 0;
    bool average = p->n_words > 1 && strcmp(p->words[1], "average") == 0;
    if (p->n_words < 3 || !(max || average) ||
        !parse_pair(p->words[2], &w->kernel_h, &w->kernel_w)) {
        return fail(p, "expected \"pool max KERNEL\", \"pool average KERNEL\" or \"pool global\"");
    }
    node.pool.kind = max ? POOL_MAX : POOL_AVERAGE;
    w->stride_h = w->kernel_h;
    w->stride_w = w->kernel_w;
    w->dilation_h = w->dilation_w = 1;
    return parse_window(p, 3, w, "valid", NULL, NULL) && add(p, &node);
}

static bool parse_activation(struct parser *p, enum activation kind) {
    struct node node = {.op = OP_ACTIVATION};
    node.activation.kind = kind;
    node.activation.alpha = kind == ACT_LEAKY_RELU ? (real)0.01 : 1;
    bool has_alpha = kind == ACT_LEAKY_RELU || kind == ACT_ELU;
    if (has_alpha && p->n_words > 1 && !parse_real(p->words[1], &node.activation.alpha)) {
        return fail(p, "\"%s\" is not a number", p->words[1]);
    }
    return no_more_words(p, has_alpha && p->n_words > 1 ? 2 : 1) && add(p, &node);
}

static bool parse_batch_norm(struct parser *p) {
    struct node node = {.op = OP_BATCH_NORM, .batch_norm = {(real)1e-5, (real)0.1}};
    for (int i = 1; i < p->n_words; i += 2) {
        real *value = strcmp(p->words[i], "epsilon") == 0    ? &node.batch_norm.epsilon
                      : strcmp(p->words[i], "momentum") == 0 ? &node.batch_norm.momentum
                                                             : NULL;
        if (!value || i + 1 == p->n_words || !parse_real(p->words[i + 1], value)) {
            return fail(p, "expected \"batch_norm [epsilon E] [momentum M]\"");
        }
    }
    return add(p, &node);
}

static bool parse_dense(struct parser *p) {
    struct node node = {.op = OP_DENSE};
    if (p->n_words != 2 || !parse_int(p->words[1], 1, MAX_CHANNELS, &node.units)) {
        return fail(p, "expected \"dense UNITS\", such as \"dense 10\"");
    }
    return add(p, &node);
}

static bool parse_dropout(struct parser *p) {
    struct node node = {.op = OP_DROPOUT};
    if (p->n_words != 2 || !parse_real(p->words[1], &node.dropout)) {
        return fail(p, "expected \"dropout SHARE\", such as \"dropout 0.5\"");
    }
    return add(p, &node);
}

static bool parse_lines(struct parser *p, bool inside);

// Runs the lines of a block up to one of the words that may end it.
static bool parse_block(struct parser *p, const char *opener) {
    int line = p->line;
    if (++p->depth > MAX_DEPTH) {
        return fail(p, "blocks are nested more than %d deep", MAX_DEPTH);
    }
    bool ok = parse_lines(p, true);
    p->depth--;
    if (ok && p->n_words == 0) {
        return fail(p, "the \"%s\" of line %d has no \"end\"", opener, line);
    }
    return ok;
}

static bool parse_residual(struct parser *p) {
    int start = p->top;
    struct node node = {.op = OP_ADD, .n_inputs = 2};
    if (!no_more_words(p, 1) || !parse_block(p, "residual")) {
        return false;
    }
    node.inputs[0] = p->top;
    p->top = start;
    if (is(p, "shortcut") && !parse_block(p, "shortcut")) {
        return false;
    }
    node.inputs[1] = p->top;
    return is(p, "end") ? add(p, &node) : fail(p, "expected \"end\", not \"%s\"", p->words[0]);
}

static bool parse_branches(struct parser *p) {
    int start = p->top;
    struct node node = {.op = OP_CONCAT};
    do {
        p->top = start;
        if (node.n_inputs == MAX_INPUTS) {
            return fail(p, "at most %d branches", MAX_INPUTS);
        }
        if (!no_more_words(p, 1) || !parse_block(p, "branches")) {
            return false;
        }
        node.inputs[node.n_inputs++] = p->top;
    } while (is(p, "branch"));
    return is(p, "end") ? add(p, &node)
                        : fail(p, "expected \"branch\" or \"end\", not \"%s\"", p->words[0]);
}

static bool parse_repeat(struct parser *p) {
    int times;
    if (p->n_words != 2 || !parse_int(p->words[1], 1, MAX_REPEAT, &times)) {
        return fail(p, "expected \"repeat TIMES\", such as \"repeat 3\"");
    }
    const char *start = p->at;
    int line = p->line;
    for (int i = 0; i < times; i++) {
        p->at = start;
        p->line = line;
        if (!parse_block(p, "repeat")) {
            return false;
        }
        if (!is(p, "end")) {
            return fail(p, "expected \"end\", not \"%s\"", p->words[0]);
        }
    }
    return true;
}

static bool parse_simple(struct parser *p, enum op op) {
    return no_more_words(p, 1) && add(p, &(struct node){.op = op});
}

static bool parse_softmax(struct parser *p) {
    return parse_simple(p, OP_SOFTMAX);
}

static const struct {
    const char *word;
    bool (*parse)(struct parser *);
} keywords[] = {
    {"conv", parse_conv},         {"pool", parse_pool},         {"batch_norm", parse_batch_norm},
    {"dense", parse_dense},       {"dropout", parse_dropout},   {"softmax", parse_softmax},
    {"residual", parse_residual}, {"branches", parse_branches}, {"repeat", parse_repeat},
};

static bool parse_layer(struct parser *p) {
    if (p->graph->n_nodes == 0 || is(p, "input")) {
        return is(p, "input") ? parse_input(p)
                              : fail(p, "expected \"input CxHxW\" first, not \"%s\"", p->words[0]);
    }
    for (int i = 0; i < N_ACTIVATIONS; i++) {
        if (is(p, activation_name((enum activation)i))) {
            return parse_activation(p, (enum activation)i);
        }
    }
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
        if (is(p, keywords[i].word)) {
            return keywords[i].parse(p);
        }
    }
    return fail(
        p,
        "there is no layer \"%s\"; there are conv, pool, relu, leaky_relu, elu, sigmoid, tanh, "
        "batch_norm, dense, dropout, softmax, residual, branches and repeat",
        p->words[0]);
}

static bool ends_block(const struct parser *p) {
    return is(p, "end") || is(p, "branch") || is(p, "shortcut");
}

// Reads layers to the end of the text or, inside a block, to the word that ends it, left in
// p->words.
static bool parse_lines(struct parser *p, bool inside) {
    while (next_line(p)) {
        if (ends_block(p)) {
            return inside || fail(p, "\"%s\" without a block", p->words[0]);
        }
        if (!parse_layer(p)) {
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

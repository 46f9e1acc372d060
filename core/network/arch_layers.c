// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/network/arch_layers.h"

#include "core/network/layers/layer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    return parser_int(first, 1, 1024, h) &&
           (word[n] ? parser_int(word + n + 1, 1, 1024, w) : (*w = *h, true));
}

static bool parse_yes(const char *word, bool *value) {
    *value = strcmp(word, "yes") == 0;
    return *value || strcmp(word, "no") == 0;
}

static bool parse_border(const char *word, enum border *border) {
    for (int i = 0; i < N_BORDERS; i++) {
        if (strcmp(word, border_name((enum border)i)) == 0) {
            *border = (enum border)i;
            return true;
        }
    }
    return false;
}

// What may follow a layer's first words, each a key and a value.
struct options {
    struct window window;
    const char *pad;
    enum border border;
    int groups, tiles;
    bool bias, counts_padding;
    real exponent;
};

static bool set_pad(const char *word, const char **pad) {
    *pad = word;
    return *word;
}

static bool parse_option(const char *key, const char *value, struct options *o) {
    struct window *w = &o->window;
    return strcmp(key, "stride") == 0          ? parse_pair(value, &w->stride_h, &w->stride_w)
           : strcmp(key, "dilation") == 0      ? parse_pair(value, &w->dilation_h, &w->dilation_w)
           : strcmp(key, "groups") == 0        ? parser_int(value, 1, MAX_CHANNELS, &o->groups)
           : strcmp(key, "tiles") == 0         ? parser_int(value, 1, 64, &o->tiles)
           : strcmp(key, "pad") == 0           ? set_pad(value, &o->pad)
           : strcmp(key, "border") == 0        ? parse_border(value, &o->border)
           : strcmp(key, "bias") == 0          ? parse_yes(value, &o->bias)
           : strcmp(key, "count_padding") == 0 ? parse_yes(value, &o->counts_padding)
                                               : parse_real(value, &o->exponent);
}

// allowed: the keys, each with a space after it.
static bool parse_options(const struct parser *p, int from, const char *allowed,
                          struct options *o) {
    for (int i = from; i < p->n_words; i += 2) {
        const char *key = p->words[i], *value = i + 1 < p->n_words ? p->words[i + 1] : "";
        char word[sizeof p->words[0] + 1];
        snprintf(word, sizeof word, "%s ", key);
        const char *at = strstr(allowed, word);
        if (!at || (at != allowed && at[-1] != ' ')) {
            return parser_fail(p, "\"%s\" is not an option of %s; those are: %s", key, p->words[0],
                               allowed);
        }
        if (!parse_option(key, value, o)) {
            return parser_fail(p, "\"%s\" is not a value for %s", value, key);
        }
    }
    return true;
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

// "TOP,LEFT,BOTTOM,RIGHT"
static bool parse_sides(const char *text, struct window *w) {
    int *sides[] = {&w->top, &w->left, &w->bottom, &w->right};
    char words[32], *rest = words;
    snprintf(words, sizeof words, "%s", text);
    for (int i = 0; i < 4; i++) {
        const char *word = strsep(&rest, ",");
        if (!word || !parser_int(word, 0, 1024, sides[i])) {
            return false;
        }
    }
    return !rest;
}

// After the other options, on which it depends.
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
    } else if (parser_int(word, 0, 1024, &n)) {
        pad_both(w, n, n);
    } else if (!parse_sides(word, w)) {
        return parser_fail(
            p, "expected pad same, valid, full, N or TOP,LEFT,BOTTOM,RIGHT, not \"%s\"", word);
    }
    return true;
}

static bool parse_input(struct parser *p) {
    struct node node = {.op = OP_INPUT};
    char word[sizeof p->words[1]] = "";
    char *rest = p->n_words == 2 ? strcpy(word, p->words[1]) : word;
    const char *c = strsep(&rest, "x"), *h = strsep(&rest, "x"), *w = rest;
    if (!h || !w || !parser_int(c, 1, MAX_CHANNELS, &node.input.c) ||
        !parser_int(h, 1, MAX_CHANNELS, &node.input.h) ||
        !parser_int(w, 1, MAX_CHANNELS, &node.input.w)) {
        return parser_fail(p,
                           "expected \"input CHANNELSxHEIGHTxWIDTH\", such as \"input 1x64x64\"");
    }
    return parser_add(p, &node);
}

// "KIND FILTERS KERNEL" and options.
static bool parse_filters(struct parser *p, const char *allowed, struct conv *conv,
                          struct options *o) {
    *o =
        (struct options){.window = {.stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1},
                         .pad = "same",
                         .groups = 1,
                         .tiles = 1,
                         .bias = !parser_sees_next(p, "batch_norm")};
    if (p->n_words < 3 || !parser_int(p->words[1], 1, MAX_CHANNELS, &conv->filters) ||
        !parse_pair(p->words[2], &o->window.kernel_h, &o->window.kernel_w)) {
        return parser_fail(p, "expected \"%s FILTERS KERNEL\", such as \"%s 32 3x3\"", p->words[0],
                           p->words[0]);
    }
    if (!parse_options(p, 3, allowed, o)) {
        return false;
    }
    conv->groups = o->groups;
    conv->bias = o->bias;
    return true;
}

// A border other than zeros is a layer of its own before a convolution without padding.
static bool add_border(struct parser *p, enum border border, struct window *w) {
    struct node node = {.op = OP_PAD};
    if (border == BORDER_CONSTANT || !(w->top || w->left || w->bottom || w->right)) {
        return true;
    }
    node.pad = (struct pad){
        .border = border, .top = w->top, .left = w->left, .bottom = w->bottom, .right = w->right};
    pad_both(w, 0, 0);
    return parser_add(p, &node);
}

static bool parse_conv(struct parser *p) {
    struct node node = {.op = OP_CONV};
    struct options o;
    if (!parse_filters(p, "stride dilation groups pad border bias tiles ", &node.conv, &o) ||
        !parse_padding(p, o.pad, &o.window) || !add_border(p, o.border, &o.window)) {
        return false;
    }
    node.conv.window = o.window;
    if (o.tiles == 1) {
        return parser_add(p, &node);
    }
    node.conv.filters *= o.tiles * o.tiles; // at most 2^28
    return parser_add(p, &node) && parser_add(p, &(struct node){.op = OP_TILE, .tiles = o.tiles});
}

// Of one axis: the padding before and after of the stride-1 convolution that follows the gaps.
// span: pixels under the kernel; cut: pixels taken off each end, -1 for size * stride in all.
static bool turn_padding(int cut, int span, int stride, int *before, int *after) {
    int all = cut < 0 ? span - stride : 2 * cut; // less than 0: pixels are added at the end
    *before = span - 1 - (all > 0 ? all / 2 : 0);
    *after = 2 * (span - 1) - all - *before;
    return *before >= 0 && *after >= 0;
}

static bool parse_conv_transpose(struct parser *p) {
    struct node gaps = {.op = OP_PAD}, node = {.op = OP_CONV};
    struct options o;
    if (!parse_filters(p, "stride dilation groups pad bias ", &node.conv, &o)) {
        return false;
    }
    struct window *w = &o.window;
    struct window turned = {w->kernel_h,   w->kernel_w, 1, 1, w->dilation_h,
                            w->dilation_w, 0,           0, 0, 0};
    int cut = strcmp(o.pad, "same") == 0 ? -1 : 0;
    if (cut == 0 && strcmp(o.pad, "valid") != 0 && !parser_int(o.pad, 0, 1024, &cut)) {
        return parser_fail(p, "expected pad same, valid or N, not \"%s\"", o.pad);
    }
    if (!turn_padding(cut, w->dilation_h * (w->kernel_h - 1) + 1, w->stride_h, &turned.top,
                      &turned.bottom) ||
        !turn_padding(cut, w->dilation_w * (w->kernel_w - 1) + 1, w->stride_w, &turned.left,
                      &turned.right)) {
        return parser_fail(p, "a padding of %d is more than the kernel reaches", cut);
    }
    node.conv.window = turned;
    gaps.pad.gap_h = w->stride_h - 1;
    gaps.pad.gap_w = w->stride_w - 1;
    bool ok = (!gaps.pad.gap_h && !gaps.pad.gap_w) || parser_add(p, &gaps);
    return ok && parser_add(p, &node);
}

static bool parse_spectral(struct parser *p) {
    struct node node = {.op = OP_SPECTRAL_POOL};
    if (p->n_words != 3 || !parse_pair(p->words[2], &node.spectral.h, &node.spectral.w)) {
        return parser_fail(p, "expected \"pool spectral SIZE\", such as \"pool spectral 16x16\"");
    }
    return parser_add(p, &node);
}

static bool pool_kind_of(const char *word, enum pool_kind *kind) {
    for (int i = 0; i < N_POOL_KINDS; i++) {
        if (strcmp(word, pool_name((enum pool_kind)i)) == 0) {
            *kind = (enum pool_kind)i;
            return true;
        }
    }
    *kind = POOL_LP;
    return strcmp(word, "l2") == 0;
}

static bool parse_window_pool(struct parser *p) {
    struct node node = {.op = OP_POOL};
    struct options o = {.pad = "valid", .exponent = 2};
    struct window *w = &o.window;
    if (p->n_words < 3 || !pool_kind_of(p->words[1], &node.pool.kind) ||
        !parse_pair(p->words[2], &w->kernel_h, &w->kernel_w)) {
        return parser_fail(p,
                           "expected \"pool KIND KERNEL\", such as \"pool max 2x2\" (max, average, "
                           "l2, lp, stochastic, mixed), \"pool spectral SIZE\" or \"pool global\"");
    }
    w->stride_h = w->kernel_h;
    w->stride_w = w->kernel_w;
    w->dilation_h = w->dilation_w = 1;
    bool lp = strcmp(p->words[1], "lp") == 0, average = node.pool.kind == POOL_AVERAGE;
    const char *allowed = lp        ? "stride pad exponent "
                          : average ? "stride pad count_padding "
                                    : "stride pad ";
    if (!parse_options(p, 3, allowed, &o) || !parse_padding(p, o.pad, w)) {
        return false;
    }
    node.pool.window = o.window;
    node.pool.exponent = o.exponent;
    node.pool.counts_padding = o.counts_padding;
    return parser_add(p, &node);
}

static bool parse_pool(struct parser *p) {
    if (p->n_words == 2 && strcmp(p->words[1], "global") == 0) {
        return parser_add(p, &(struct node){.op = OP_GLOBAL_POOL});
    }
    bool spectral = p->n_words > 1 && strcmp(p->words[1], "spectral") == 0;
    return spectral ? parse_spectral(p) : parse_window_pool(p);
}

static int numbers_of(enum activation kind) {
    bool one = kind == ACT_LEAKY_RELU || kind == ACT_ELU || kind == ACT_POWER;
    bool two = kind == ACT_RANDOM_RELU || kind == ACT_CLIP || kind == ACT_HARD_SIGMOID;
    return two ? 2 : one;
}

static bool parse_activation(struct parser *p, enum activation kind) {
    struct node node = {.op = OP_ACTIVATION, .activation.kind = kind};
    real *numbers[] = {&node.activation.alpha, &node.activation.beta};
    activation_defaults(kind, numbers[0], numbers[1]);
    int n = p->n_words > 1 ? numbers_of(kind) : 0;
    if (p->n_words <= n) {
        return parser_fail(p, "expected two numbers after %s, or none", p->words[0]);
    }
    for (int i = 0; i < n; i++) {
        if (!parse_real(p->words[i + 1], numbers[i])) {
            return parser_fail(p, "\"%s\" is not a number", p->words[i + 1]);
        }
    }
    return parser_ends(p, n + 1) && parser_add(p, &node);
}

static bool parse_batch_norm(struct parser *p) {
    struct node node = {.op = OP_BATCH_NORM, .batch_norm = {(real)1e-5, (real)0.1}};
    for (int i = 1; i < p->n_words; i += 2) {
        real *value = strcmp(p->words[i], "epsilon") == 0    ? &node.batch_norm.epsilon
                      : strcmp(p->words[i], "momentum") == 0 ? &node.batch_norm.momentum
                                                             : NULL;
        if (!value || i + 1 == p->n_words || !parse_real(p->words[i + 1], value)) {
            return parser_fail(p, "expected \"batch_norm [epsilon E] [momentum M]\"");
        }
    }
    return parser_add(p, &node);
}

static bool parse_group_norm(struct parser *p) {
    struct node node = {.op = OP_GROUP_NORM, .group_norm.epsilon = (real)1e-5};
    if ((p->n_words != 2 && (p->n_words != 4 || strcmp(p->words[2], "epsilon") != 0 ||
                             !parse_real(p->words[3], &node.group_norm.epsilon))) ||
        !parser_int(p->words[1], 1, MAX_CHANNELS, &node.group_norm.groups)) {
        return parser_fail(p,
                           "expected \"group_norm GROUPS [epsilon E]\", such as \"group_norm 8\"");
    }
    return parser_add(p, &node);
}

static bool parse_dense(struct parser *p) {
    struct node node = {.op = OP_DENSE};
    if (p->n_words != 2 || !parser_int(p->words[1], 1, MAX_CHANNELS, &node.units)) {
        return parser_fail(p, "expected \"dense UNITS\", such as \"dense 10\"");
    }
    return parser_add(p, &node);
}

static bool parse_dropout(struct parser *p) {
    struct node node = {.op = OP_DROPOUT};
    if (p->n_words != 2 || !parse_real(p->words[1], &node.dropout)) {
        return parser_fail(p, "expected \"dropout SHARE\", such as \"dropout 0.5\"");
    }
    return parser_add(p, &node);
}

static bool parse_prelu(struct parser *p) {
    return parser_ends(p, 1) && parser_add(p, &(struct node){.op = OP_PRELU});
}

static bool parse_affine(struct parser *p) {
    return parser_ends(p, 1) && parser_add(p, &(struct node){.op = OP_AFFINE});
}

static bool parse_softmax(struct parser *p) {
    return parser_ends(p, 1) && parser_add(p, &(struct node){.op = OP_SOFTMAX});
}

// 1 / (1 + exp(-x)) and what is missing to 1 are the softmax of x and 0, and the loss of logistic
// regression is its cross-entropy.
static bool parse_logistic(struct parser *p) {
    struct shape in = p->graph->nodes[p->top].shape;
    if (shape_len(in) != 1) {
        return parser_fail(p, "logistic reads one value, such as \"dense 1\" makes, not %dx%dx%d",
                           in.c, in.h, in.w);
    }
    return parser_ends(p, 1) && parser_add(p, &(struct node){.op = OP_PAD, .pad.front = 1}) &&
           parser_add(p, &(struct node){.op = OP_SOFTMAX});
}

static bool parse_upsample(struct parser *p) {
    struct node node = {.op = OP_RESIZE};
    bool bilinear = p->n_words == 3 && strcmp(p->words[2], "bilinear") == 0;
    bool nearest = p->n_words == 2 || (p->n_words == 3 && strcmp(p->words[2], "nearest") == 0);
    if ((!bilinear && !nearest) ||
        !parse_pair(p->words[1], &node.resize.factor_h, &node.resize.factor_w)) {
        return parser_fail(p, "expected \"upsample FACTOR [nearest|bilinear]\", such as "
                              "\"upsample 2\"");
    }
    node.resize.kind = bilinear ? RESIZE_BILINEAR : RESIZE_NEAREST;
    return parser_add(p, &node);
}

static const struct {
    const char *word;
    bool (*parse)(struct parser *);
} keywords[] = {
    {"input", parse_input},
    {"conv", parse_conv},
    {"conv_transpose", parse_conv_transpose},
    {"pool", parse_pool},
    {"prelu", parse_prelu},
    {"batch_norm", parse_batch_norm},
    {"group_norm", parse_group_norm},
    {"affine", parse_affine},
    {"dense", parse_dense},
    {"dropout", parse_dropout},
    {"softmax", parse_softmax},
    {"logistic", parse_logistic},
    {"upsample", parse_upsample},
};

bool arch_layer(struct parser *p, bool *known) {
    *known = true;
    for (int i = 0; i < N_ACTIVATIONS; i++) {
        if (parser_is(p, activation_name((enum activation)i))) {
            return parse_activation(p, (enum activation)i);
        }
    }
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
        if (parser_is(p, keywords[i].word)) {
            return keywords[i].parse(p);
        }
    }
    return *known = false;
}

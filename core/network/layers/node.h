// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "core/base/real.h"

#include <stdbool.h>
#include <stddef.h>

// One layer of a network as data: what it computes, its attributes, its shape and where its
// parameters lie.

enum op {
    OP_INPUT,
    OP_CONV,
    OP_PAD,  // a border, gaps between pixels, or both
    OP_TILE, // completes a tiled convolution
    OP_POOL,
    OP_UNPOOL,        // takes a max pool back
    OP_GLOBAL_POOL,   // average over height and width
    OP_SPECTRAL_POOL, // layers/spectral.h
    OP_ACTIVATION,
    OP_PRELU, // x > 0 ? x : slope x, a trained slope for each channel (He et al. 2015)
    OP_BATCH_NORM,
    OP_GROUP_NORM, // of each group of channels; instance and layer norm are such
    OP_AFFINE,     // y = scale * x + shift, by channel
    OP_DENSE,      // flattens its input
    OP_DROPOUT,
    OP_ADD,
    OP_MULTIPLY, // or divides, element by element
    OP_CONCAT,   // along the channels
    OP_RESHAPE,  // the same values in the same order
    OP_TRANSPOSE,
    OP_RESIZE,  // up-sampling
    OP_SOFTMAX, // over the channels, at each pixel
    OP_LOG_SOFTMAX,
    N_OPS
};

// With the two numbers of node.activation, a = alpha and b = beta:
enum activation {
    ACT_RELU,        // max(x, 0)
    ACT_LEAKY_RELU,  // x > 0 ? x : a x (Maas et al. 2013)
    ACT_RANDOM_RELU, // the same with a slope drawn from [a, b] for each value in training and the
                     // midpoint of that range in inference (Xu et al. 2015)
    ACT_ELU,         // x > 0 ? x : a (exp(x) - 1) (Clevert et al. 2016)
    ACT_SIGMOID,
    ACT_TANH,
    ACT_CLIP,         // min(max(x, a), b); ReLU6 from 0 to 6
    ACT_HARD_SIGMOID, // min(max(a x + b, 0), 1)
    ACT_SOFTPLUS,     // log(1 + exp(x))
    ACT_ERF,          // the error function, of which GELU is made
    ACT_POWER,        // x^a, of x >= 0 unless a is whole
    N_ACTIVATIONS
};

enum pool_kind { POOL_MAX, POOL_AVERAGE, POOL_LP, POOL_STOCHASTIC, POOL_MIXED, N_POOL_KINDS };

enum resize_kind { RESIZE_NEAREST, RESIZE_BILINEAR, N_RESIZE_KINDS };

enum border { BORDER_CONSTANT, BORDER_REPLICATE, BORDER_REFLECT, N_BORDERS };

// Of one sample: channels, height, width. A vector is (n, 1, 1).
struct shape {
    int c, h, w;
};

size_t shape_len(struct shape shape);

struct window {
    int kernel_h, kernel_w;
    int stride_h, stride_w;
    int dilation_h, dilation_w;
    int top, left, bottom, right; // padding, pixels
};

struct conv {
    struct window window;
    int filters, groups;
    bool bias;
};

// Tiled convolution (Gregor and LeCun 2010; Le et al., Tiled convolutional neural networks, 2010;
// Goodfellow et al., Deep Learning, eq. 9.9) has t x t kernels per filter, used in turn along rows
// and columns. It is a convolution with all t*t*K outputs, followed by OP_TILE, which selects for
// each pixel the one whose turn it is:
//   y[k, i, j] = x[((i mod t) t + j mod t) K + k, i, j]    x:(t*t*K, H, W) y:(K, H, W)

// A border holds a constant, the nearest pixel, or the image mirrored at its outermost pixel. A
// transposed convolution is a convolution of stride 1 after gaps of stride - 1 (Dumoulin
// and Visin, A guide to convolution arithmetic for deep learning, 2016, section 4).
struct pad {
    enum border border;
    real value;                   // of a constant border
    int front, back;              // channels before and after
    int top, left, bottom, right; // pixels
    int gap_h, gap_w;             // zeros between neighbouring rows and columns
};

// Over the pixels x of the window, not counting padding:
//   max         the largest
//   average     their mean
//   Lp          (sum |x|^exponent)^(1 / exponent)
//   stochastic  in training x_i, drawn with probability p_i = max(x_i, 0) / sum_j max(x_j, 0); in
//               inference sum_i p_i x_i; 0 where no x is positive (Zeiler and Fergus 2013)
//   mixed       in training the largest or the mean, drawn with even odds for each channel of each
//               sample (Yu et al. 2014); in inference the mean of both, the expected value in
//               training (the paper takes a vote of the draws, which even odds leave to chance)
struct pool {
    enum pool_kind kind;
    struct window window;
    real exponent;          // Lp, >= 1
    bool counts_padding;    // average: padding counts as zeros,
    int beyond_h, beyond_w; // except these last rows and columns of it
};

struct batch_norm {
    real epsilon;
    real momentum; // running = (1 - momentum) * running + momentum * batch
};

// Where a parameter lies in graph->values.
struct param {
    const char *role; // "weight", "bias", "scale", "shift", "mean", "variance", "slope"
    size_t offset, len;
    int n_dims, dims[4];
    bool trained; // false: running statistics
    bool decayed; // weight decay applies
};

#define MAX_INPUTS 8
#define MAX_PARAMS 4
#define MAX_NODES 2048
#define MAX_VALUES ((size_t)64 << 20) // parameters of a graph
#define MAX_TENSOR ((size_t)16 << 20) // elements of one sample's tensor
#define MAX_CHANNELS (1 << 16)
#define NODE_NAME_LEN 48

struct node {
    enum op op;
    char name[NODE_NAME_LEN];         // filled in when empty
    int n_inputs, inputs[MAX_INPUTS]; // indices of earlier nodes
    union {
        struct shape input; // OP_INPUT
        struct conv conv;
        struct pad pad;
        int tiles;        // OP_TILE: t
        struct pool pool; // also OP_UNPOOL: the one that is taken back
        struct {
            int h, w;
        } spectral; // size of the output
        struct {
            enum activation kind;
            real alpha, beta;
        } activation;
        struct batch_norm batch_norm;
        struct {
            int groups;
            real epsilon;
        } group_norm;
        int units;            // OP_DENSE
        real dropout;         // share of the values dropped
        bool divides;         // OP_MULTIPLY
        struct shape reshape; // OP_RESHAPE: of the output
        struct {
            enum resize_kind kind;
            int factor_h, factor_w; // 1 to 64
        } resize;
        int axes[3]; // OP_TRANSPOSE: output axis i is input axis axes[i] (0 c, 1 h, 2 w)
    };
    // filled in by graph_add:
    struct shape shape; // of the output
    int n_params;
    struct param params[MAX_PARAMS];
};

#define GRAPH_ERROR_LEN 160 // length of a clause that says what is wrong with a node

// A node's parameter of that role; NULL if it has none.
const struct param *node_param(const struct node *node, const char *role);

// Output size along one axis: floor((size + padding - dilation * (kernel - 1) - 1) / stride) + 1;
// at most 0 when the window does not fit.
int window_out(int size, int kernel, int stride, int dilation, int padding);

// For layer.shape. Declares a parameter, whose dims end at the first 0:
void node_add_param(struct node *node, const char *role, int d0, int d1, int d2, int d3,
                    bool decayed);
// The shape of a sliding window's output. False with a clause in error when there is none.
bool window_shape(const struct window *window, struct shape in, int channels, struct shape *out,
                  char *error);

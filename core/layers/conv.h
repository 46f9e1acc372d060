// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "../gemm.h"
#include "../graph.h"

// A convolution of one sample with weights packed beforehand: what the layer and the plan share.

// packed: conv_packed_len reals, 64-byte aligned
size_t conv_packed_len(const struct node *node, struct shape in, const struct kernels *kernels);
void conv_pack(const struct node *node, struct shape in, const struct kernels *kernels,
               const real *weights, real *packed);

// y = conv(x), finished as finish says (its addend is shaped like y).  x:(C,H,W) y:(K,P,Q)
// scratch: conv_run_scratch_len reals, 64-byte aligned. Allocates nothing; cannot fail.
size_t conv_run_scratch_len(const struct node *node, struct shape in,
                            const struct kernels *kernels);
void conv_run(const struct node *node, struct shape in, const struct kernels *kernels,
              const real *packed, const struct gemm_finish *finish, const real *x, real *y,
              real *scratch);

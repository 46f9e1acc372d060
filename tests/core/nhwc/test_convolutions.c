// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Whole convolutions of NHWC images of every shape, by every table that this processor can run:
// direct, by Winograd's algorithm and depthwise, against plain loops.

#include "core/kernels/cpu.h"
#include "core/nhwc/nhwc_conv.h"
#include "tests/core/kernels/kernel_rounds.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

static const struct kernels *tables[8];
static int n_tables;

// One output of a whole convolution in NCHW.  x:(C,H,W) w:(K,C,R,S), depthwise (K,1,R,S)
static double plain(const struct nhwc_conv *conv, const float *x, const float *w, int k, int oy,
                    int ox) {
    const struct window *win = &conv->window;
    struct shape in = conv->x.shape;
    double sum = 0;
    int first = conv->depthwise ? k : 0, last = conv->depthwise ? k : in.c - 1;
    w += (ptrdiff_t)k * (last + 1 - first) * win->kernel_h * win->kernel_w;
    for (int c = first; c <= last; c++) {
        for (int r = 0; r < win->kernel_h; r++) {
            for (int s = 0; s < win->kernel_w; s++, w++) {
                int y = oy * win->stride_h + r * win->dilation_h - win->top;
                int i = ox * win->stride_w + s * win->dilation_w - win->left;
                bool inside = y >= 0 && y < in.h && i >= 0 && i < in.w;
                sum += inside ? (double)x[(c * in.h + y) * in.w + i] * (double)*w : 0;
            }
        }
    }
    return sum;
}

static void check_convolution(struct nhwc_conv *conv, struct rng *rng) {
    struct shape in = conv->x.shape, out = conv->y.shape;
    struct guarded x = guarded_random(rng, shape_len(in)), y = guarded_blank(shape_len(out));
    struct guarded bias = guarded_random(rng, (size_t)out.c);
    int products = conv->window.kernel_h * conv->window.kernel_w * (conv->depthwise ? 1 : in.c);
    struct guarded w = guarded_random(rng, (size_t)(out.c * products));
    struct guarded nhwc_x = guarded_blank(nhwc_len(&conv->x));
    struct guarded nhwc_y = guarded_blank(nhwc_len(&conv->y));
    struct guarded packed = guarded_blank(nhwc_conv_packed_len(conv));
    struct guarded scratch = guarded_blank(nhwc_conv_scratch_len(conv));
    nhwc_clear_border(&conv->x, nhwc_x.data);
    nhwc_from_nchw(&conv->x, x.data, false, nhwc_x.data);
    nhwc_conv_pack(conv, w.data, bias.data, packed.data);
    nhwc_conv_run(conv, packed.data, nhwc_x.data, NULL, NULL, false, nhwc_y.data, scratch.data);
    nhwc_to_nchw(&conv->y, nhwc_y.data, false, y.data);
    double terms = (double)w.n / out.c; // of each sum
    double tolerance = conv->winograd ? 2e-5 * sqrt(terms) : 2e-7 * terms + 1e-6;
    char what[128];
    snprintf(what, sizeof what, "%s%s: %dx%dx%d to %d by %dx%d", conv->kernels->name,
             conv->winograd    ? " (Winograd)"
             : conv->depthwise ? " (depthwise)"
                               : "",
             in.c, in.h, in.w, out.c, conv->window.kernel_h, conv->window.kernel_w);
    for (int i = 0; i < (int)y.n; i++) {
        int k = i / (out.h * out.w), pixel = i % (out.h * out.w);
        double wanted = plain(conv, x.data, w.data, k, pixel / out.w, pixel % out.w);
        expect_close(what, (size_t)i, (double)y.data[i], wanted + (double)bias.data[k], tolerance);
    }
    GUARDED_CHECK_AND_FREE(what, &x, &y, &bias, &w, &nhwc_x, &nhwc_y, &packed, &scratch);
}

static void convolutions(void **state) {
    (void)state;
    struct rng rng;
    rng_init(&rng, 15, 0);
    for (int t = 0; t < n_tables; t++) {
        for (int round = 0; round < 60; round++) {
            bool winograd = round % 3 == 0;
            int kernel = winograd ? 3 : pick(&rng, 1, 5), pad = pick(&rng, 0, kernel - 1);
            int stride = winograd ? 1 : pick(&rng, 1, 3);
            struct shape in = {pick(&rng, 1, 40), pick(&rng, kernel, 17), pick(&rng, kernel, 17)};
            struct window w = {kernel, kernel, stride, stride, 1, 1, pad, pad, pad, pad};
            struct shape out = {pick(&rng, 1, 70), window_out(in.h, kernel, stride, 1, 2 * pad),
                                window_out(in.w, kernel, stride, 1, 2 * pad)};
            struct nhwc_conv conv = {w,
                                     nhwc_of(in, pad, tables[t]),
                                     nhwc_of(out, pick(&rng, 0, 1), tables[t]),
                                     winograd,
                                     false,
                                     tables[t]};
            if (!winograd && pick(&rng, 0, 1)) {
                conv.x.pitch = in.c;
            }
            check_convolution(&conv, &rng);
        }
    }
}

static void depthwise_convolutions(void **state) {
    (void)state;
    struct rng rng;
    rng_init(&rng, 19, 0);
    for (int t = 0; t < n_tables; t++) {
        for (int round = 0; round < 60; round++) {
            int kernel = pick(&rng, 1, 5), stride = pick(&rng, 1, 3), dilation = pick(&rng, 1, 2);
            int reach = dilation * (kernel - 1) + 1, pad = pick(&rng, 0, reach - 1);
            struct shape in = {pick(&rng, 1, 70), pick(&rng, reach, 17), pick(&rng, reach, 17)};
            struct window w = {kernel,   kernel, stride, stride, dilation,
                               dilation, pad,    pad,    pad,    pad};
            struct shape out = {in.c, window_out(in.h, kernel, stride, dilation, 2 * pad),
                                window_out(in.w, kernel, stride, dilation, 2 * pad)};
            struct nhwc_conv conv = {w,
                                     nhwc_of(in, pad, tables[t]),
                                     nhwc_of(out, pick(&rng, 0, 1), tables[t]),
                                     false,
                                     true,
                                     tables[t]};
            check_convolution(&conv, &rng);
        }
    }
}

int main(void) {
    n_tables = cpu_list(tables, 8);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(convolutions),
        cmocka_unit_test(depthwise_convolutions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

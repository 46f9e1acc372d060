// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/onnx/onnx_reader.h"

#include <math.h>

// Resize and its predecessor Upsample, where they enlarge height and width by whole factors. Of the
// coordinate transformations, for whole factors, all that round half pixels agree on the nearest
// pixel with the asymmetric one that rounds down.

static bool read_kind(const struct reader *r, enum resize_kind *kind) {
    const char *const where = "coordinate_transformation_mode", *const rounding = "nearest_mode";
    bool asymmetric = reader_string_is(r, where, "asymmetric");
    bool half = reader_string_is(r, where, "half_pixel") ||
                reader_string_is(r, where, "pytorch_half_pixel") ||
                (r->opset >= 11 && !reader_attribute(r, where));
    bool floors = reader_string_is(r, rounding, "floor");
    bool ceils = reader_string_is(r, rounding, "ceil");
    bool old = r->opset < 11;
    *kind = reader_string_is(r, "mode", "linear") ? RESIZE_BILINEAR : RESIZE_NEAREST;
    bool nearest = *kind == RESIZE_NEAREST &&
                   (!reader_attribute(r, "mode") || reader_string_is(r, "mode", "nearest"));
    bool nearest_pixel = old || (asymmetric && floors) || (half && !floors && !ceils);
    return (nearest && nearest_pixel) || (*kind == RESIZE_BILINEAR && half) ||
           reader_fail(r,
                       "only the nearest pixel, or bilinear with half-pixel coordinates, is read");
}

// Of an axis after the batch's: the number by which it grows; -1 if it is not whole.
static int factor(const struct constant *c, int axis, int size) {
    double by = c->floats ? (double)c->floats[axis] : (double)c->ints[axis] / size;
    return by >= 1 && by <= MAX_CHANNELS && by == rint(by) ? (int)by : -1;
}

bool read_resize(struct reader *r) {
    struct node node = {.op = OP_RESIZE};
    int input, rank, factors[4];
    size_t scales = r->opset >= 11 ? 2 : 1, sizes = 3;
    if (!read_kind(r, &node.resize.kind) || !reader_picture(r, 0, &input, &rank)) {
        return false;
    }
    const struct constant *c = reader_constant(r, scales);
    c = !c || c->len == 0 ? reader_constant(r, sizes) : c;
    if (!c || c->len != 4 || rank != 4 || (!c->floats && !c->ints)) {
        return reader_fail(r, "its scales are not four constant numbers");
    }
    struct shape in = r->graph->nodes[input].shape;
    const int size[] = {1, in.c, in.h, in.w};
    for (int i = 1; i < 4; i++) {
        factors[i] = factor(c, i, size[i]);
    }
    if (factors[1] != 1 || factors[2] < 1 || factors[3] < 1) {
        return reader_fail(r, "it does not enlarge height and width by whole factors");
    }
    node.resize.factor_h = factors[2];
    node.resize.factor_w = factors[3];
    return reader_made(r, reader_add_after(r, &node, input), rank);
}

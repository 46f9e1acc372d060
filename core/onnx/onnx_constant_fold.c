// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// The arithmetic on constants that exporters leave behind: weights turned, shapes computed.
#include "core/onnx/onnx_reader.h"

#include <math.h>
#include <string.h>

// The same values with other sizes.
static bool copy_as(struct reader *r, const struct constant *from, int n_dims, const int *dims,
                    struct constant *to) {
    if (!from->floats && !from->ints) {
        return reader_fail(r, "its constant is of a type that is not read");
    }
    if (!constant_create(r, n_dims, dims, from->floats != NULL, to)) {
        return false;
    }
    if (to->len != from->len) {
        constant_finish(to);
        return reader_fail(r, "its constant does not have as many values as its new shape");
    }
    if (to->floats) {
        memcpy(to->floats, from->floats, to->len * sizeof *to->floats);
    } else {
        memcpy(to->ints, from->ints, to->len * sizeof *to->ints);
    }
    return true;
}

static void copy_element(const struct constant *from, size_t i, struct constant *to, size_t j) {
    if (to->floats) {
        to->floats[j] = from->floats[i];
    } else {
        to->ints[j] = from->ints[i];
    }
}

// Strides of an operand along the axes of a result that it is broadcast to; 0 where it lacks one.
static bool broadcast_strides(const struct constant *c, int n_dims, const int *dims,
                              size_t *strides) {
    size_t step = 1;
    for (int i = n_dims - 1; i >= 0; i--) {
        int own = i - (n_dims - c->n_dims);
        int size = own >= 0 ? c->dims[own] : 1;
        if (size != 1 && size != dims[i]) {
            return false;
        }
        strides[i] = size == 1 ? 0 : step;
        step *= (size_t)size;
    }
    return true;
}

// The place in an operand of element i of a result.
static size_t place(size_t i, int n_dims, const int *dims, const size_t *strides) {
    size_t at = 0;
    for (int d = n_dims - 1; d >= 0; d--) {
        at += i % (size_t)dims[d] * strides[d];
        i /= (size_t)dims[d];
    }
    return at;
}

static bool transpose(struct reader *r, const struct constant *from, struct constant *to) {
    int seen = 0;
    const Onnx__AttributeProto *perm = reader_attribute(r, "perm");
    size_t strides[ONNX_MAX_RANK], steps[ONNX_MAX_RANK], step = 1;
    int dims[ONNX_MAX_RANK], n = from->n_dims;
    for (int i = n - 1; i >= 0; i--) {
        steps[i] = step;
        step *= (size_t)from->dims[i];
    }
    for (int i = 0; i < n; i++) {
        bool given = perm && perm->n_ints == (size_t)n;
        int axis = given ? reader_axis(perm->ints[i], n) : n - 1 - i;
        if (axis < 0 || seen & 1 << axis || (perm && !given)) {
            return reader_fail(r, "its perm does not name each axis of its constant once");
        }
        seen |= 1 << axis;
        dims[i] = from->dims[axis];
        strides[i] = steps[axis];
    }
    if (!copy_as(r, from, n, dims, to)) {
        return false;
    }
    for (size_t i = 0; i < to->len; i++) {
        copy_element(from, place(i, n, dims, strides), to, i);
    }
    return true;
}

static bool reshape(struct reader *r, const struct constant *from, struct constant *to) {
    int64_t wanted[2 * ONNX_MAX_RANK];
    int dims[ONNX_MAX_RANK], n, open = -1;
    size_t known = 1;
    if (!reader_list(r, "shape", 1, wanted, &n)) {
        return false;
    }
    if (n < 0 || n > ONNX_MAX_RANK) {
        return reader_fail(r, "its shape does not have 0 to %d numbers", ONNX_MAX_RANK);
    }
    for (int i = 0; i < n; i++) {
        int64_t size = i < from->n_dims && wanted[i] == 0 ? from->dims[i] : wanted[i];
        if (size < -1 || size > (int64_t)MAX_VALUES || known > MAX_VALUES ||
            (size == -1 && open >= 0)) {
            return reader_fail(r, "its shape is none");
        }
        open = size == -1 ? i : open;
        dims[i] = (int)size;
        known *= size == -1 ? 1 : (size_t)size;
    }
    if (open >= 0) {
        dims[open] = known > 0 ? (int)(from->len / known) : 0;
    }
    return copy_as(r, from, n, dims, to);
}

// Squeeze and Unsqueeze.
static bool change_axes(struct reader *r, const struct constant *from, struct constant *to) {
    bool add = strcmp(r->node->op_type, "Unsqueeze") == 0;
    int64_t axes[2 * ONNX_MAX_RANK];
    int n, dims[ONNX_MAX_RANK], rank = from->n_dims, used = 0, taken = 0;
    bool marked[3 * ONNX_MAX_RANK] = {0};
    if (!reader_list(r, "axes", 1, axes, &n)) {
        return false;
    }
    if (add && n < 0) {
        return reader_fail(r, "its axes are missing");
    }
    int all = add ? rank + n : rank;
    for (int i = 0; i < n; i++) {
        int axis = reader_axis(axes[i], all);
        if (axis < 0 || marked[axis]) {
            return reader_fail(r, "its axes are none of its constant's");
        }
        marked[axis] = true;
    }
    for (int i = 0; i < all; i++) {
        bool goes = marked[i] || (n < 0 && !add && from->dims[i] == 1);
        if (goes && !add) {
            continue;
        }
        if (used == ONNX_MAX_RANK) {
            return reader_fail(r, "its constant would have more than %d axes", ONNX_MAX_RANK);
        }
        dims[used++] = goes ? 1 : from->dims[add ? taken++ : i];
    }
    return copy_as(r, from, used, dims, to);
}

static bool compute(char op, double a, double b, double *y) {
    *y = op == 'A' ? a + b : op == 'S' ? a - b : op == 'M' ? a * b : a / b;
    return isfinite(*y) && fabs(*y) < 1e38;
}

// Of sizes and such: everything that overflows a float is none.
static bool arithmetic(struct reader *r, const struct constant *a, struct constant *to) {
    const struct constant *b = reader_constant(r, 1);
    int n = a->n_dims > b->n_dims ? a->n_dims : b->n_dims, dims[ONNX_MAX_RANK];
    size_t a_strides[ONNX_MAX_RANK], b_strides[ONNX_MAX_RANK];
    bool floats = a->floats && b->floats;
    if (!floats && !(a->ints && b->ints)) {
        return reader_fail(r, "its constants are not of one type");
    }
    for (int i = 0; i < n; i++) {
        int in_a = i - (n - a->n_dims), in_b = i - (n - b->n_dims);
        int of_a = in_a < 0 ? 1 : a->dims[in_a], of_b = in_b < 0 ? 1 : b->dims[in_b];
        dims[i] = of_a == 1 ? of_b : of_a;
    }
    if (!broadcast_strides(a, n, dims, a_strides) || !broadcast_strides(b, n, dims, b_strides)) {
        return reader_fail(r, "its constants do not fit together");
    }
    if (!constant_create(r, n, dims, floats, to)) {
        return false;
    }
    bool ok = true;
    for (size_t i = 0; i < to->len && ok; i++) {
        size_t at_a = place(i, n, dims, a_strides), at_b = place(i, n, dims, b_strides);
        double y;
        ok = floats
                 ? compute(*r->node->op_type, (double)a->floats[at_a], (double)b->floats[at_b], &y)
                 : compute(*r->node->op_type, (double)a->ints[at_a], (double)b->ints[at_b], &y) &&
                       fabs(y) < 1e15;
        if (ok && floats) {
            to->floats[i] = (float)y;
        } else if (ok) {
            to->ints[i] = (int64_t)y;
        }
    }
    if (!ok) {
        constant_finish(to);
    }
    return ok || reader_fail(r, "a constant is not a finite number");
}

// Neg, Reciprocal and Sqrt, such as in a batch norm that was taken apart.
static bool unary(struct reader *r, const struct constant *from, struct constant *to) {
    if (!from->floats) {
        return reader_fail(r, "its constant is not of floats");
    }
    if (!copy_as(r, from, from->n_dims, from->dims, to)) {
        return false;
    }
    char op = *r->node->op_type;
    for (size_t i = 0; i < to->len; i++) {
        float x = to->floats[i];
        to->floats[i] = op == 'N' ? -x : op == 'R' ? 1 / x : sqrtf(x);
        if (!isfinite(to->floats[i])) {
            constant_finish(to);
            return reader_fail(r, "a constant is not a finite number");
        }
    }
    return true;
}

// Of vectors: shapes put together.
static bool concat(struct reader *r, const struct constant *first, struct constant *to) {
    int len = 0;
    bool floats = first->floats != NULL;
    for (size_t i = 0; i < r->node->n_input; i++) {
        const struct constant *part = reader_constant(r, i);
        if (!part || part->n_dims != 1 || (floats ? !part->floats : !part->ints)) {
            return reader_fail(r, "only constant vectors are joined");
        }
        if (part->dims[0] > MAX_CHANNELS - len) {
            return reader_fail(r, "its constants have more than %d values", MAX_CHANNELS);
        }
        len += part->dims[0];
    }
    if (!constant_create(r, 1, &len, floats, to)) {
        return false;
    }
    size_t at = 0;
    for (size_t i = 0; i < r->node->n_input; i++) {
        const struct constant *part = reader_constant(r, i);
        for (size_t j = 0; j < part->len; j++) {
            copy_element(part, j, to, at++);
        }
    }
    return true;
}

// Elements of a vector: what exporters do to a shape.
static bool gather(struct reader *r, const struct constant *from, struct constant *to) {
    const struct constant *indices = reader_constant(r, 1);
    if (from->n_dims != 1 || (!from->floats && !from->ints) || !indices->ints ||
        indices->n_dims > 1) {
        return reader_fail(r, "only elements of a constant vector are taken");
    }
    if (!constant_create(r, indices->n_dims, indices->dims, from->floats != NULL, to)) {
        return false;
    }
    for (size_t i = 0; i < to->len; i++) {
        int at = reader_axis(indices->ints[i], from->dims[0]);
        if (at < 0) {
            constant_finish(to);
            return reader_fail(r, "an index lies outside its vector");
        }
        copy_element(from, (size_t)at, to, i);
    }
    return true;
}

// starts, ends, axes and steps as inputs 1 to 4, one of each.
static bool slice_range(const struct reader *r, const struct constant *from, int *axis,
                        int64_t *start, int64_t *end, int64_t *step) {
    int64_t values[4] = {0, 0, 0, 1};
    for (size_t i = 0; i < 4; i++) {
        const struct constant *c = reader_constant(r, i + 1);
        if (i < 2 || reader_has(r, i + 1)) {
            if (!c || !c->ints || c->len != 1) {
                return reader_fail(r, "only a slice of one axis, of constant bounds, is taken");
            }
            values[i] = c->ints[0];
        }
    }
    *axis = reader_axis(values[2], from->n_dims);
    *step = values[3];
    if (*axis < 0 || *step == 0 || *step < -MAX_CHANNELS || *step > MAX_CHANNELS) {
        return reader_fail(r, "its axes or steps are none");
    }
    int64_t size = from->dims[*axis], low = *step < 0 ? -1 : 0, high = *step < 0 ? size - 1 : size;
    for (int i = 0; i < 2; i++) {
        int64_t at = values[i] < 0 ? values[i] + size : values[i];
        values[i] = at < low ? low : at > high ? high : at;
    }
    *start = values[0];
    *end = values[1];
    return true;
}

static bool slice(struct reader *r, const struct constant *from, struct constant *to) {
    int dims[ONNX_MAX_RANK], axis = 0;
    int64_t start = 0, end = 0, step = 1;
    if (!from->floats && !from->ints) {
        return reader_fail(r, "its constant is of a type that is not read");
    }
    if (!slice_range(r, from, &axis, &start, &end, &step)) {
        return false;
    }
    int64_t n = step > 0 ? (end - start + step - 1) / step : (start - end - step - 1) / -step;
    size_t inner = 1;
    for (int i = 0; i < from->n_dims; i++) {
        dims[i] = i == axis ? (int)(n > 0 ? n : 0) : from->dims[i];
        inner *= i > axis ? (size_t)from->dims[i] : 1;
    }
    if (!constant_create(r, from->n_dims, dims, from->floats != NULL, to)) {
        return false;
    }
    for (size_t i = 0; i < to->len; i++) {
        size_t row = i / inner, outer = row / (size_t)dims[axis];
        int64_t at = start + (int64_t)(row % (size_t)dims[axis]) * step;
        size_t place_in = (outer * (size_t)from->dims[axis] + (size_t)at) * inner + i % inner;
        copy_element(from, place_in, to, i);
    }
    return true;
}

static bool filled(struct reader *r, const struct constant *shape, struct constant *to) {
    const Onnx__AttributeProto *a = reader_attribute(r, "value");
    struct constant value = {0};
    int dims[ONNX_MAX_RANK];
    if (!shape->ints || shape->n_dims != 1 || shape->len > ONNX_MAX_RANK || (a && !a->t)) {
        return reader_fail(r, "its shape is not a constant vector, or its value no tensor");
    }
    if (a && !constant_read(r, a->t, &value)) {
        return false;
    }
    bool ok = !a || (value.len == 1 && (value.floats || value.ints));
    for (size_t i = 0; i < shape->len; i++) {
        ok = ok && shape->ints[i] >= 0 && shape->ints[i] <= (int64_t)MAX_VALUES;
        dims[i] = ok ? (int)shape->ints[i] : 0;
    }
    ok = ok ? constant_create(r, (int)shape->len, dims, !value.ints, to)
            : reader_fail(r, "its shape or value is none");
    for (size_t i = 0; ok && a && i < to->len; i++) {
        copy_element(&value, 0, to, i);
    }
    constant_finish(&value);
    return ok;
}

static bool copy(struct reader *r, const struct constant *a, struct constant *to) {
    return copy_as(r, a, a->n_dims, a->dims, to);
}

static const struct {
    const char *op;
    bool (*compute)(struct reader *, const struct constant *first, struct constant *to);
    bool takes_two; // constants at least
} folds[] = {
    {"Add", arithmetic, true},
    {"Sub", arithmetic, true},
    {"Mul", arithmetic, true},
    {"Div", arithmetic, true},
    {"Transpose", transpose, false},
    {"Reshape", reshape, true},
    {"Squeeze", change_axes, false},
    {"Unsqueeze", change_axes, false},
    {"Concat", concat, false},
    {"Gather", gather, true},
    {"Neg", unary, false},
    {"Reciprocal", unary, false},
    {"Sqrt", unary, false},
    {"Slice", slice, true},
    {"ConstantOfShape", filled, false},
    {"Identity", copy, false},
    {"Cast", copy, false},
};

bool constant_node(struct reader *r) {
    const struct constant *a = reader_constant(r, 0), *b = reader_constant(r, 1);
    struct constant to = {0};
    for (size_t i = 0; i < sizeof folds / sizeof *folds; i++) {
        if (strcmp(folds[i].op, r->node->op_type) == 0) {
            if (!a || (folds[i].takes_two && !b)) {
                return reader_fail(r, "an input is missing");
            }
            return folds[i].compute(r, a, &to) && reader_made_constant(r, to);
        }
    }
    return reader_fail(r, "it is not computed from constants");
}

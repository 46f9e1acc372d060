// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/onnx/onnx_reader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    TYPE_FLOAT = 1,
    TYPE_INT32 = 6,
    TYPE_INT64 = 7,
    TYPE_FLOAT16 = 10,
    TYPE_DOUBLE = 11,
    TYPE_BFLOAT16 = 16,
};

void constant_finish(struct constant *constant) {
    free(constant->floats);
    free(constant->ints);
    *constant = (struct constant){0};
}

// The sizes, each checked; all constants of a file together are bounded too.
static bool set_dims(struct reader *r, int n_dims, const int64_t *dims, struct constant *c) {
    *c = (struct constant){.n_dims = n_dims, .len = 1};
    if (n_dims > ONNX_MAX_RANK) {
        return reader_fail(r, "a constant has more than %d axes", ONNX_MAX_RANK);
    }
    for (int i = 0; i < n_dims; i++) {
        if (dims[i] < 0 || (uint64_t)dims[i] > MAX_VALUES ||
            c->len * (size_t)dims[i] > MAX_VALUES) {
            return reader_fail(r, "a constant has more than %zu values", MAX_VALUES);
        }
        c->dims[i] = (int)dims[i];
        c->len *= (size_t)dims[i];
    }
    r->n_constants += c->len;
    if (r->n_constants > 2 * MAX_VALUES) {
        return reader_fail(r, "its constants have more than %zu values", 2 * MAX_VALUES);
    }
    return true;
}

static bool make_room(struct reader *r, bool floats, struct constant *c) {
    if (floats) {
        c->floats = calloc(c->len + 1, sizeof *c->floats);
    } else {
        c->ints = calloc(c->len + 1, sizeof *c->ints);
    }
    return c->floats || c->ints || reader_fail(r, "there is no memory for its constants");
}

bool constant_create(struct reader *r, int n_dims, const int *dims, bool floats,
                     struct constant *constant) {
    int64_t wide[ONNX_MAX_RANK] = {0};
    for (int i = 0; i < n_dims && i < ONNX_MAX_RANK; i++) {
        wide[i] = dims[i];
    }
    return set_dims(r, n_dims, wide, constant) && make_room(r, floats, constant);
}

// Where the elements of a tensor lie, and their size: as raw bytes or in the field of their type.
static const uint8_t *elements(const Onnx__TensorProto *t, size_t size, size_t n, const void *field,
                               size_t n_field) {
    if (t->has_raw_data) {
        return t->raw_data.len / size == n && t->raw_data.len % size == 0 ? t->raw_data.data : NULL;
    }
    return n_field == n ? field : NULL;
}

// IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits.
static float half_of(uint16_t bits) {
    int exponent = bits >> 10 & 31, fraction = bits & 1023;
    double x = exponent == 31  ? (fraction ? NAN : INFINITY)
               : exponent == 0 ? ldexp(fraction, -24)
                               : ldexp(1024 + fraction, exponent - 25);
    return (float)(bits & 0x8000 ? -x : x);
}

// bfloat16: the upper half of a float.
static float brain_of(uint16_t bits) {
    uint32_t wide = (uint32_t)bits << 16;
    float x;
    memcpy(&x, &wide, sizeof x);
    return x;
}

// As raw bytes, or each in an integer of 32 bits.
static bool copy_halves(const Onnx__TensorProto *t, struct constant *c) {
    size_t size = t->has_raw_data ? sizeof(uint16_t) : sizeof(int32_t); // little-endian
    const uint8_t *from = elements(t, size, c->len, t->int32_data, t->n_int32_data);
    for (size_t i = 0; from && i < c->len; i++) {
        uint16_t bits;
        memcpy(&bits, from + i * size, sizeof bits);
        c->floats[i] = t->data_type == TYPE_FLOAT16 ? half_of(bits) : brain_of(bits);
    }
    return from || c->len == 0;
}

static bool copy_doubles(const Onnx__TensorProto *t, struct constant *c) {
    const uint8_t *from = elements(t, sizeof(double), c->len, t->double_data, t->n_double_data);
    for (size_t i = 0; from && i < c->len; i++) {
        double x;
        memcpy(&x, from + i * sizeof x, sizeof x);
        c->floats[i] = (float)x;
    }
    return from || c->len == 0;
}

static bool copy_floats(const Onnx__TensorProto *t, struct constant *c) {
    if (t->data_type == TYPE_DOUBLE) {
        return copy_doubles(t, c);
    }
    if (t->data_type != TYPE_FLOAT) {
        return copy_halves(t, c);
    }
    const uint8_t *from = elements(t, sizeof(float), c->len, t->float_data, t->n_float_data);
    if (from && c->len > 0) {
        memcpy(c->floats, from, c->len * sizeof *c->floats);
    }
    return from || c->len == 0;
}

static bool copy_ints(const Onnx__TensorProto *t, struct constant *c) {
    bool wide = t->data_type == TYPE_INT64;
    const uint8_t *from =
        wide ? elements(t, sizeof(int64_t), c->len, t->int64_data, t->n_int64_data)
             : elements(t, sizeof(int32_t), c->len, t->int32_data, t->n_int32_data);
    for (size_t i = 0; from && i < c->len; i++) {
        int32_t narrow;
        if (wide) {
            memcpy(&c->ints[i], from + i * sizeof(int64_t), sizeof(int64_t));
        } else {
            memcpy(&narrow, from + i * sizeof narrow, sizeof narrow);
            c->ints[i] = narrow;
        }
    }
    return from || c->len == 0;
}

static bool all_finite(const struct constant *c) {
    for (size_t i = 0; c->floats && i < c->len; i++) {
        if (!isfinite(c->floats[i])) {
            return false;
        }
    }
    return true;
}

static bool is_float(int type) {
    return type == TYPE_FLOAT || type == TYPE_DOUBLE || type == TYPE_FLOAT16 ||
           type == TYPE_BFLOAT16;
}

static bool fill(struct reader *r, const Onnx__TensorProto *t, struct constant *c) {
    const char *name = t->name ? t->name : "a constant";
    bool floats = is_float(t->data_type);
    if (!make_room(r, floats, c)) {
        return false;
    }
    if (!(floats ? copy_floats(t, c) : copy_ints(t, c))) {
        return reader_fail(r, "%.32s does not have the %zu values that it should", name, c->len);
    }
    return all_finite(c) || reader_fail(r, "%.32s holds a value that is not a finite number", name);
}

bool constant_read(struct reader *r, const Onnx__TensorProto *t, struct constant *c) {
    Onnx__TensorProto here = *t;
    int type = t->has_data_type ? t->data_type : 0;
    int n_dims = t->n_dims > ONNX_MAX_RANK ? ONNX_MAX_RANK + 1 : (int)t->n_dims;
    if (!set_dims(r, n_dims, t->dims, c)) {
        return false;
    }
    if (!is_float(type) && type != TYPE_INT32 && type != TYPE_INT64) {
        return true; // an error only where it is needed
    }
    if (t->has_data_location && t->data_location != 0) {
        here.has_raw_data = true;
        if (!external_bytes(r, t, &here.raw_data)) {
            return false;
        }
    }
    bool ok = fill(r, &here, c);
    if (!ok) {
        constant_finish(c);
    }
    return ok;
}

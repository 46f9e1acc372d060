// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/landmark_check.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

// Of boxes a side, 1. Points then lie at most MAX_SHAPE + MAX_SUM boxes away, features at most
// 1e11, so that in boxes of 2^20 pixels all of them fit into dlib's 64-bit coordinates.
#define MAX_SHAPE 16.0
#define MAX_SUM 1e4     // over all trees, of the longest step of each
#define MIN_SPREAD 1e-2 // between the points that are furthest apart, along an axis
#define MAX_THRESHOLD 1e6
#define MAX_LEVELS 64 // of the cascade

struct reader {
    const uint8_t *at, *end;
    const char *problem; // the first one
    int n_values;        // coordinates of a shape
    double sum;
    uint64_t n_levels, max_feature[MAX_LEVELS], n_anchors[MAX_LEVELS];
};

static bool refuse(struct reader *r, const char *problem) {
    r->problem = r->problem ? r->problem : problem;
    return false;
}

// dlib's packed integer: a byte with the sign and the length, then that many bytes, low ones first.
static bool read_integer(struct reader *r, int max_bytes, int64_t *value) {
    int n = r->at < r->end ? *r->at & 0x0f : 0;
    if (r->at == r->end || r->end - r->at - 1 < n) {
        return refuse(r, "it is cut short");
    }
    if (n < 1 || n > max_bytes || (*r->at & 0x70)) {
        return refuse(r, "it is not a shape predictor of dlib's");
    }
    uint64_t magnitude = 0;
    for (int i = n; i > 0; i--) {
        magnitude = magnitude << 8 | r->at[i];
    }
    if (magnitude > (uint64_t)INT64_MAX >> (64 - 8 * max_bytes)) {
        return refuse(r, "a number in it is too large");
    }
    *value = *r->at & 0x80 ? -(int64_t)magnitude : (int64_t)magnitude;
    r->at += n + 1;
    return true;
}

// dlib has no sign here, not even that of zero.
static bool read_count(struct reader *r, uint64_t *count) {
    int64_t value;
    if (r->at < r->end && (*r->at & 0x80)) {
        return refuse(r, "a count in it is negative");
    }
    if (!read_integer(r, 8, &value)) {
        return false;
    }
    *count = (uint64_t)value;
    return true;
}

// Mantissa and exponent of two.
static bool read_real(struct reader *r, double limit, double *value) {
    int64_t mantissa, exponent;
    if (!read_integer(r, 8, &mantissa) || !read_integer(r, 2, &exponent)) {
        return false;
    }
    if (exponent < -1024 || exponent > 64) { // infinities and NaN have exponents of their own
        return refuse(r, "a number in it is out of range");
    }
    *value = ldexp((double)mantissa, (int)exponent);
    return fabs(*value) <= limit || refuse(r, "a number in it is out of range");
}

// A column of n_values numbers; returns the largest magnitude, or less than 0.
static double read_column(struct reader *r, double limit, double values[]) {
    int64_t rows, columns;
    double most = 0, value;
    if (!read_integer(r, 8, &rows) || !read_integer(r, 8, &columns)) {
        return -1;
    }
    if (rows != -r->n_values || columns != -1) { // the sign marks the newer of two formats
        refuse(r, "it is of another number of points");
        return -1;
    }
    for (int i = 0; i < r->n_values; i++) {
        if (!read_real(r, limit, values ? &values[i] : &value)) {
            return -1;
        }
        most = fmax(most, fabs(values ? values[i] : value));
    }
    return most;
}

static bool read_initial_shape(struct reader *r) {
    double shape[2 * 128], low[2] = {MAX_SHAPE, MAX_SHAPE}, high[2] = {-MAX_SHAPE, -MAX_SHAPE};
    if (r->n_values > (int)(sizeof shape / sizeof *shape) || read_column(r, MAX_SHAPE, shape) < 0) {
        return refuse(r, "it is of another number of points");
    }
    for (int i = 0; i < r->n_values; i++) {
        low[i % 2] = fmin(low[i % 2], shape[i]);
        high[i % 2] = fmax(high[i % 2], shape[i]);
    }
    return fmax(high[0] - low[0], high[1] - low[1]) >= MIN_SPREAD ||
           refuse(r, "its points lie in one place");
}

static bool read_splits(struct reader *r, uint64_t *n_splits, uint64_t *max_feature) {
    bool ok = read_count(r, n_splits);
    for (uint64_t i = 0; ok && i < *n_splits; i++) {
        uint64_t first, second;
        double threshold;
        ok = read_count(r, &first) && read_count(r, &second) &&
             read_real(r, MAX_THRESHOLD, &threshold);
        if (ok) {
            *max_feature = first > *max_feature ? first : *max_feature;
            *max_feature = second > *max_feature ? second : *max_feature;
        }
    }
    return ok;
}

// With one leaf more than splits, any walk down a tree ends at one of its leaves.
static bool read_tree(struct reader *r, uint64_t *max_feature) {
    uint64_t n_splits, n_leaves;
    if (!read_splits(r, &n_splits, max_feature) || !read_count(r, &n_leaves)) {
        return false;
    }
    if (n_leaves != n_splits + 1) {
        return refuse(r, "a tree in it lacks leaves");
    }
    double longest = 0;
    for (uint64_t i = 0; i < n_leaves; i++) {
        double most = read_column(r, MAX_SHAPE, NULL);
        if (most < 0) {
            return false;
        }
        longest = fmax(longest, most);
    }
    r->sum += longest;
    return r->sum <= MAX_SUM || refuse(r, "its trees move the points too far");
}

static bool read_forests(struct reader *r) {
    if (!read_count(r, &r->n_levels)) {
        return false;
    }
    if (r->n_levels > MAX_LEVELS) {
        return refuse(r, "it has too many levels");
    }
    for (uint64_t level = 0; level < r->n_levels; level++) {
        uint64_t n_trees;
        bool ok = read_count(r, &n_trees);
        for (uint64_t i = 0; ok && i < n_trees; i++) {
            ok = read_tree(r, &r->max_feature[level]);
        }
        if (!ok) {
            return false;
        }
    }
    return true;
}

static bool read_level_count(struct reader *r) {
    uint64_t n;
    return read_count(r, &n) &&
           (n == r->n_levels || refuse(r, "it does not have the same levels throughout"));
}

// A feature is a pixel at a distance from the point that it is anchored to.
static bool read_anchors(struct reader *r) {
    bool ok = read_level_count(r);
    for (uint64_t level = 0; ok && level < r->n_levels; level++) {
        ok = read_count(r, &r->n_anchors[level]);
        for (uint64_t i = 0; ok && i < r->n_anchors[level]; i++) {
            uint64_t point;
            ok = read_count(r, &point) && (point < (uint64_t)r->n_values / 2 ||
                                           refuse(r, "it refers to a point that it does not have"));
        }
    }
    return ok;
}

static bool read_offsets(struct reader *r) {
    bool ok = read_level_count(r);
    for (uint64_t level = 0; ok && level < r->n_levels; level++) {
        uint64_t n;
        double x, y;
        ok = read_count(r, &n);
        if (ok && (n != r->n_anchors[level] || r->max_feature[level] >= n)) {
            return refuse(r, "it refers to a pixel that it does not have");
        }
        for (uint64_t i = 0; ok && i < n; i++) {
            ok = read_real(r, MAX_SHAPE, &x) && read_real(r, MAX_SHAPE, &y);
        }
    }
    return ok;
}

static bool read_version(struct reader *r) {
    int64_t version;
    return read_integer(r, 4, &version) &&
           (version == 1 || refuse(r, "it is not a shape predictor of dlib's"));
}

const char *landmark_check(const void *bytes, size_t n, int n_points, size_t *used) {
    struct reader r = {.at = bytes, .end = (const uint8_t *)bytes + n, .n_values = 2 * n_points};
    if (read_version(&r) && read_initial_shape(&r) && read_forests(&r) && read_anchors(&r)) {
        read_offsets(&r);
    }
    *used = (size_t)(r.at - (const uint8_t *)bytes);
    return r.problem;
}

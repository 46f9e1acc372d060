// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Part of vector.h: the transforms of Winograd's F(4x4, 3x3), a vector of channels at a time.

// t = B' d for one column, common terms shared:
//        |4  0 -5  0  1  0|
//        |0 -4 -4  1  1  0|
//   B' = |0  4 -4 -1  1  0|
//        |0 -2 -1  2  1  0|
//        |0  2 -1 -2  1  0|
//        |0  4  0 -5  0  1|
INLINE void transform_in(const vec d[WINOGRAD_IN], vec t[WINOGRAD_IN]) {
    vec a = d[4] - 4 * d[2], b = d[3] - 4 * d[1];
    vec c = d[4] - d[2], e = 2 * (d[3] - d[1]);
    t[0] = 4 * d[0] - 5 * d[2] + d[4];
    t[1] = a + b;
    t[2] = a - b;
    t[3] = c + e;
    t[4] = c - e;
    t[5] = 4 * d[1] - 5 * d[3] + d[5];
}

// o = A' m for one column:
//        |1  1  1  1  1  0|
//   A' = |0  1 -1  2 -2  0|
//        |0  1  1  4  4  0|
//        |0  1 -1  8 -8  1|
INLINE void transform_out(const vec m[WINOGRAD_IN], vec o[WINOGRAD_OUT]) {
    vec a = m[1] + m[2], b = m[1] - m[2], c = m[3] + m[4], e = m[3] - m[4];
    o[0] = m[0] + a + c;
    o[1] = b + 2 * e;
    o[2] = a + 4 * c;
    o[3] = b + 8 * e + m[5];
}

static void winograd_in(int channels, const real *d, ptrdiff_t d_row, ptrdiff_t d_step, real *v,
                        ptrdiff_t v_step) {
    for (int k = 0; k < channels; k += LANES) {
        vec half[WINOGRAD_IN][WINOGRAD_IN]; // B' d, transposed
        for (int x = 0; x < WINOGRAD_IN; x++) {
            vec column[WINOGRAD_IN];
#pragma GCC unroll 8
            for (int y = 0; y < WINOGRAD_IN; y++) {
                column[y] = load(d + y * d_row + x * d_step + k);
            }
            transform_in(column, half[x]);
        }
        for (int y = 0; y < WINOGRAD_IN; y++) {
            vec row[WINOGRAD_IN], out[WINOGRAD_IN];
#pragma GCC unroll 8
            for (int x = 0; x < WINOGRAD_IN; x++) {
                row[x] = half[x][y];
            }
            transform_in(row, out);
#pragma GCC unroll 8
            for (int x = 0; x < WINOGRAD_IN; x++) {
                store(v + (y * WINOGRAD_IN + x) * v_step + k, out[x]);
            }
        }
    }
}

static void winograd_out(const struct winograd_tile *t) {
    for (int k = 0; k < t->channels; k += LANES) {
        vec half[WINOGRAD_IN][WINOGRAD_OUT]; // A' m, transposed
        for (int x = 0; x < WINOGRAD_IN; x++) {
            vec column[WINOGRAD_IN];
#pragma GCC unroll 8
            for (int y = 0; y < WINOGRAD_IN; y++) {
                column[y] = load(t->m + (y * WINOGRAD_IN + x) * t->m_step + k);
            }
            transform_out(column, half[x]);
        }
        vec bias = t->bias ? load(t->bias + k) : (vec){0};
        for (int y = 0; y < WINOGRAD_OUT; y++) {
            vec row[WINOGRAD_IN], out[WINOGRAD_OUT];
#pragma GCC unroll 8
            for (int x = 0; x < WINOGRAD_IN; x++) {
                row[x] = half[x][y];
            }
            transform_out(row, out);
#pragma GCC unroll 8
            for (int x = 0; x < WINOGRAD_OUT; x++) {
                vec value = out[x] + bias;
                value = t->z ? value + load(t->z + y * t->z_row + x * t->z_step + k) : value;
                store(t->y + y * t->y_row + x * t->y_step + k, t->relu ? relu_of(value) : value);
            }
        }
    }
}

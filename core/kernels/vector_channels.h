// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
// Part of vector.h: what pools, batch norm and ReLU do to pixels, channel by channel.

INLINE vec where_positive(vec d, const real *y) {
    return y ? (vec)((bits)d & (load(y) > 0)) : d;
}

static void pool(const struct pool_patch *p) {
    for (int c = 0; c < p->channels; c += LANES) {
        vec most = load(p->x + c), sum = {0};
        for (int i = 0; i < p->rows; i++) {
            for (int j = 0; j < p->columns; j++) {
                vec x = load(p->x + i * p->x_row + j * p->x_step + c);
                bits larger = x > most;
                most = (vec)(((bits)x & larger) | ((bits)most & ~larger));
                sum += x;
            }
        }
        store(p->y + c, p->mean ? sum / (float)(p->rows * p->columns) : most);
    }
}

INLINE void add_to_doubles(double *to, vec v) {
    for (int i = 0; i < LANES; i++) {
        to[i] += (double)v[i];
    }
}

static void channel_sums(struct pixels size, const real *d, const real *y, const real *x,
                         const real *centre, double *sum, double *dot) {
    for (int c = 0; c < size.channels; c += LANES) {
        vec sums = {0}, dots = {0}, middle = load(centre + c);
        for (ptrdiff_t i = c; i < (ptrdiff_t)size.n * size.channels; i += size.channels) {
            vec part = where_positive(load(d + i), y ? y + i : NULL);
            sums += part;
            dots += part * (load(x + i) - middle);
        }
        add_to_doubles(sum + c, sums);
        add_to_doubles(dot + c, dots);
    }
}

static void scale_shift(struct pixels size, const real *x, const real *a, const real *b,
                        const real *z, bool relu, real *y) {
    for (int c = 0; c < size.channels; c += LANES) {
        vec scale = load(a + c), shift = load(b + c);
        for (ptrdiff_t i = c; i < (ptrdiff_t)size.n * size.channels; i += size.channels) {
            vec value = load(x + i) * scale + shift;
            value = z ? value + load(z + i) : value;
            store(y + i, relu ? relu_of(value) : value);
        }
    }
}

static void norm_back(struct pixels size, const real *d, const real *y, const real *x,
                      const real *p, const real *q, const real *r, real *dx) {
    for (int c = 0; c < size.channels; c += LANES) {
        vec by_d = load(p + c), by_x = load(q + c), rest = load(r + c);
        for (ptrdiff_t i = c; i < (ptrdiff_t)size.n * size.channels; i += size.channels) {
            vec part = where_positive(load(d + i), y ? y + i : NULL);
            store(dx + i, part * by_d + (load(x + i) * by_x + rest));
        }
    }
}

static void relu_back(size_t n, const real *d, const real *y, bool add, real *dx) {
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        vec part = where_positive(load(d + i), y ? y + i : NULL);
        store(dx + i, add ? load(dx + i) + part : part);
    }
    for (; i < n; i++) {
        real part = !y || y[i] > 0 ? d[i] : 0;
        dx[i] = add ? dx[i] + part : part;
    }
}

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "json_line.h"

#include <errno.h>
#include <math.h>

json_t *json_rounded(double value, int decimals) {
    if (!isfinite(value)) {
        return json_null();
    }
    double unit = pow(10, decimals);
    double rounded = round(value * unit) / unit;
    return json_real(rounded == 0 ? 0 : rounded); // no -0.0
}

json_t *json_box(const struct box *box) {
    return json_pack("[o, o, o, o]", json_rounded(box->x, 1), json_rounded(box->y, 1),
                     json_rounded(box->w, 1), json_rounded(box->h, 1));
}

bool json_write_line(json_t *object, FILE *out) {
    if (!object) {
        errno = ENOMEM;
        return false;
    }
    bool good = json_dumpf(object, out, JSON_COMPACT | JSON_REAL_PRECISION(12)) == 0;
    good = fputc('\n', out) != EOF && good;
    good = fflush(out) == 0 && good;
    json_decref(object);
    return good;
}

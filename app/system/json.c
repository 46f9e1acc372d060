// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/json.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

json_t *json_rounded(double value, int decimals) {
    if (!isfinite(value)) {
        return json_null();
    }
    double unit = pow(10, decimals);
    double rounded = round(value * unit) / unit;
    return json_real(rounded == 0 ? 0 : rounded); // no -0.0
}

// The bytes of the character at text, which ends in 0; 0 if it is no UTF-8. Jansson knows the rest:
// what is too long, too high or half of a pair.
static size_t character_len(const char *text) {
    for (size_t n = 1; n <= 4 && text[n - 1]; n++) {
        json_t *character = json_stringn(text, n);
        if (character) {
            json_decref(character);
            return n;
        }
    }
    return 0;
}

json_t *json_text(const char *text) {
    static const char unknown[] = "\xef\xbf\xbd";
    json_t *good = json_string(text);
    char *mended = good ? NULL : malloc(3 * strlen(text) + 1), *to = mended;
    while (mended && *text) {
        size_t n = character_len(text);
        memcpy(to, n ? text : unknown, n ? n : 3);
        to += n ? n : 3;
        text += n ? n : 1;
    }
    if (mended) {
        good = json_stringn(mended, (size_t)(to - mended));
        free(mended);
    }
    return good;
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

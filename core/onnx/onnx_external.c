// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/onnx/onnx_reader.h"

#include "core/base/file.h"
#include "core/onnx/onnx.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *entry(const Onnx__TensorProto *t, const char *key) {
    for (size_t i = 0; i < t->n_external_data; i++) {
        const Onnx__StringStringEntryProto *e = t->external_data[i];
        if (e->key && e->value && strcmp(e->key, key) == 0) {
            return e->value;
        }
    }
    return NULL;
}

// A number of bytes; fallback without the entry. False when it is no number.
static bool bytes_of(const Onnx__TensorProto *t, const char *key, size_t fallback, size_t *bytes) {
    const char *text = entry(t, key);
    char *end = NULL;
    *bytes = fallback;
    if (text) {
        errno = 0;
        *bytes = *text >= '0' && *text <= '9' ? strtoull(text, &end, 10) : 0;
    }
    return !text || (end && !*end && errno == 0);
}

// A name within the model's folder: nothing that could lead out of it, no hidden file.
static bool is_plain_name(const char *name) {
    return *name && *name != '.' && strlen(name) < sizeof((struct outside *)0)->name &&
           !strpbrk(name, "/\\");
}

// The whole file, which is read once.
static const struct outside *outside_file(struct reader *r, const char *name) {
    if (r->outside.bytes) {
        bool same = strcmp(r->outside.name, name) == 0;
        if (!same) {
            reader_fail(r, "its weights lie in more than one file beside it");
        }
        return same ? &r->outside : NULL;
    }
    const char *slash = strrchr(r->name, '/');
    char path[4096];
    int folder = slash ? (int)(slash - r->name) + 1 : 0;
    if (snprintf(path, sizeof path, "%.*s%s", folder, r->name, name) >= (int)sizeof path) {
        reader_fail(r, "the path of its weights is too long");
        return NULL;
    }
    snprintf(r->outside.name, sizeof r->outside.name, "%s", name);
    if (access(path, R_OK) != 0) {
        reader_fail(r, "its weights lie in \"%.100s\" beside it, which cannot be read: %s", name,
                    strerror(errno));
        return NULL;
    }
    r->outside.bytes = file_read(path, ONNX_MAX_BYTES, &r->outside.len);
    return r->outside.bytes ? &r->outside : NULL;
}

bool external_bytes(struct reader *r, const Onnx__TensorProto *t, ProtobufCBinaryData *bytes) {
    const char *name = entry(t, "location"), *tensor = t->name ? t->name : "a constant";
    size_t offset, len;
    if (!r->has_folder) {
        return reader_fail(r, "%.32s lies in another file; store the weights in the model", tensor);
    }
    if (!name || !is_plain_name(name)) {
        return reader_fail(r,
                           "%.32s lies in \"%.64s\"; weights are only read from a file in the "
                           "model's own folder",
                           tensor, name ? name : "");
    }
    const struct outside *file = outside_file(r, name);
    if (!file) {
        return false;
    }
    if (!bytes_of(t, "offset", 0, &offset) || offset > file->len ||
        !bytes_of(t, "length", file->len - offset, &len) || len > file->len - offset) {
        return reader_fail(r,
                           "%.32s lies beyond the end of \"%.64s\"; is that file of this model, "
                           "and whole?",
                           tensor, name);
    }
    *bytes = (ProtobufCBinaryData){len, (uint8_t *)file->bytes + offset};
    return true;
}

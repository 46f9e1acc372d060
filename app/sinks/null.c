// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sinks/null.h"

#include "core/base/log.h"

#include <stdlib.h>

static bool null_write(struct sink *sink, const struct frame *frame,
                       const struct analysis *analysis) {
    (void)sink;
    (void)frame;
    (void)analysis;
    return true;
}

static bool null_close(struct sink *sink) {
    free(sink);
    return true;
}

static const struct sink_driver null_driver = {
    .name = "null", .write = null_write, .close = null_close};

struct sink *null_create(void) {
    struct sink *sink = malloc(sizeof *sink);
    if (!sink) {
        LOG(ERROR, "not enough memory for an output");
        return NULL;
    }
    sink->driver = &null_driver;
    return sink;
}

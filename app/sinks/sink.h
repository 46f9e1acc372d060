// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/analysis/analysis.h"
#include "app/sources/frame.h"

// Where analysed frames go. A sink is used by one thread at a time.

struct sink;

struct sink_driver {
    const char *name;
    // Takes one analysed frame; copies what it keeps. False (logged) when nothing more can be
    // written; what was written so far stays readable.
    bool (*write)(struct sink *sink, const struct frame *frame, const struct analysis *analysis);
    // Completes what was written and frees everything. False (logged) when the end could not be
    // written.
    bool (*close)(struct sink *sink);
};

// Every driver's own struct begins with this one.
struct sink {
    const struct sink_driver *driver;
};

static inline bool sink_write(struct sink *sink, const struct frame *frame,
                              const struct analysis *analysis) {
    return sink->driver->write(sink, frame, analysis);
}

static inline bool sink_close(struct sink *sink) {
    return !sink || sink->driver->close(sink);
}

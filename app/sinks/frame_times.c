// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sinks/frame_times.h"

#include "core/base/log.h"
#include "app/system/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct frame_times {
    FILE *file;
    char *path;
};

struct frame_times *frame_times_create(const char *path) {
    struct frame_times *times = calloc(1, sizeof *times);
    if (!times || !(times->path = strdup(path))) {
        log_no_memory("writing frame times");
        goto fail;
    }
    times->file = fopen(path, "we");
    if (!times->file) {
        LOG(ERROR, "%s: cannot write frame times: %s", path, strerror(errno));
        goto fail;
    }
    fputs("frame,media,grey,find,classify,latency\n", times->file);
    return times;
fail:
    if (times) {
        free(times->path);
    }
    free(times);
    return NULL;
}

void frame_times_add(struct frame_times *times, const struct frame *frame,
                     const struct analysis *analysis) {
    int64_t latency_ns = clock_now_ns() - frame->captured_ns;
    fprintf(times->file,
            "%" PRIu64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 "\n",
            frame->number, frame->media_ns, analysis->grey_ns, analysis->find_ns,
            analysis->classify_ns, latency_ns);
}

bool frame_times_close(struct frame_times *times) {
    if (!times) {
        return true;
    }
    bool good = ferror(times->file) == 0;
    good = fclose(times->file) == 0 && good;
    if (!good) {
        LOG(ERROR, "%s: cannot write all frame times; is the disk full?", times->path);
    }
    free(times->path);
    free(times);
    return good;
}

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sources/source.h"

#include "core/base/log.h"
#include "app/system/i18n.h"
#include "app/sources/camera_list.h"
#include "app/video/orientation.h"
#include "vision/vision.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Good for faces at arm's length, and what every camera can do at full rate.
#define USUAL_WIDTH 1280
#define USUAL_HEIGHT 720
#define USUAL_RATE_HZ 30

struct camera_source {
    struct source base;
    struct camera *camera;
    struct orientation orientation;
    struct image stored; // as the driver gives it, when it is to be turned
    atomic_bool interrupted;
    int64_t first_ns; // CLOCK_MONOTONIC of the first frame; -1 before
    uint64_t next;
};

static void camera_destroy(struct source *source) {
    struct camera_source *self = (struct camera_source *)source;
    if (self) {
        camera_close(self->camera);
        image_finish(&self->stored);
        free(self);
    }
}

static void describe(struct source_info *info, const char *path, const struct camera_format *got,
                     bool sideways) {
    struct camera_entry entry;
    const char *name = camera_find(path, &entry) && entry.name[0] ? entry.name : path;
    *info = (struct source_info){
        .width = sideways ? got->height : got->width,
        .height = sideways ? got->width : got->height,
        .rate_hz = got->rate_hz,
        .live = true,
        .time_base_num = 1,
        .time_base_den = 1000000,
    };
    int n = snprintf(info->description, sizeof info->description, "%.128s, %dx%d", name, got->width,
                     got->height);
    if (got->rate_hz > 0) {
        snprintf(info->description + n, sizeof info->description - (size_t)n, " at %g fps %s",
                 got->rate_hz, got->fourcc);
    }
}

// Without a compressed format, USB carries large pictures slowly.
static void warn_slow(struct source_info *info, const struct camera_format *wanted,
                      const struct camera_format *got) {
    if (got->rate_hz <= 0 || got->rate_hz >= 0.75 * wanted->rate_hz) {
        return;
    }
    const char *words = got->width > 640 ? _("the camera gives only %g fps (%s, %dx%d); smaller "
                                             "pictures may come faster: --width 640 --height 480")
                                         : _("the camera gives only %g fps (%s, %dx%d); it may be "
                                             "faster in more light");
    snprintf(info->warning, sizeof info->warning, words, got->rate_hz, got->fourcc, got->width,
             got->height);
    LOG(WARNING, "%s", info->warning);
}

static struct source *camera_create(const char *argument, const struct source_options *options) {
    struct camera_format got,
        wanted = {
            .width = options && options->width > 0 ? options->width : USUAL_WIDTH,
            .height = options && options->height > 0 ? options->height : USUAL_HEIGHT,
            .rate_hz = options && options->rate_hz > 0 ? options->rate_hz : USUAL_RATE_HZ,
        };
    struct camera_source *self = calloc(1, sizeof *self);
    if (!self) {
        log_no_memory("the camera");
        return NULL;
    }
    self->base.driver = &source_camera;
    self->first_ns = -1;
    self->orientation = orientation_turned(UPRIGHT, options ? options->rotation : 0);
    self->camera = camera_open(argument, &wanted, &got);
    if (!self->camera) {
        goto fail;
    }
    describe(&self->base.info, argument, &got, orientation_is_sideways(self->orientation));
    warn_slow(&self->base.info, &wanted, &got);
    return &self->base;
fail:
    camera_destroy(&self->base);
    return NULL;
}

static enum source_status camera_source_read(struct source *source, struct frame *frame) {
    struct camera_source *self = (struct camera_source *)source;
    if (atomic_load(&self->interrupted)) {
        return SOURCE_END;
    }
    bool upright = orientation_is_upright(self->orientation);
    struct image *picture = upright ? &frame->picture : &self->stored;
    if (camera_read(self->camera, picture, &frame->captured_ns) != CAMERA_FRAME ||
        (!upright && !orientation_apply(self->orientation, &self->stored, &frame->picture))) {
        return atomic_load(&self->interrupted) ? SOURCE_END : SOURCE_LOST;
    }
    self->first_ns = self->first_ns < 0 ? frame->captured_ns : self->first_ns;
    frame->media_ns = frame->captured_ns - self->first_ns;
    frame->duration_ns = 0;
    frame->number = self->next++;
    return SOURCE_FRAME;
}

static void camera_interrupt(struct source *source) {
    atomic_store(&((struct camera_source *)source)->interrupted, true);
}

const struct source_driver source_camera = {
    .name = "camera",
    .description = "a camera, by number, path or part of its name",
    .create = camera_create,
    .read = camera_source_read,
    .interrupt = camera_interrupt,
    .destroy = camera_destroy,
};

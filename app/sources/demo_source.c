// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/base/log.h"
#include "app/system/clock.h"
#include "app/system/i18n.h"
#include "app/sources/demo/demo_face.h"
#include "app/sources/source.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct demo_source {
    struct source base;
    struct demo_scene *scene;
    uint64_t next;
    bool stands_in;
    atomic_bool interrupted;
};

static bool options_possible(int width, int height, double rate_hz) {
    if (width < 160 || height < 120 || width > IMAGE_MAX_SIDE || height > IMAGE_MAX_SIDE) {
        LOG(ERROR, "the demo face cannot be drawn at %dx%d; ask for 160x120 to %dx%d", width,
            height, IMAGE_MAX_SIDE, IMAGE_MAX_SIDE);
        return false;
    }
    if (!(rate_hz >= 0.1 && rate_hz <= 1000)) {
        LOG(ERROR, "the demo face cannot move at %g frames a second; ask for 0.1 to 1000", rate_hz);
        return false;
    }
    return true;
}

static struct source_info info_make(int width, int height, double rate_hz) {
    bool whole = rate_hz == floor(rate_hz);
    struct source_info info = {
        .width = width,
        .height = height,
        .rate_hz = rate_hz,
        .live = true,
        .time_base_num = 1,
        .time_base_den = whole ? (int)rate_hz : 1000000000,
    };
    snprintf(info.description, sizeof info.description, _("demo face, %dx%d at %g fps"), width,
             height, rate_hz);
    return info;
}

static void demo_destroy(struct source *source) {
    struct demo_source *demo = (struct demo_source *)source;
    if (demo) {
        demo_scene_destroy(demo->scene);
    }
    free(demo);
}

static struct source *demo_create(const char *argument, const struct source_options *options) {
    int width = options && options->width ? options->width : 1280;
    int height = options && options->height ? options->height : 720;
    double rate_hz = options && options->rate_hz != 0 ? options->rate_hz : 30;
    if (!options_possible(width, height, rate_hz)) {
        return NULL;
    }
    struct demo_source *demo = calloc(1, sizeof *demo);
    if (!demo) {
        log_no_memory("the demo face");
        return NULL;
    }
    demo->base.driver = &source_demo;
    demo->base.info = info_make(width, height, rate_hz);
    demo->scene = demo_scene_create(width, height);
    if (!demo->scene) {
        demo_destroy(&demo->base);
        return NULL;
    }
    demo->scene->talking = argument && strcmp(argument, "talking") == 0;
    demo->stands_in = argument && strcmp(argument, DEMO_STANDS_IN) == 0;
    return &demo->base;
}

static enum source_status demo_read(struct source *source, struct frame *frame) {
    struct demo_source *demo = (struct demo_source *)source;
    const struct source_info *info = &source->info;
    if (atomic_load(&demo->interrupted)) {
        return SOURCE_END;
    }
    if (!image_resize_storage(&frame->picture, info->width, info->height, PIXEL_BGRX32)) {
        return SOURCE_FAILED;
    }
    frame->stand_in = demo->stands_in;
    frame->number = demo->next++;
    frame->media_ns =
        (int64_t)llroundl((long double)frame->number * 1e9L / (long double)info->rate_hz);
    frame->duration_ns = 0;
    frame->captured_ns = clock_now_ns();
    demo_scene_draw(demo->scene, &frame->picture, (double)frame->media_ns * 1e-9);
    return SOURCE_FRAME;
}

static void demo_interrupt(struct source *source) {
    atomic_store(&((struct demo_source *)source)->interrupted, true);
}

const struct source_driver source_demo = {
    .name = "demo",
    .description =
        "a drawn face that smiles every six seconds, and talks between when asked (demo:talking)",
    .create = demo_create,
    .read = demo_read,
    .interrupt = demo_interrupt,
    .destroy = demo_destroy,
};

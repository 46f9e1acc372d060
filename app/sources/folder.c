// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sources/source.h"

#include "core/base/log.h"
#include "app/system/clock.h"
#include "app/system/folder_list.h"
#include "app/system/i18n.h"
#include "vision/vision.h"

#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

// Each picture is shown for two seconds, as a film of 10 frames a second, so that faces and smiles
// have the time to be believed.
#define RATE_HZ 10
#define FRAMES_PER_PICTURE 20

struct folder_source {
    struct source base;
    struct folder_list list;
    struct image picture; // the present one
    int next;             // picture to be read next
    int n_unreadable;     // so far
    int shown;            // frames of the present one that were given out
    uint64_t number;
    atomic_bool interrupted;
};

static void folder_destroy(struct source *source) {
    struct folder_source *folder = (struct folder_source *)source;
    if (folder) {
        image_finish(&folder->picture);
        folder_list_finish(&folder->list);
        free(folder);
    }
}

// Goes on to the next picture that can be read; those that cannot were logged.
static bool advance(struct folder_source *folder) {
    image_finish(&folder->picture);
    folder->shown = 0;
    while (folder->next < folder->list.n && !atomic_load(&folder->interrupted)) {
        if (picture_read(folder->list.paths[folder->next++], &folder->picture)) {
            return true;
        }
        folder->n_unreadable++;
    }
    return false;
}

static void describe(struct folder_source *folder, const char *path) {
    struct source_info *info = &folder->base.info;
    *info = (struct source_info){
        .width = folder->picture.width,
        .height = folder->picture.height,
        .rate_hz = RATE_HZ,
        .duration_ns = (int64_t)folder->list.n * FRAMES_PER_PICTURE * NS_PER_S / RATE_HZ,
        .time_base_num = 1,
        .time_base_den = RATE_HZ,
    };
    snprintf(info->description, sizeof info->description, _("%.200s, %d pictures"), path,
             folder->list.n);
}

static struct source *folder_create(const char *argument, const struct source_options *options) {
    (void)options;
    struct folder_source *folder = calloc(1, sizeof *folder);
    if (!folder) {
        log_no_memory("the files of %s", argument);
        return NULL;
    }
    folder->base.driver = &source_folder;
    if (!folder_list_init(&folder->list, argument)) {
        goto fail;
    }
    if (!advance(folder)) {
        LOG(ERROR, "%s: there is no picture in this folder that can be read", argument);
        goto fail;
    }
    describe(folder, argument);
    return &folder->base;
fail:
    folder_destroy(&folder->base);
    return NULL;
}

static enum source_status folder_read(struct source *source, struct frame *frame) {
    struct folder_source *folder = (struct folder_source *)source;
    if (folder->shown == FRAMES_PER_PICTURE && !advance(folder)) {
        bool whole = folder->n_unreadable == 0 || atomic_load(&folder->interrupted);
        return whole ? SOURCE_END : SOURCE_FAILED;
    }
    const struct image *picture = &folder->picture;
    if (atomic_load(&folder->interrupted) || !picture->data) {
        return SOURCE_END;
    }
    if (!image_resize_storage(&frame->picture, picture->width, picture->height, PIXEL_BGRX32) ||
        !picture_convert(picture, &frame->picture)) {
        return SOURCE_FAILED;
    }
    folder->shown++;
    frame->number = folder->number++;
    frame->media_ns = (int64_t)frame->number * (NS_PER_S / RATE_HZ);
    frame->duration_ns = 0;
    frame->captured_ns = clock_now_ns();
    return SOURCE_FRAME;
}

static void folder_interrupt(struct source *source) {
    atomic_store(&((struct folder_source *)source)->interrupted, true);
}

const struct source_driver source_folder = {
    .name = "folder",
    .description = "the pictures of a folder in name order, two seconds each",
    .create = folder_create,
    .read = folder_read,
    .interrupt = folder_interrupt,
    .destroy = folder_destroy,
};

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sources/source.h"

#include "core/base/log.h"
#include "app/system/clock.h"
#include "app/system/file_row.h"
#include "app/system/folder_list.h"
#include "app/system/i18n.h"
#include "vision/vision.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

// Each picture is shown for two seconds, as a film of 10 frames a second, so that faces and smiles
// have the time to be believed.
#define RATE_HZ 10
#define FRAMES_PER_PICTURE 20

// Numbered pictures are a film; unless a rate is asked for, of FFmpeg's.
#define SEQUENCE_RATE_HZ 25

struct folder_source {
    struct source base;
    struct folder_list list;
    struct image picture; // the present one
    int next;             // picture to be read next
    int n_unreadable;     // so far
    int shown;            // frames of the present one that were given out
    int per_picture;      // frames
    bool stays;           // the last one
    double rate_hz;
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

static int64_t time_of(const struct folder_source *folder, uint64_t frame) {
    return (int64_t)((double)frame * 1e9 / folder->rate_hz);
}

static void describe(struct folder_source *folder, const char *path) {
    int64_t n_frames = (int64_t)folder->list.n * folder->per_picture;
    struct source_info *info = &folder->base.info;
    *info = (struct source_info){
        .width = folder->picture.width,
        .height = folder->picture.height,
        .rate_hz = folder->rate_hz,
        .seekable = folder->list.n > 1,
        .duration_ns = folder->stays ? 0 : time_of(folder, (uint64_t)n_frames),
        .time_base_num = 1000,
        .time_base_den = (int)lround(folder->rate_hz * 1000),
    };
    if (folder->list.n == 1) {
        snprintf(info->description, sizeof info->description, "%.200s, %dx%d", path, info->width,
                 info->height);
    } else {
        snprintf(info->description, sizeof info->description, _("%.200s, %d pictures"), path,
                 folder->list.n);
    }
}

// A folder, a pattern of numbered files, or one picture.
static bool list_pictures(struct folder_list *list, const char *argument) {
    struct stat status;
    if (file_row_is_pattern(argument)) {
        return file_row_init(list, argument);
    }
    bool single = stat(argument, &status) == 0 && !S_ISDIR(status.st_mode);
    return single ? folder_list_add(list, argument) : folder_list_init(list, argument);
}

static void choose_rate(struct folder_source *folder, const char *argument, double wanted_hz) {
    bool single = folder->list.n == 1;
    bool film = !single && (wanted_hz > 0 || file_row_is_pattern(argument));
    folder->rate_hz = !film ? RATE_HZ : wanted_hz > 0 ? wanted_hz : SEQUENCE_RATE_HZ;
    folder->per_picture = film ? 1 : FRAMES_PER_PICTURE;
}

static struct source *folder_create(const char *argument, const struct source_options *options) {
    struct folder_source *folder = calloc(1, sizeof *folder);
    if (!folder) {
        log_no_memory("the files of %s", argument);
        return NULL;
    }
    folder->base.driver = &source_folder;
    if (!list_pictures(&folder->list, argument)) {
        goto fail;
    }
    choose_rate(folder, argument, options ? options->rate_hz : 0);
    folder->stays = options && options->stays && folder->list.n == 1;
    if (!advance(folder)) {
        if (folder->list.n != 1) {
            LOG(ERROR, "%s: there is no picture in this folder that can be read", argument);
        }
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
    if (folder->shown == folder->per_picture && !folder->stays && !advance(folder)) {
        bool whole = folder->n_unreadable == 0 || atomic_load(&folder->interrupted);
        if (!whole) {
            LOG(WARNING, "%d of %d pictures could not be read", folder->n_unreadable,
                folder->list.n);
        }
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
    folder->shown += folder->shown < folder->per_picture;
    frame->number = folder->number++;
    frame->media_ns = time_of(folder, frame->number);
    frame->duration_ns = 0;
    frame->captured_ns = clock_now_ns();
    return SOURCE_FRAME;
}

static bool folder_seek(struct source *source, int64_t media_ns) {
    struct folder_source *folder = (struct folder_source *)source;
    folder->number = (uint64_t)ceil((double)media_ns * 1e-9 * folder->rate_hz - 1e-6);
    uint64_t picture = folder->number / (uint64_t)folder->per_picture;
    folder->next = picture < (uint64_t)folder->list.n ? (int)picture : folder->list.n;
    if (advance(folder)) {
        folder->shown = (int)(folder->number % (uint64_t)folder->per_picture);
    }
    return true;
}

static void folder_interrupt(struct source *source) {
    atomic_store(&((struct folder_source *)source)->interrupted, true);
}

const struct source_driver source_folder = {
    .name = "folder",
    .description = "the pictures of a folder in name order, two seconds each; or numbered ones, "
                   "f_%04d.png, as a film",
    .create = folder_create,
    .read = folder_read,
    .seek = folder_seek,
    .interrupt = folder_interrupt,
    .destroy = folder_destroy,
};

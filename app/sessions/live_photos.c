// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/live_photos.h"

#include "core/base/log.h"
#include "app/system/clock.h"
#include "app/system/i18n.h"

#include <limits.h>

#define FLASH_S 0.35

void live_photos_keep(const struct live_photos *photos, const struct image *picture,
                      struct live_message *message) {
    char path[PATH_MAX];
    save_path(photos->format, photos->folder, path, sizeof path);
    if (picture_write(path, picture)) {
        LOG(INFO, _("saved %s"), path);
        live_message_set(message, _("saved %s"), path);
    } else {
        live_message_set(message, _("cannot save the picture"));
    }
}

static void take(struct live_photos *photos, const struct frame *frame,
                 struct live_message *message) {
    live_photos_keep(photos, &frame->picture, message);
    photos->taken_ns = clock_now_ns();
}

void live_photos_toggle_timer(struct live_photos *photos) {
    photos->due_ns = photos->due_ns ? 0 : clock_now_ns() + PHOTO_TIMER_S * NS_PER_S;
}

void live_photos_tick(struct live_photos *photos, const struct frame *frame,
                      struct live_message *message) {
    if (photos->due_ns && frame && clock_now_ns() >= photos->due_ns) {
        photos->due_ns = 0;
        take(photos, frame, message);
    }
}

void live_photos_update(struct live_photos *photos, const struct pipeline_item *item,
                        struct live_message *message) {
    double t = (double)item->frame->media_ns * 1e-9;
    if (photos->shutter_on && smile_shutter_update(&photos->shutter, t, item->analysis)) {
        take(photos, item->frame, message);
    }
}

// 5, 4, 3, 2, 1; 0 when it does not count.
static int timer_count(const struct live_photos *photos) {
    int64_t left_ns = photos->due_ns ? photos->due_ns - clock_now_ns() : 0;
    return left_ns > 0 ? (int)((left_ns + NS_PER_S - 1) / NS_PER_S) : 0;
}

struct overlay_shutter live_photos_shutter(const struct live_photos *photos, double t) {
    const struct smile_shutter *shutter = &photos->shutter;
    int count = timer_count(photos);
    double since_s = (double)(clock_now_ns() - photos->taken_ns) * 1e-9;
    return (struct overlay_shutter){
        .on = photos->shutter_on && shutter->phase == SHUTTER_WATCHES,
        .countdown = count > 0 ? count : smile_shutter_count(shutter, t),
        .flash = photos->taken_ns ? (float)(1 - since_s / FLASH_S) : 0,
    };
}

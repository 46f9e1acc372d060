// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/live_photos.h"

#include "core/base/log.h"
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

void live_photos_update(struct live_photos *photos, const struct pipeline_item *item,
                        struct live_message *message) {
    double t = (double)item->frame->media_ns * 1e-9;
    if (photos->shutter_on && smile_shutter_update(&photos->shutter, t, item->analysis)) {
        live_photos_keep(photos, &item->frame->picture, message);
    }
}

struct overlay_shutter live_photos_shutter(const struct live_photos *photos, double t) {
    const struct smile_shutter *shutter = &photos->shutter;
    return (struct overlay_shutter){
        .on = photos->shutter_on && shutter->phase == SHUTTER_WATCHES,
        .countdown = smile_shutter_count(shutter, t),
        .flash =
            shutter->phase == SHUTTER_RESTS ? (float)(1 - (t - shutter->since_s) / FLASH_S) : 0,
    };
}

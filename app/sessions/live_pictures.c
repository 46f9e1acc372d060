// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/live_session_private.h"

#include "core/base/log.h"
#include "app/system/i18n.h"
#include "app/system/save_path.h"

#define FLASH_S 0.35

static void keep(struct session *s, const struct image *picture) {
    char path[PATH_MAX];
    save_path(s->options.photo_format == PHOTO_JPG ? SAVE_JPEG : SAVE_PNG, s->options.pictures,
              path, sizeof path);
    if (picture_write(path, picture)) {
        LOG(INFO, _("saved %s"), path);
        live_message(s, _("saved %s"), path);
    } else {
        live_message(s, _("cannot save the picture"));
    }
}

void live_watch_picture(struct session *s, const struct frame *frame) {
    double t = (double)frame->media_ns * 1e-9;
    bool black = s->live && black_picture_update(&s->black, &frame->picture, t);
    if (black) {
        live_message(s, _("the picture is black: is the lens covered?"));
    }
    if (black && !s->is_black) {
        LOG(WARNING, "%s", s->message);
    }
    s->is_black = black;
}

void live_snapshot(struct session *s) {
    struct image screen = {0};
    if (window_snapshot(s->window, &screen)) {
        keep(s, &screen);
    }
    image_finish(&screen);
}

void live_shutter_update(struct session *s, const struct pipeline_item *item) {
    double t = (double)item->frame->media_ns * 1e-9;
    if (s->options.smile_shutter && smile_shutter_update(&s->shutter, t, item->analysis)) {
        keep(s, &item->frame->picture);
    }
}

void live_shutter_show(const struct session *s, struct overlay_status *status) {
    double t = (double)s->media_ns * 1e-9;
    status->shutter = s->options.smile_shutter && s->shutter.phase == SHUTTER_WATCHES;
    status->countdown = smile_shutter_count(&s->shutter, t);
    if (s->shutter.phase == SHUTTER_RESTS) {
        status->flash = (float)(1 - (t - s->shutter.since_s) / FLASH_S);
    }
}

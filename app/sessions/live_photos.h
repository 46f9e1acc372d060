// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/draw/overlay.h"
#include "app/pipeline/pipeline.h"
#include "app/sessions/live_message.h"
#include "app/sessions/smile_shutter.h"
#include "app/system/save_path.h"

// Photographs of a live session: what the window shows (key s), and, with the smile shutter, the
// camera's frame when everyone has smiled long enough, or when the timer (key t) has counted down.

#define PHOTO_TIMER_S 5

struct live_photos {
    const char *folder; // NULL: the user's
    enum save_kind format;
    bool shutter_on;
    struct smile_shutter shutter;
    // CLOCK_MONOTONIC, 0: never
    int64_t due_ns;   // by the timer
    int64_t taken_ns; // the last one, for the flash
};

void live_photos_keep(const struct live_photos *photos, const struct image *picture,
                      struct live_message *message);
void live_photos_update(struct live_photos *photos, const struct pipeline_item *item,
                        struct live_message *message);

// Key t: starts the timer, or stops it.
void live_photos_toggle_timer(struct live_photos *photos);

// Takes the frame that is shown (NULL: none is, which is waited for) when the timer has counted
// down.
void live_photos_tick(struct live_photos *photos, const struct frame *frame,
                      struct live_message *message);

// What the window shows of the shutter at media time t.
struct overlay_shutter live_photos_shutter(const struct live_photos *photos, double t);

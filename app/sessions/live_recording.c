// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/live_session_private.h"

#include "core/base/log.h"
#include "app/system/exit_codes.h"
#include "app/system/i18n.h"
#include "app/system/save_path.h"
#include "app/sinks/record.h"

#include <stdio.h>

bool live_recording_start(struct session *s, const char *path, const char *sound_from, int width,
                          int height) {
    snprintf(s->recording_path, sizeof s->recording_path, "%s", path);
    s->recording_since_ns = -1;
    s->recording =
        record_create(s->recording_path, &(struct record_options){
                                             .video = {.width = width,
                                                       .height = height,
                                                       .rate_hz = s->info.rate_hz,
                                                       .time_base_num = s->info.time_base_num,
                                                       .time_base_den = s->info.time_base_den,
                                                       .aspect_num = s->info.aspect_num,
                                                       .aspect_den = s->info.aspect_den,
                                                       .copy_from = sound_from,
                                                       .live = s->newest,
                                                       .choice = s->options.recording.choice},
                                             .limits = s->options.recording.limits,
                                             .overlay = true,
                                             .mirrored = s->options.mirror_recording,
                                         });
    return s->recording != NULL;
}

double live_recorded_s(const struct session *s) {
    return s->recording_since_ns < 0 ? 0 : (double)(s->media_ns - s->recording_since_ns) * 1e-9;
}

bool live_recording_stop(struct session *s) {
    if (!s->recording) {
        return true;
    }
    bool good = sink_close(s->recording);
    s->recording = NULL;
    if (good) {
        LOG(INFO, "recorded %.1f s: %s", live_recorded_s(s), s->recording_path);
        live_message(s, _("saved %s"), s->recording_path);
    } else {
        live_message(s, _("the recording is not complete"));
    }
    return good;
}

void live_recording_write(struct session *s, const struct pipeline_item *item) {
    if (!s->recording) {
        return;
    }
    if (s->recording_since_ns < 0) {
        s->recording_since_ns = item->frame->media_ns;
    }
    if (!sink_write(s->recording, item->frame, item->analysis)) {
        live_recording_stop(s);
        s->code = EXIT_CODE_OUTPUT; // what the window shows goes on
        s->over = s->over || !s->window;
    }
}

void live_recording_note(struct session *s, const struct pipeline_item *item) {
    if (s->recording) {
        record_note(s->recording, item->analysis);
    }
}

void live_recording_toggle(struct session *s) {
    if (s->recording) {
        live_recording_stop(s);
        return;
    }
    char path[PATH_MAX];
    save_path(SAVE_VIDEO, NULL, path, sizeof path);
    const struct frame *frame = s->shown.frame;
    if (frame && live_recording_start(s, path, NULL, frame->picture.width, frame->picture.height)) {
        live_message(s, _("recording %s"), path);
    } else {
        live_message(s, _("cannot record"));
    }
}

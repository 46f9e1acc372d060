// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/live_recording.h"

#include "core/base/log.h"
#include "app/system/i18n.h"
#include "app/system/save_path.h"

#include <stdio.h>

bool live_recording_start(struct live_recording *recording, const char *path,
                          const struct record_options *options) {
    snprintf(recording->path, sizeof recording->path, "%s", path);
    recording->begin_ns = -1;
    recording->lossy = false;
    recording->sink = record_create(recording->path, options);
    return recording->sink != NULL;
}

double live_recording_s(const struct live_recording *recording) {
    return recording->begin_ns < 0 ? 0 : (double)(recording->end_ns - recording->begin_ns) * 1e-9;
}

bool live_recording_stop(struct live_recording *recording, struct live_message *message) {
    if (!recording->sink) {
        return true;
    }
    long long dropped = record_get_counts(recording->sink).dropped;
    bool good = sink_close(recording->sink);
    recording->sink = NULL;
    if (good) {
        LOG(INFO, "recorded %.1f s: %s", live_recording_s(recording), recording->path);
    }
    if (good && dropped > 0) {
        live_message_set(message, _("saved %s, but without %lld frames: encoding was too slow"),
                         recording->path, dropped);
    } else if (good) {
        live_message_set(message, _("saved %s"), recording->path);
    } else {
        live_message_set(message, _("the recording is not complete"));
    }
    return good;
}

bool live_recording_write(struct live_recording *recording, const struct pipeline_item *item,
                          struct live_message *message) {
    if (!recording->sink) {
        return true;
    }
    recording->end_ns = item->frame->media_ns;
    if (recording->begin_ns < 0) {
        recording->begin_ns = recording->end_ns;
    }
    bool good = sink_write(recording->sink, item->frame, item->analysis);
    if (!good) {
        live_recording_stop(recording, message);
    } else if (!recording->lossy && record_get_counts(recording->sink).dropped > 0) {
        recording->lossy = true;
        live_message_set(message,
                         _("the recording loses frames: encoding is too slow for this picture"));
    }
    return good;
}

void live_recording_note(struct live_recording *recording, const struct pipeline_item *item) {
    if (recording->sink) {
        record_add_events(recording->sink, item->analysis);
    }
}

void live_recording_toggle(struct live_recording *recording, const struct record_options *options,
                           const struct frame *frame, struct live_message *message) {
    if (recording->sink) {
        live_recording_stop(recording, message);
        return;
    }
    char path[PATH_MAX];
    struct record_options own = *options;
    save_path(SAVE_VIDEO, NULL, path, sizeof path);
    if (frame) {
        own.video.width = frame->picture.width;
        own.video.height = frame->picture.height;
    }
    if (frame && live_recording_start(recording, path, &own)) {
        live_message_set(message, _("recording %s"), path);
    } else {
        live_message_set(message, _("cannot record"));
    }
}

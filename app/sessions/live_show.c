// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/live_session_private.h"

#include "app/system/clock.h"
#include "app/system/i18n.h"

static const char *present_message(const struct session *s, const struct pipeline_stats *stats) {
    if (s->next_camera.running) {
        return _("opening the next camera");
    }
    const char *message = live_message_text(&s->message);
    if (message) {
        return message;
    }
    if (s->ended) {
        return _("the end");
    }
    if (stats->lost) {
        return _("the camera is gone - waiting for it to come back");
    }
    return stats->ready ? NULL : _("getting ready");
}

void live_show(struct session *s) {
    static const struct analysis nothing;
    struct pipeline_stats stats = pipeline_get_stats(s->pipeline);
    const struct frame *frame = s->shown.frame;
    const struct analysis *analysis = frame ? s->shown.analysis : &nothing;
    if (s->maps && stats.model && stats.model->map_width == 0) {
        s->maps = false;
        live_message_set(&s->message, _("this model cannot show where it looks"));
    }
    live_photos_tick(&s->photos, frame, &s->message);
    const char *message = present_message(s, &stats);
    struct overlay_status status = {
        .recording = s->recording.sink != NULL,
        .paused = s->paused,
        .maps = s->maps,
        .recording_s = live_recording_s(&s->recording),
        .n_smiles = s->n_smiles,
        .message = message,
        .menu = s->menu.shown.n_rows > 0 ? &s->menu.shown : NULL,
        .stats = {.capture_hz = stats.capture_hz,
                  .analysis_hz = stats.analysis_hz,
                  .grey_ms = (double)analysis->grey_ns * 1e-6,
                  .find_ms = (double)analysis->find_ns * 1e-6,
                  .classify_ms = (double)analysis->classify_ns * 1e-6,
                  .age_ms = frame ? (double)(clock_now_ns() - frame->captured_ns) * 1e-6 : 0,
                  .dropped = stats.n_dropped,
                  .source = s->info.description,
                  .model = stats.model ? stats.model->description : NULL},
        .shutter = live_photos_shutter(&s->photos, (double)s->media_ns * 1e-9),
        .kiosk = live_kiosk_screen(&s->kiosk, stats.lost, message != NULL),
    };
    status.kiosk.recording = status.recording || s->photos.shutter_on || s->virtual_camera;
    window_show(s->window, frame, analysis, &status);
    if (s->is_new && frame && s->outputs.times) {
        frame_times_add(s->outputs.times, frame, analysis);
    }
    s->is_new = false;
}

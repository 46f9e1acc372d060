// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/live_options.h"

#include <stddef.h>
#include <string.h>

// Of all texts that do not concern the window alone; the settings are read anew into other places.
static const size_t texts[] = {
    offsetof(struct live_options, source),
    offsetof(struct live_options, outputs.record),
    offsetof(struct live_options, outputs.events),
    offsetof(struct live_options, outputs.csv),
    offsetof(struct live_options, outputs.frame_times),
    offsetof(struct live_options, outputs.recording.choice.encoder),
    offsetof(struct live_options, outputs.recording.choice.preset),
    offsetof(struct live_options, outputs.exports[EXPORT_SUMMARY]),
    offsetof(struct live_options, outputs.exports[EXPORT_INTERVALS]),
    offsetof(struct live_options, outputs.exports[EXPORT_VTT]),
    offsetof(struct live_options, outputs.exports[EXPORT_SRT]),
    offsetof(struct live_options, outputs.exports[EXPORT_EAF]),
    offsetof(struct live_options, outputs.exports[EXPORT_TEXTGRID]),
    offsetof(struct live_options, outputs.report),
    offsetof(struct live_options, output),
    offsetof(struct live_options, counts),
    offsetof(struct live_options, health),
    offsetof(struct live_options, idle_text),
    offsetof(struct live_options, idle_picture),
    offsetof(struct live_options, model),
    offsetof(struct live_options, pictures),
    offsetof(struct live_options, landmarks.path),
};

static const char **text_at(struct live_options *options, size_t offset) {
    return (const char **)(void *)((char *)options + offset);
}

static bool same_text(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

// What is compared as bytes then: a text that is not listed, or padding, only costs a restart.
bool live_options_same_session(const struct live_options *a, const struct live_options *b) {
    struct live_options x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    bool same = true;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        same = same && same_text(*text_at(&x, texts[i]), *text_at(&y, texts[i]));
        *text_at(&y, texts[i]) = *text_at(&x, texts[i]);
    }
    y.rotation = x.rotation;
    y.mirror = x.mirror;
    y.exit_word = x.exit_word;
    y.look = x.look;
    return same && memcmp(&x, &y, sizeof x) == 0;
}

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/live_player.h"

#include "app/system/clock.h"
#include "app/system/i18n.h"

#include <math.h>
#include <stdio.h>

#define USUAL_RATE_HZ 25

static double period_ns(const struct source_info *info) {
    return 1e9 / (info->rate_hz > 0 ? info->rate_hz : USUAL_RATE_HZ);
}

// 83 s -> 1:23
static const char *time_text(int64_t ns, char text[24]) {
    long long s = ns / NS_PER_S;
    if (s >= 3600) {
        snprintf(text, 24, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
    } else {
        snprintf(text, 24, "%lld:%02lld", s / 60, s % 60);
    }
    return text;
}

static void tell_place(const struct source_info *info, int64_t ns, struct live_message *message) {
    char at[24], whole[24];
    if (info->duration_ns > 0) {
        live_message_set(message, "%s / %s", time_text(ns, at),
                         time_text(info->duration_ns, whole));
    } else {
        live_message_set(message, "%s", time_text(ns, at));
    }
}

// Within the medium: its last frame is the last place.
static int64_t place_within(const struct source_info *info, double ns) {
    double last = (double)info->duration_ns - 1.5 * period_ns(info);
    ns = info->duration_ns > 0 ? fmin(ns, last) : ns;
    return ns > 0 ? (int64_t)ns : 0;
}

// Backward it looks from half a frame before, since times are rarely even.
static void step(struct pipeline *pipeline, const struct source_info *info, int frames,
                 int64_t *media_ns, struct live_message *message) {
    for (int i = 0; i < frames; i++) {
        pipeline_step(pipeline);
    }
    if (frames < 0) {
        *media_ns = place_within(info, (double)*media_ns + frames * period_ns(info));
        pipeline_seek(pipeline, *media_ns - (int64_t)(period_ns(info) / 2));
    }
    tell_place(info, *media_ns, message);
}

static void change_speed(struct live_player *player, struct pipeline *pipeline, int faster,
                         struct live_message *message) {
    int most = PLAYER_MOST_DOUBLINGS, doublings = player->doublings + faster;
    player->doublings = doublings > most ? most : doublings < -most ? -most : doublings;
    pipeline_set_speed(pipeline, exp2(player->doublings));
    live_message_set(message, _("speed %g"), exp2(player->doublings));
}

void live_player_move(struct live_player *player, struct pipeline *pipeline,
                      const struct source_info *info, struct live_moves moves, int64_t *media_ns,
                      struct live_message *message) {
    if (moves.faster) {
        change_speed(player, pipeline, moves.faster, message);
    }
    if (moves.jumps) {
        *media_ns =
            place_within(info, (double)*media_ns + moves.jumps * (double)PLAYER_JUMP_S * NS_PER_S);
        pipeline_seek(pipeline, *media_ns);
        tell_place(info, *media_ns, message);
    }
    if (moves.frames) {
        step(pipeline, info, moves.frames, media_ns, message);
    }
}

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/live_session_private.h"

#include "core/base/log.h"
#include "app/system/exit_codes.h"
#include "app/sinks/counts.h"

#include <SDL.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#define IDLE_AFTER_NS (5 * NS_PER_S) // without a face
#define NEWS_NS NS_PER_S             // between two looks at the clock for the day's smiles

static bool check_options(struct session *s) {
    const char *asked = s->options.record          ? "--record"
                        : s->options.smile_shutter ? "--smile-shutter"
                                                   : NULL;
    if (asked && !s->options.allow_recording) {
        LOG(ERROR,
            "%s: a kiosk keeps no pictures unless --allow-recording says that all who pass have "
            "been told",
            asked);
        s->code = EXIT_CODE_USAGE;
        return false;
    }
    return true;
}

// A crash must not leave pictures of people in a core file.
static void forbid_core_files(void) {
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    prctl(PR_SET_DUMPABLE, 0); // a handler of core files does not ask for the limit
}

bool live_kiosk_open(struct session *s) {
    static char path[PATH_MAX];
    const char *counts = s->options.counts;
    if (counts && strcmp(counts, "-") == 0) {
        LOG(ERROR, "--counts -: counts need a file; --events - writes each event as it happens");
        s->code = EXIT_CODE_USAGE;
        return false;
    }
    if (s->options.kiosk) {
        if (!check_options(s)) {
            return false;
        }
        forbid_core_files();
        setenv("MESA_SHADER_CACHE_DISABLE", "true", 0); // nothing is written but the counts
        s->options.wait = true;
        counts = counts ? counts : counts_default_path(path, sizeof path) ? path : NULL;
    }
    s->code = EXIT_CODE_OUTPUT;
    return !counts || (s->counts = counts_create(counts));
}

void live_kiosk_count(struct session *s, const struct pipeline_item *item) {
    if (s->counts) {
        sink_write(s->counts, item->frame, item->analysis); // never a reason to end
    }
    if (item->analysis->n_faces > 0) {
        s->face_ns = clock_now_ns();
    }
    for (int i = 0; s->counts && i < item->analysis->n_events; i++) {
        if (item->analysis->events[i].kind == EVENT_SMILE_START) {
            s->smiles_today = counts_smiles_today(s->counts);
        }
    }
}

void live_kiosk_show(struct session *s, struct overlay_status *status) {
    int64_t now = clock_now_ns();
    if (!s->options.kiosk) {
        return;
    }
    bool blind = pipeline_get_figures(s->pipeline).lost;
    if (s->counts && now - s->news_ns > NEWS_NS) { // midnight passes
        s->news_ns = now;
        s->smiles_today = counts_smiles_today(s->counts);
    }
    status->kiosk = (struct overlay_kiosk){
        .on = true,
        .idle = blind || (now - s->face_ns > IDLE_AFTER_NS && !status->message),
        .blind = blind,
        .recording = s->recording || s->options.smile_shutter,
        .smiles_today = s->counts ? s->smiles_today : s->n_smiles,
        .t = (double)now * 1e-9,
    };
}

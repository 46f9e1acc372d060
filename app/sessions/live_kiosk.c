// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/live_kiosk.h"

#include "core/base/log.h"
#include "app/sinks/counts.h"
#include "app/system/clock.h"
#include "app/system/i18n.h"
#include "app/system/wall_time.h"
#include "vision/vision.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#define IDLE_AFTER_NS (5 * NS_PER_S) // without a face
#define LARGEST_PX 2048              // of the invitation's picture
#define CLOCK_NS NS_PER_S            // between two looks at the clock for the day's smiles

static bool may_record(const struct live_options *options) {
    const char *pictures = options->outputs.record  ? "--record"
                           : options->output        ? "--output"
                           : options->smile_shutter ? "--smile-shutter"
                                                    : NULL;
    const char *faces = outputs_name_personal(&options->outputs);
    if (options->allow_recording || !(pictures || faces)) {
        return true;
    }
    LOG(ERROR,
        pictures ? N_("%s: a kiosk keeps no pictures unless --allow-recording says that all who "
                      "pass have been told")
                 : N_("%s: a kiosk keeps nothing about single faces unless --allow-recording says "
                      "that all who pass have been told"),
        pictures ? pictures : faces);
    return false;
}

// A crash must not leave pictures of people in a core file.
static void forbid_core_files(void) {
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    prctl(PR_SET_DUMPABLE, 0); // a handler of core files does not ask for the limit
}

// No larger than any graphics card takes.
static bool shrink(struct image *picture) {
    int side = picture->width > picture->height ? picture->width : picture->height;
    struct image small = {0};
    if (side <= LARGEST_PX) {
        return true;
    }
    int w = picture->width * LARGEST_PX / side, h = picture->height * LARGEST_PX / side;
    bool good = image_init(&small, w > 0 ? w : 1, h > 0 ? h : 1, picture->format) &&
                picture_resize(picture, &small);
    image_finish(picture);
    *picture = small;
    return good;
}

// Of the invitation. False (logged) when its picture cannot be read.
static bool load_idle(struct live_kiosk *kiosk, const struct live_options *options) {
    struct image read = {0};
    kiosk->words = options->idle_text;
    if (!options->idle_picture) {
        return true;
    }
    bool good = picture_read(options->idle_picture, &read);
    good = good && shrink(&read) &&
           image_init(&kiosk->picture, read.width, read.height, PIXEL_BGRX32) &&
           picture_convert(&read, &kiosk->picture);
    image_finish(&read);
    return good;
}

bool live_kiosk_look_at_clock(struct live_kiosk *kiosk, const struct live_options *options) {
    int64_t now = clock_now_ns();
    if (!options->kiosk || (kiosk->hours_ns > 0 && now - kiosk->hours_ns < CLOCK_NS)) {
        return false;
    }
    bool was_closed = kiosk->closed;
    kiosk->hours_ns = now;
    kiosk->closed = !opening_hours_contain(&options->hours, (time_t)wall_time_now());
    if (kiosk->closed != was_closed) {
        LOG(INFO, kiosk->closed ? N_("closed: the camera is off until the next opening hours")
                                : N_("the opening hours have begun"));
    }
    return kiosk->closed != was_closed;
}

static bool is_stream(const char *path) {
    return path && strcmp(path, "-") == 0;
}

enum exit_code live_kiosk_open(struct live_kiosk *kiosk, struct live_options *options) {
    char path[PATH_MAX];
    const char *counts = options->counts;
    kiosk->on = options->kiosk;
    kiosk->lists_faces = outputs_name_personal(&options->outputs) != NULL;
    if (is_stream(counts) || is_stream(options->health)) {
        LOG(ERROR, "--%s -: this needs a file; --events - writes each event as it happens",
            is_stream(counts) ? "counts" : "health");
        return EXIT_CODE_USAGE;
    }
    if (kiosk->on) {
        if (!may_record(options) || !load_idle(kiosk, options)) {
            return EXIT_CODE_USAGE;
        }
        forbid_core_files();
        setenv("MESA_SHADER_CACHE_DISABLE", "true", 0); // nothing is written but the counts
        options->wait = true;
        counts = counts ? counts : counts_default_path(path, sizeof path) ? path : NULL;
    }
    kiosk->counts = counts ? counts_create(counts) : NULL;
    return counts && !kiosk->counts ? EXIT_CODE_OUTPUT : EXIT_CODE_OK;
}

bool live_kiosk_close(struct live_kiosk *kiosk) {
    bool good = sink_close(kiosk->counts);
    kiosk->counts = NULL;
    image_finish(&kiosk->picture);
    return good;
}

void live_kiosk_count(struct live_kiosk *kiosk, const struct pipeline_item *item) {
    const struct analysis *analysis = item->analysis;
    if (kiosk->counts) {
        sink_write(kiosk->counts, item->frame, analysis); // never a reason to end
    }
    if (analysis->n_faces > 0) {
        kiosk->face_ns = clock_now_ns();
    }
    for (int i = 0; i < analysis->n_events; i++) {
        if (analysis->events[i].kind == EVENT_SMILE_START) {
            kiosk->smiles_today =
                kiosk->counts ? counts_smiles_today(kiosk->counts) : analysis->n_smiles;
        }
    }
}

struct overlay_kiosk live_kiosk_screen(struct live_kiosk *kiosk, bool blind, bool busy) {
    int64_t now = clock_now_ns();
    if (!kiosk->on) {
        return (struct overlay_kiosk){0};
    }
    if (kiosk->counts && now - kiosk->clock_ns > CLOCK_NS) { // midnight passes
        kiosk->clock_ns = now;
        kiosk->smiles_today = counts_smiles_today(kiosk->counts);
    }
    return (struct overlay_kiosk){
        .on = true,
        .idle = blind || kiosk->closed || (now - kiosk->face_ns > IDLE_AFTER_NS && !busy),
        .blind = blind,
        .closed = kiosk->closed,
        .words = kiosk->words,
        .picture = kiosk->picture.data ? &kiosk->picture : NULL,
        .lists_faces = kiosk->lists_faces,
        .smiles_today = kiosk->smiles_today,
        .t = (double)now * 1e-9,
    };
}

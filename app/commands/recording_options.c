// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/commands/recording_options.h"

#include "core/base/log.h"
#include "app/video/container.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LARGEST 1e15

struct unit {
    const char *name;
    double seconds, bytes; // one of them is 0
};

static const struct unit units[] = {
    {"s", 1, 0},    {"min", 60, 0}, {"h", 3600, 0},  {"kB", 0, 1e3},
    {"MB", 0, 1e6}, {"GB", 0, 1e9}, {"TB", 0, 1e12},
};

// "10min" or "500 MB". Seconds or bytes; NULL for what is not wanted.
static bool parse_amount(const char *text, double *seconds, double *bytes) {
    char *end;
    double number = strtod(text, &end);
    end += strspn(end, " ");
    for (size_t i = 0; end != text && i < sizeof units / sizeof *units; i++) {
        double *target = units[i].seconds > 0 ? seconds : bytes;
        double amount = number * (units[i].seconds + units[i].bytes);
        if (target && strcasecmp(end, units[i].name) == 0 && amount >= 1 && amount <= LARGEST) {
            *target = amount;
            return true;
        }
    }
    return false;
}

bool recording_options_read(const struct recording_options *options, const char *path,
                            struct recording_choice *recording) {
    double segment_s = 0, segment_bytes = 0, keep_free = 0;
    if (path && !container_of_path(path)) {
        return false;
    }
    if (options->segment && !parse_amount(options->segment, &segment_s, &segment_bytes)) {
        LOG(ERROR, "option '--segment': '%s' is neither a time (s, min, h) nor a size (MB, GB)",
            options->segment);
        return false;
    }
    if (options->keep_free && !parse_amount(options->keep_free, NULL, &keep_free)) {
        LOG(ERROR, "option '--keep-free': '%s' is not a size (kB, MB, GB, TB)", options->keep_free);
        return false;
    }
    if ((options->segment || options->clip_s > 0) && path && strcmp(path, "-") == 0) {
        LOG(ERROR, "--segment and --clip-around-smiles need files; standard output is a stream");
        return false;
    }
    *recording = (struct recording_choice){
        .choice = {(enum video_quality)options->quality, options->encoder, options->preset},
        .limits = {.segment_ns = (int64_t)(fmin(segment_s, 1e9) * 1e9),
                   .segment_bytes = (int64_t)segment_bytes,
                   .clip_ns = (int64_t)(options->clip_s * 1e9),
                   .keep_free_bytes = (int64_t)keep_free},
    };
    return true;
}

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/video/container.h"

#include "core/base/log.h"
#include "app/system/path_name.h"

#include <string.h>
#include <strings.h>

static const struct container containers[] = {
    {".mkv", "matroska", {1, 1000}, false, false, AV_CODEC_ID_SUBRIP, AV_CODEC_ID_AAC, false},
    {".mp4", "mp4", {0, 0}, false, true, AV_CODEC_ID_MOV_TEXT, AV_CODEC_ID_AAC, true},
    {".mov", "mov", {0, 0}, false, true, AV_CODEC_ID_MOV_TEXT, AV_CODEC_ID_AAC, true},
    {".webm", "webm", {1, 1000}, true, false, AV_CODEC_ID_WEBVTT, AV_CODEC_ID_OPUS, false},
};
#define N_CONTAINERS (sizeof containers / sizeof *containers)

const struct container *container_of_path(const char *path) {
    if (strcmp(path, "-") == 0) {
        return &containers[0];
    }
    const char *extension = path_extension(path);
    for (size_t i = 0; i < N_CONTAINERS; i++) {
        if (strcasecmp(extension, containers[i].extension) == 0) {
            return &containers[i];
        }
    }
    LOG(ERROR,
        "%s: the extension %s is not one that can be recorded; use .mkv, .mp4, .mov or .webm", path,
        *extension ? extension : "(none)");
    return NULL;
}

AVRational container_time_base(const struct container *container, AVRational wanted) {
    if (container->time_base.den) {
        return container->time_base;
    }
    // MP4 keeps the length of one frame in 32 bits: with a unit below a microsecond, seconds
    // overflow it.
    bool usable = wanted.num > 0 && wanted.den > 0 && wanted.den <= 1000000;
    return usable ? wanted : (AVRational){1, 1000000};
}

void container_set_options(const struct container *container, AVDictionary **options) {
    if (container->fragments) {
        // delay_moov: the header waits for the first piece, so that it can say where the sound
        // begins.
        av_dict_set(options, "movflags", "frag_keyframe+empty_moov+delay_moov+default_base_moof",
                    0);
    } else {
        av_dict_set(options, "cluster_time_limit", "500",
                    0); // ms in memory before they go to the file
        av_dict_set(options, "default_mode", "infer_no_subs", 0); // shown when asked for
    }
}

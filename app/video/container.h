// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <libavcodec/codec_id.h>
#include <libavutil/dict.h>
#include <libavutil/rational.h>
#include <stdbool.h>

// The kinds of video file that can be written, by the extension of the name.

struct container {
    const char *extension; // ".mkv"
    const char *muxer;     // FFmpeg's name
    AVRational time_base;  // the only one it can hold; 0/0 = any
    bool vp9;              // instead of H.264
    bool fragments; // written in pieces, so that a kill leaves a playable file; made whole at the
                    // end
    enum AVCodecID subtitles; // what text is written as
    enum AVCodecID sound;     // what becomes of sound that it cannot hold
    bool negative_times;      // can hold sound from before time 0 (what decoders need to warm up)
};

// Matroska for "-"; NULL (logged, naming the known ones) for any other extension.
const struct container *container_of_path(const char *path);

// The nearest unit to the wanted one that the container can hold.
AVRational container_time_base(const struct container *container, AVRational wanted);

// What to tell the muxer. The caller frees *options.
void container_set_options(const struct container *container, AVDictionary **options);

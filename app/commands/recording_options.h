// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/cli/options.h"
#include "app/sinks/record.h"

// How to record, as options that all commands share which do.

struct recording_options {
    int quality;
    const char *encoder, *preset, *segment, *keep_free;
    double clip_s;
};

// Entries of an option table whose targets are those of a struct recording_options.
#define RECORDING_SPECS(recording)                                                                 \
    {.name = "quality",                                                                            \
     .kind = OPTION_CHOICE,                                                                        \
     .target = &(recording)->quality,                                                              \
     .argument = "low|medium|high|best",                                                           \
     .help = "of the video",                                                                       \
     .fallback = "high"},                                                                          \
        {.name = "encoder",                                                                        \
         .kind = OPTION_TEXT,                                                                      \
         .target = &(recording)->encoder,                                                          \
         .argument = "NAME",                                                                       \
         .help = "FFmpeg's name: libx265, h264_nvenc ...",                                         \
         .suggested = "libx264|libx265|libvpx-vp9|h264_nvenc|hevc_nvenc"},                         \
        {.name = "preset",                                                                         \
         .kind = OPTION_TEXT,                                                                      \
         .target = &(recording)->preset,                                                           \
         .argument = "NAME",                                                                       \
         .help = "the encoder's own: veryfast, slow ..."},                                         \
        {.name = "segment",                                                                        \
         .kind = OPTION_TEXT,                                                                      \
         .target = &(recording)->segment,                                                          \
         .argument = "SIZE",                                                                       \
         .help = "another file each 10min, or 500MB"},                                             \
        {.name = "keep-free",                                                                      \
         .kind = OPTION_TEXT,                                                                      \
         .target = &(recording)->keep_free,                                                        \
         .argument = "SIZE",                                                                       \
         .help = "end rather than fill the disk: 1GB"},                                            \
    {                                                                                              \
        .name = "clip-around-smiles", .kind = OPTION_REAL, .target = &(recording)->clip_s,         \
        .argument = "S", .help = "a file of the smiles, S seconds around", .minimum = 0.1,         \
        .maximum = 3600                                                                            \
    }

// What they mean for a recording to path (NULL: not known yet). False (logged) when they mean
// nothing, or the path's extension does.
bool recording_options_read(const struct recording_options *options, const char *path,
                            struct recording_choice *recording);

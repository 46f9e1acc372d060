// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/analysis/smile_classifier.h"
#include "app/cli/options.h"
#include "app/sessions/outputs.h"
#include "vision/vision.h"

// Rows of option tables that several commands share.

// A struct landmark_file.
extern const struct option_group landmark_options;

// Whether a file that --landmarks names can be used; logged if not. True without one.
bool landmark_file_usable(const struct landmark_file *file);

// A struct operating_point.
extern const struct option_group operating_point_options;

// Events and CSV, in a struct output_options.
extern const struct option_group output_options;

// How to record.
struct recording_options {
    enum video_quality quality;
    const char *encoder, *preset, *segment, *keep_free;
    double clip_s;
};
extern const struct option_group recording_options;

// What they mean for a recording to path (NULL: not known yet). False (logged) when they make no
// sense, or the path's extension does not.
bool recording_options_read(const struct recording_options *options, const char *path,
                            struct recording_choice *choice);

// The row of a command that takes another model.
#define MODEL_OPTION(type, member)                                                                 \
    OPTION("model", 'm', TEXT, type, member, .argument = "FILE",                                   \
           .help = N_("model file, or the name of a shipped one: smile, expression"),              \
           .environment = "SMILECAM_MODEL", .suggested = "smile|expression")
#define THREADS_OPTION(type, member)                                                               \
    OPTION("threads", 0, INT, type, member, .argument = "N",                                       \
           .help = N_("number of threads; 0: one per processor"), .fallback = "0", .maximum = 64)
#define ONLY_OPTION(type, member)                                                                  \
    OPTION("only", 0, TEXT, type, member, .argument = "PREFIX",                                    \
           .help = N_("only pictures whose name in the set begins so"))
#define MIN_FACE_OPTION(type, member)                                                              \
    OPTION("min-face", 0, INT, type, member, .argument = "PX",                                     \
           .help = N_("smallest face to look for (default: a twelfth of the frame's height)"),     \
           .minimum = 10, .maximum = 16384)
#define DETECTOR_OPTION(type, member)                                                              \
    OPTION("detector", 0, CHOICE, type, member, .argument = "network|hog",                         \
           .help = N_("face detector; hog: dlib's, slower, only faces that look at the camera"),   \
           .fallback = "network", .older = "follow|every-frame")

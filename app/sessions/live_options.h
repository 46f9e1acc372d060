// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/analysis/analyser.h"
#include "app/draw/overlay.h"
#include "app/sessions/outputs.h"
#include "app/sources/source.h"
#include "app/system/opening_hours.h"

// What a live session is to do, as the options of the command line say.

enum live_choice { LIVE_AUTO, LIVE_YES, LIVE_NO };

struct live_options {
    const char *source;
    struct output_options outputs;
    bool mirror_recording;
    const char *output;         // virtual camera, or NULL
    const char *counts;         // file, or NULL: a kiosk's own place
    const char *health;         // file, or NULL
    const char *exit_word;      // typing it leaves a kiosk
    const char *idle_text;      // what a kiosk invites with; NULL: its own words
    const char *idle_picture;   // file; NULL: the program's mark
    struct opening_hours hours; // of a kiosk
    const char *model;          // NULL: the shipped one
    const char *pictures;       // folder for photographs; NULL: the user's
    struct landmark_file landmarks;
    struct operating_point point;
    struct source_options wanted;
    int min_face_px; // 0: a twelfth of the frame's height
    struct face_detector_options detector;
    double duration_s; // of media time; 0: until something else ends it
    bool keep_open;    // the window, at the end of a file
    bool headless, fullscreen, kiosk;
    bool allow_recording; // in a kiosk
    bool smile_shutter;   // everyone's smile takes a photograph
    enum { PHOTO_PNG, PHOTO_JPG } photo_format;
    int display;             // the monitor, from 0
    int rotation;            // of the screen; degrees clockwise
    bool wait;               // for a lost camera
    enum live_choice mirror; // the preview; LIVE_AUTO: cameras only
    struct overlay_look look;
    enum live_choice realtime; // LIVE_AUTO: with a window
};

// Whether nothing but what the window shows differs (rotation, mirror, exit word), which can change
// in the middle of a session.
bool live_options_same_session(const struct live_options *a, const struct live_options *b);

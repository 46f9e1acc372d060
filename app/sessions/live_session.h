// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/analysis/analyser.h"
#include "app/sinks/record.h"
#include "app/sources/source.h"
#include "app/system/exit_codes.h"

// From a source to the window, the recording and the events, until the user, the medium or the time
// ends it.

enum live_choice { LIVE_AUTO, LIVE_YES, LIVE_NO };

struct live_options {
    const char *source;
    const char *record; // file, or NULL
    struct recording_choice recording;
    bool mirror_recording;
    const char *events; // file or "-", or NULL
    const char *csv;    // file or "-", or NULL
    bool csv_landmarks;
    const char *frame_times; // file, or NULL
    const char *counts;      // file, or NULL: a kiosk's own place
    const char *exit_word;   // typing it leaves a kiosk
    const char *model;       // NULL: the shipped one
    const char *pictures;    // folder for photographs; NULL: the user's
    struct landmark_file landmarks;
    struct operating_point point;
    struct source_options wanted;
    int min_face_px; // 0: a twelfth of the frame's height
    enum detector_way detector;
    double duration_s; // of media time; 0: until something else ends it
    bool headless, fullscreen, kiosk;
    bool allow_recording; // in a kiosk
    bool smile_shutter;   // everyone's smile takes a photograph
    enum { PHOTO_PNG, PHOTO_JPG } photo_format;
    int display;               // the monitor, from 0
    int rotation;              // of the screen; degrees clockwise
    bool wait;                 // for a lost camera
    enum live_choice mirror;   // the preview; LIVE_AUTO: cameras only
    enum live_choice realtime; // LIVE_AUTO: with a window
};

// Fills *options from the settings as they are now. False (logged) when they make no sense.
typedef bool live_reread(void *arg, struct live_options *options);

// SIGHUP has a kiosk begin anew with what reload gives, in the same window;
// when that does not work, it goes on as it was.
enum exit_code live_session_run(const struct live_options *options, live_reread *reload, void *arg);

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/sources/frame.h"

// Where frames come from. A driver is a constant table; a source is one opened medium. A source is
// used by one thread at a time, except source_interrupt, which any thread may call.

struct source_info {
    char description[256]; // for people: "demo face, 1280x720 at 30 fps"
    char remark[160];      // for people: what falls short of what was asked for; "" = nothing
    int width, height;     // pixels; frames may still change size
    double rate_hz;        // nominal; 0 = unknown or varying
    bool live;             // time passes by itself: frames not fetched in time are lost for ever
    int64_t duration_ns;   // 0 = endless or unknown
    int time_base_num,
        time_base_den;          // unit of the medium's own time stamps, seconds; recorders keep it
    int aspect_num, aspect_den; // of a pixel; 1:1 for most
};

enum source_status {
    SOURCE_FRAME, // *frame is filled
    SOURCE_END,   // the medium is over, or source_interrupt was called
    SOURCE_LOST,  // a camera is gone or a connection broken; may come back
    SOURCE_FAILED // damaged (logged); what was given so far is good
};

struct source_options {
    int width, height; // wanted; 0 = the source's own choice
    double rate_hz;    // wanted; 0 = the source's own choice
    int rotation;      // of a camera's pictures, also on a network: degrees clockwise
    bool planes;       // frames may be PIXEL_I420: what needs no conversion is handed on as it is
};

struct source;

struct source_driver {
    const char *name;        // "demo"
    const char *description; // one line for --help
    // Opens argument (a path, a number, a name; the meaning is the driver's). options may be NULL.
    // NULL (logged) on failure.
    struct source *(*create)(const char *argument, const struct source_options *options);
    // Fills *frame, remaking its storage when the size changed. Does not pace: a file gives frames
    // as fast as they are asked for, a camera waits for its next.
    enum source_status (*read)(struct source *source, struct frame *frame);
    void (*interrupt)(struct source *source); // may be NULL
    void (*destroy)(struct source *source);
};

// Every driver's own struct begins with this one.
struct source {
    const struct source_driver *driver;
    struct source_info info;
};

extern const struct source_driver source_camera, source_file, source_folder, source_demo;

// What a name stands for, and how to open it again after it was lost.
struct source_place {
    const struct source_driver *driver;
    char argument[4096];
    char name[128]; // of a camera without a stable path, which may come back as another number; ""
    bool automatic; // nobody asked for this very source
};

// What --source names: "auto" (the first camera, else the demo face, saying so), "demo", a number,
// /dev/..., part of a camera's name, a folder of pictures, a file, a URL. False (logged) when it is
// nothing of these.
bool source_find(const char *name, struct source_place *place);
// Whether it can only mean a camera, "auto" any, that is not connected. What looks like a file, by
// a slash or an extension, means no camera, unless it lies in the folder of the devices.
bool source_is_absent_camera(const char *name);
// As source_find for such a camera, for source_open_again: "auto" means any.
void source_await_camera(const char *name, struct source_place *place);
// Opens it. NULL (logged) on failure; an automatic camera that does not open gives way to the demo
// face.
struct source *source_open_place(struct source_place *place, const struct source_options *options);
// Opens a lost source again, a camera under whatever number it is back; place says then where. In
// place of an automatic camera another one will do. NULL while it is away, or (logged) does not
// open.
struct source *source_open_again(struct source_place *place, const struct source_options *options);
// Both in one.
struct source *source_open(const char *name, const struct source_options *options);
enum source_status source_read(struct source *source, struct frame *frame);
void source_interrupt(struct source *source);
void source_close(struct source *source); // NULL is legal

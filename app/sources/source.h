// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/sources/frame.h"
#include "vision/vision.h"

// Where frames come from. A driver is a constant table; a source is one opened medium. A source is
// used by one thread at a time, except source_interrupt, which any thread may call.

struct source_info {
    char description[256]; // for display: "demo face, 1280x720 at 30 fps"
    char warning[160];     // for display: how it falls short of the request; "": it does not
    int width, height;     // square pixels; frames may still change size
    double rate_hz;        // nominal; 0 = unknown or varying
    bool live;             // real time: a frame that is not fetched in time is lost
    bool sound;            // there is sound beside the pictures
    bool seekable;         // source_seek works
    int64_t duration_ns;   // 0 = endless or unknown
    // Unit of the medium's own time stamps, seconds; recorders keep it.
    int time_base_num, time_base_den;
};

enum source_status {
    SOURCE_FRAME, // *frame is filled
    SOURCE_END,   // the end of the medium, or source_interrupt was called
    SOURCE_LOST,  // a camera is gone or a connection broken; may come back
    SOURCE_FAILED // damaged (logged); the frames so far are good
};

struct source_options {
    int width, height; // requested; 0: the source chooses
    double rate_hz;    // requested; 0: the source chooses
    int rotation;      // of a camera's frames, on a network too: degrees clockwise
    bool planes;       // frames may be PIXEL_I420, which saves a conversion
    bool stays;        // a single picture is shown for ever, not for two seconds
};

struct source;

struct source_driver {
    const char *name;        // "demo"
    const char *description; // one line for --help
    // Opens argument (a path, a number, a name; the meaning is the driver's). options may be NULL.
    // NULL (logged) on failure.
    struct source *(*create)(const char *argument, const struct source_options *options);
    // Fills *frame, reallocating its storage when the size changed. Does not pace: a file returns
    // frames as fast as they are read, a camera waits for its next.
    enum source_status (*read)(struct source *source, struct frame *frame);
    bool (*seek)(struct source *source, int64_t media_ns); // NULL: never seekable
    void (*interrupt)(struct source *source);              // may be NULL
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
    enum camera_kind kind; // the worst that may stand in for it; CAMERA_UNASKED: any
    bool automatic;        // chosen by "auto"
};

// The demo's argument when it stands in for a camera: its frames say so (frame.stand_in).
#define DEMO_STANDS_IN "stands-in"

// What --source names: "auto" (the best camera, else the demo face, saying so), "demo", a number,
// /dev/..., part of a camera's name, a folder of pictures, a pattern of numbered ones
// ("f_%04d.png"), a file, a URL. False (logged) when it is none of these.
bool source_find(const char *name, struct source_place *place);
// Which driver reads a path: pictures are source_folder's, also a single one, and videos
// source_file's. NULL: there is no such file.
const struct source_driver *source_of_path(const char *path);
// Whether the name can only mean a camera that is not connected; "auto" means any camera that can
// be opened. A name with a slash or an extension is a file, unless it lies in the folder of
// devices.
bool source_is_absent_camera(const char *name);
// As source_find, for such a camera: source_open_again will open it.
void source_await_camera(const char *name, struct source_place *place);
// NULL (logged) on failure. When an automatic camera does not open, the next one is tried, and then
// the demo face; which one it is, place then holds, and if it is not the first, that is said.
struct source *source_open_place(struct source_place *place, const struct source_options *options);
// Opens a lost source again: a camera under whatever number it has come back, which place then
// holds; another camera of its kind or a better one in place of an automatic one. NULL while it is
// away, or (logged) when it does not open.
struct source *source_open_again(struct source_place *place, const struct source_options *options);
enum source_status source_read(struct source *source, struct frame *frame);
// Goes on with the first frame at media_ns or later, also after the end; of a seekable source.
// False (logged) when there is no way there.
bool source_seek(struct source *source, int64_t media_ns);
void source_interrupt(struct source *source);
void source_close(struct source *source); // NULL is legal

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/analysis/analysis.h"
#include "app/sources/frame.h"
#include "app/sources/source.h"

// Three threads in a row: one reads the source, one analyses, and the caller's takes the results in
// order. Between reading and analysis is either a short queue that loses nothing (files) or a
// mailbox that holds only the newest frame (live). Frames come from a fixed pool; once all of them
// have been used, nothing more is allocated.

struct pipeline;

struct pipeline_options {
    struct source *source;        // taken over; NULL: wait for the place
    struct source_place place;    // how to open it again; driver NULL: it cannot be
    struct source_options wanted; // for opening it again
    const struct analysis_driver *driver;
    const void *driver_options; // copied; what they point to must last as long as the program
    bool paced;   // deliver frames at the pace of their time stamps; live sources have their own
    bool newest;  // mailbox: analyse the newest frame, drop those in between
    bool wait;    // for a lost source to come back, however long that takes
    bool resting; // from the start (pipeline_rest)
};

enum pipeline_status {
    PIPELINE_FRAME,  // item is filled
    PIPELINE_NOTICE, // item holds events without a picture: the source is gone (face_leave,
                     // camera_lost, closed) or back (camera_back, opened); item->frame has the time
    PIPELINE_TIMEOUT, // nothing yet
    PIPELINE_END,     // the end of the medium; all of it was taken
    PIPELINE_LOST,    // the source is gone and will not be waited for
    PIPELINE_DAMAGED, // the source failed (logged); everything before was taken
    PIPELINE_BROKEN   // analysis could not start or failed (logged)
};

// A frame and what is known of it. Both belong to the pipeline and stay as they are until released.
struct pipeline_item {
    const struct frame *frame;
    const struct analysis *analysis;
};

struct pipeline_stats {
    double capture_hz, analysis_hz; // over about the last second
    long long n_captured, n_analysed, n_dropped;
    bool ready; // analysis has started
    bool lost;  // the source is gone and is being waited for, or the pipeline rests
    const struct model_info
        *model; // the analyser's, once ready; valid as long as the pipeline; NULL before
};

// Starts the threads, with all signals blocked in them. NULL (logged) on failure; the source is
// then closed.
struct pipeline *pipeline_create(const struct pipeline_options *options);

// Stops from any state, within a fraction of a second, and frees everything. NULL is legal. All
// items must have been released.
void pipeline_destroy(struct pipeline *pipeline);

// Whether a pipeline had to leave a thread behind in something that cannot be interrupted. The
// process must then end by _exit, without unloading its libraries.
bool pipeline_abandoned(void);

// Waits at most timeout_ns for the next item. At most two items may be held at a time.
enum pipeline_status pipeline_take(struct pipeline *pipeline, int64_t timeout_ns,
                                   struct pipeline_item *item);

// The newest captured frame, while analysis has not started; item->analysis is empty. False when
// there is none. Counts as an item held.
bool pipeline_preview(struct pipeline *pipeline, struct pipeline_item *item);

// Gives an item back and empties it. Legal on an empty item.
void pipeline_release(struct pipeline *pipeline, struct pipeline_item *item);

// Stops or resumes the time of a paced source. Live sources cannot be paused.
void pipeline_pause(struct pipeline *pipeline, bool paused);

// Rests: closes the source, if it can be opened again, and opens nothing until it goes on. Both are
// told by notices (closed, opened).
void pipeline_rest(struct pipeline *pipeline, bool resting);

// Lets one more frame of a paused source pass.
void pipeline_step(struct pipeline *pipeline);

// How fast a paced source is played; 1: as it was recorded.
void pipeline_set_speed(struct pipeline *pipeline, double speed);

// Goes on at another place of a paced source that is seekable, also after PIPELINE_END and while it
// is paused: with the first frame at media_ns or later. What comes shortly before it is analysed
// too, so that faces and smiles there are known, but it is not given out.
void pipeline_seek(struct pipeline *pipeline, int64_t media_ns);

// Switches to another source, which is taken over, from the next frame on; media time continues.
void pipeline_switch(struct pipeline *pipeline, struct source *source,
                     const struct source_place *place);

struct pipeline_stats pipeline_get_stats(struct pipeline *pipeline);

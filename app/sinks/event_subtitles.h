// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/analysis/analysis.h"

#include <libavformat/avformat.h>

// What happened, for players: a line of subtitles for each event, a chapter for each smile.

// How long a line stays.
#define SUBTITLE_NS INT64_C(2000000000)

struct event_subtitle {
    int64_t begin_ns, duration_ns; // time of the file
    int smile;                     // its number if one begins here, else 0
    char text[256];
};

// A chapter of the source.
struct source_chapter {
    int64_t begin_ns; // time of the file
    char title[128];
};

struct event_subtitles {
    struct source_chapter *chapters; // in the order of time
    size_t n_chapters;
    struct event_subtitle *items; // in the order of time
    size_t n, n_written, n_allocated;
    int64_t end_ns;   // lines end there; 0 = unknown
    AVStream *stream; // where event_subtitles_write puts them; NULL: nowhere
};

void event_subtitles_finish(struct event_subtitles *subtitles); // legal on zeroed ones

// begin_ns: when the event was, time of the file; smile: how many smiles there have been. Camera
// events add nothing, nor does any without memory.
void event_subtitles_add(struct event_subtitles *subtitles, const struct smile_event *event,
                         int64_t begin_ns, int smile);

// A stream of the codec (SubRip or WebVTT in Matroska, AV_CODEC_ID_MOV_TEXT), before the header is
// written. Returns an error of FFmpeg or 0.
int event_subtitles_add_stream(struct event_subtitles *subtitles, AVFormatContext *output,
                               enum AVCodecID codec);

// Writes the lines that begin up to this time and are not written yet. Error as above.
int event_subtitles_write(struct event_subtitles *subtitles, AVFormatContext *output,
                          int64_t until_ns);

// Joins those that overlap, as MP4 wants no two at once: a subtitle of *flat has the lines of all
// that are there, up to end_ns. False without memory. Finish *flat.
bool event_subtitles_flatten(const struct event_subtitles *subtitles, int64_t end_ns,
                             struct event_subtitles *flat);

// Takes over the chapters of the source, from_ns of which is time 0 of the file. Without memory
// there are none.
void event_subtitles_take_chapters(struct event_subtitles *subtitles, const AVFormatContext *source,
                                   int64_t from_ns);

// Chapters: those of the source and one from each smile on, each up to the next; where the source
// has none at the beginning, one for what is before the first smile. Before the trailer in
// Matroska, before the header in MP4. Smiles that begin together share one. Error as above.
int event_subtitles_set_chapters(const struct event_subtitles *subtitles, AVFormatContext *output,
                                 int64_t end_ns);

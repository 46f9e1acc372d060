// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/analysis/analysis.h"

#include <libavformat/avformat.h>

// What happened, for players: a line of subtitles for each event, a chapter for each smile.

// How long a line stays.
#define NOTE_NS INT64_C(2000000000)

struct event_subtitle {
    int64_t begin_ns, duration_ns; // time of the file
    int smile;                     // its number if one begins here, else 0
    char text[256];
};

struct event_subtitles {
    struct event_subtitle *items; // in the order of time
    size_t n, n_written, n_allocated;
    AVStream *stream; // where event_subtitles_write puts them; NULL: nowhere
};

void event_subtitles_finish(struct event_subtitles *notes); // legal on zeroed ones

// Takes an event down. begin_ns: when it was, time of the file. Camera events and lack of memory
// leave nothing; smile: how many there have been.
void event_subtitles_add(struct event_subtitles *notes, const struct smile_event *event,
                         int64_t begin_ns, int smile);

// A stream of the codec (SubRip or WebVTT in Matroska, AV_CODEC_ID_MOV_TEXT), before the header is
// written. Returns an error of FFmpeg or 0.
int event_subtitles_add_stream(struct event_subtitles *notes, AVFormatContext *output,
                               enum AVCodecID codec);

// Writes the lines that begin up to this time and are not written yet. Error as above.
int event_subtitles_write(struct event_subtitles *notes, AVFormatContext *output, int64_t until_ns);

// A form in which no two are there at once, as MP4 wants it: a note of *flat has the lines of all
// that are. False when memory is short. Finish *flat.
bool event_subtitles_flatten(const struct event_subtitles *notes, struct event_subtitles *flat);

// Chapters, one from each smile to the next and one for what is before the first: before the
// trailer in Matroska, before the header in MP4. Smiles that begin together share one. Error as
// above.
int event_subtitles_set_chapters(const struct event_subtitles *notes, AVFormatContext *output,
                                 int64_t end_ns);

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <libavutil/rational.h>
#include <stdint.h>

// Media time of a video's pictures from the stamps in it: never backward, the stream's own
// ticks wherever they make sense. Stamps need not: they are missing, repeat, jump back (a camera
// that restarted, files put end to end) or are no time at all.

struct stream_clock {
    AVRational base; // seconds a tick
    int64_t start;   // ticks where media time is 0; AV_NOPTS_VALUE until known
    int64_t last;    // ticks of the last picture, start and shift applied; AV_NOPTS_VALUE before
    int64_t step;    // ticks from a picture to the next, nominal; at least 1
    int64_t shift;   // ticks added since the count restarted
};

// rate: pictures a second, 0/1 when unknown. start: AV_NOPTS_VALUE: at the first picture.
void stream_clock_init(struct stream_clock *clock, AVRational base, AVRational rate, int64_t start);

// The next picture; stamp may be AV_NOPTS_VALUE.
void stream_clock_tick(struct stream_clock *clock, int64_t stamp);

// Nanoseconds of the last picture.
int64_t stream_clock_ns(const struct stream_clock *clock);

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/system/clock.h"

#include <libavformat/avformat.h>
#include <libavutil/mathematics.h>
#include <stdbool.h>
#include <stdint.h>

// The one place where FFmpeg's ticks and our nanoseconds meet. Rounded to the nearest, so that
// ticks -> ns -> ticks gives the same ticks for every time base coarser than a nanosecond.

#define MEDIA_NS ((AVRational){1, 1000000000})

static inline int64_t media_ns_from_ticks(int64_t ticks, AVRational base) {
    return av_rescale_q_rnd(ticks, base, MEDIA_NS, AV_ROUND_NEAR_INF);
}

static inline int64_t media_ticks_from_ns(int64_t ns, AVRational base) {
    return av_rescale_q_rnd(ns, MEDIA_NS, base, AV_ROUND_NEAR_INF);
}

// Whether ticks are a time that can be reckoned with: within 73 years in nanoseconds, and so that
// three of them can be added. AV_NOPTS_VALUE is none.
static inline bool media_is_time(int64_t ticks, AVRational base) {
    const int64_t most = INT64_MAX >> 2;
    int64_t ns = media_ns_from_ticks(ticks, base); // INT64_MIN beyond 64 bits
    return ticks >= -most && ticks <= most && ns >= -most && ns <= most;
}

// Where a file's time begins for players, in the stream's ticks. Every stream of the file is
// shifted by the same time to within half a tick. AV_NOPTS_VALUE when the file does not say, or
// nonsense.
static inline int64_t media_start_ticks(const AVFormatContext *container, const AVStream *stream) {
    if (!media_is_time(container->start_time, AV_TIME_BASE_Q)) {
        return AV_NOPTS_VALUE;
    }
    int64_t ticks = av_rescale_q_rnd(container->start_time, AV_TIME_BASE_Q, stream->time_base,
                                     AV_ROUND_NEAR_INF);
    return media_is_time(ticks, stream->time_base) ? ticks : AV_NOPTS_VALUE;
}

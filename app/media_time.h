// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "clock.h"

#include <libavformat/avformat.h>
#include <libavutil/mathematics.h>
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

// Where a file's time begins for players, in the stream's ticks. Every stream of the file is
// shifted by the same time to within half a tick. AV_NOPTS_VALUE when the file does not say.
static inline int64_t media_start_ticks(const AVFormatContext *container, const AVStream *stream) {
    if (container->start_time == AV_NOPTS_VALUE) {
        return AV_NOPTS_VALUE;
    }
    return av_rescale_q_rnd(container->start_time, AV_TIME_BASE_Q, stream->time_base,
                            AV_ROUND_NEAR_INF);
}

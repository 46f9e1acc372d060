// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/video/stream_clock.h"

#include "app/video/media_time.h"

// A stamp this far back is a new count, not disorder.
#define NEW_COUNT_S 1

// Longer from a picture to the next is no rate.
#define MOST_STEP_S 3600

void stream_clock_init(struct stream_clock *clock, AVRational base, AVRational rate,
                       int64_t start) {
    int64_t step = rate.num > 0 && rate.den > 0 ? av_rescale_q(1, av_inv_q(rate), base) : 0;
    int64_t most = av_rescale_q(MOST_STEP_S, (AVRational){1, 1}, base);
    *clock = (struct stream_clock){
        .base = base,
        .start = media_is_time(start, base) ? start : AV_NOPTS_VALUE,
        .last = AV_NOPTS_VALUE,
        .step = step > 0 && step <= most ? step : 1,
    };
}

static int64_t later(const struct stream_clock *clock, int64_t by) {
    int64_t ticks = clock->last == AV_NOPTS_VALUE ? 0 : clock->last + by;
    return media_is_time(ticks, clock->base) ? ticks : clock->last; // at the end of time it stands
}

static int64_t place(struct stream_clock *clock, int64_t stamp) {
    if (!media_is_time(stamp, clock->base)) {
        return later(clock, clock->step);
    }
    if (clock->start == AV_NOPTS_VALUE) {
        clock->start = stamp;
    }
    int64_t ticks = stamp - clock->start + clock->shift;
    if (!media_is_time(ticks, clock->base)) {
        return later(clock, clock->step);
    }
    if (clock->last == AV_NOPTS_VALUE || ticks > clock->last) {
        return ticks;
    }
    int64_t back = clock->last - ticks;
    if (media_ns_from_ticks(back, clock->base) < NEW_COUNT_S * NS_PER_S) {
        return later(clock, 1); // one stray picture; the next is in time again
    }
    int64_t shift = clock->shift + back + clock->step;
    clock->shift = media_is_time(shift, clock->base) ? shift : clock->shift;
    return later(clock, clock->step);
}

void stream_clock_tick(struct stream_clock *clock, int64_t stamp) {
    clock->last = place(clock, stamp);
}

int64_t stream_clock_ns(const struct stream_clock *clock) {
    return media_ns_from_ticks(clock->last, clock->base);
}

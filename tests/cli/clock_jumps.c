// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors

// Preloaded, it sets the time of day forth and back by an hour, at every look at it. The monotonic
// clock goes on as it is.

#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define JUMP_S 3600

static time_t jump(void) {
    static int looks;
    return __atomic_add_fetch(&looks, 1, __ATOMIC_RELAXED) % 2 ? JUMP_S : -JUMP_S;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && clock == CLOCK_REALTIME) {
        now->tv_sec += jump();
    }
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    (void)zone;
    struct timespec precise;
    int result = clock_gettime(CLOCK_REALTIME, &precise);
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return result;
}

time_t time(time_t *seconds) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (seconds) {
        *seconds = now.tv_sec;
    }
    return now.tv_sec;
}

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors

// CLOCK_MONOTONIC that runs SMILECAM_FAKE_CLOCK times as fast (a whole number; 1), together with
// what a program waits by: nanosleep, poll, pthread_cond_timedwait. So hours pass in minutes for
// everything but the processor's own work. The time of day stays as it is, or is the time stamp of
// the file SMILECAM_FAKE_DAY.

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S 1000000000ll
#define LONGEST_MONOTONIC_S 1000000000 // beyond it is a time of day

static long long speed(void) {
    static long long known;
    if (known == 0) {
        const char *value = getenv("SMILECAM_FAKE_CLOCK");
        long long wanted = value ? atoll(value) : 1;
        known = wanted > 0 ? wanted : 1;
    }
    return known;
}

static struct timespec slower(const struct timespec *t) {
    long long ns = (t->tv_sec * NS_PER_S + t->tv_nsec + speed() - 1) / speed();
    return (struct timespec){ns / NS_PER_S, ns % NS_PER_S};
}

static struct timespec faster(const struct timespec *t) {
    long long ns = t->tv_nsec * speed();
    return (struct timespec){t->tv_sec * speed() + ns / NS_PER_S, ns % NS_PER_S};
}

int clock_gettime(clockid_t clock, struct timespec *t) {
    int result = (int)syscall(SYS_clock_gettime, clock, t);
    struct stat day;
    const char *file = clock == CLOCK_REALTIME ? getenv("SMILECAM_FAKE_DAY") : NULL;
    if (file && stat(file, &day) == 0) {
        *t = day.st_mtim;
    }
    if (result == 0 && clock == CLOCK_MONOTONIC) {
        *t = faster(t);
    }
    return result;
}

int nanosleep(const struct timespec *wanted, struct timespec *left) {
    struct timespec real = slower(wanted);
    int result = (int)syscall(SYS_nanosleep, &real, left);
    if (result != 0 && left) {
        *left = faster(left);
    }
    return result;
}

int poll(struct pollfd *files, nfds_t n, int timeout_ms) {
    struct timespec wanted = {timeout_ms / 1000, timeout_ms % 1000 * 1000000l};
    struct timespec real = timeout_ms > 0 ? slower(&wanted) : wanted;
    return (int)syscall(SYS_ppoll, files, n, timeout_ms < 0 ? NULL : &real, NULL, _NSIG / 8);
}

int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                           const struct timespec *until) {
    static int (*wait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
    if (!wait) {
        *(void **)&wait = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
    }
    struct timespec real = until->tv_sec < LONGEST_MONOTONIC_S ? slower(until) : *until;
    return wait(condition, mutex, &real);
}

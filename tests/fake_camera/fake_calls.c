// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors

// V4L2 cameras for tests, made by LD_PRELOAD, with no hardware and no kernel module: this library
// answers the system calls that a program makes on them, and hands on all others as system calls:
// dlsym would reach sanitizers before they are ready. Which cameras there are and what they do is
// said by files (fake_settings.h), at any time and by any process. Since they are plain files,
// listing them, watching their folder and links to them work by themselves.

#include "tests/fake_camera/fake_device.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MAX_DEVICES 16

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local bool inside; // the driver's own files are nobody's camera
static struct device devices[MAX_DEVICES];

static void enter(void) {
    pthread_mutex_lock(&lock);
    inside = true;
}

static void leave(void) {
    inside = false;
    pthread_mutex_unlock(&lock);
}

// Of a file descriptor; 0 gives a free one. NULL: none.
static struct device *device_of(int fd) {
    for (struct device *d = devices; d < devices + MAX_DEVICES; d++) {
        if (d->fd == fd) {
            return d;
        }
    }
    return NULL;
}

// Whether the path, or what it links to, is a camera; real is its own path then.
static bool is_camera(const char *path, char real[PATH_MAX]) {
    const char *root = getenv("SMILECAM_DEV_ROOT");
    size_t n = root ? strlen(root) : 0;
    char folder[PATH_MAX];
    int number;
    if (n == 0 || strncmp(path, root, n) != 0 || !realpath(path, real) || !realpath(root, folder)) {
        return false;
    }
    n = strlen(folder);
    return strncmp(real, folder, n) == 0 && sscanf(real + n, "/video%d", &number) == 1;
}

static int open_camera(const char *path) {
    enter();
    struct device *device = device_of(0);
    int error = device ? device_open(device, path) : EMFILE;
    int fd = error ? -1 : device->fd;
    leave();
    errno = error;
    return fd;
}

int open(const char *path, int flags, ...) {
    char real[PATH_MAX];
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(args, mode_t) : 0;
    va_end(args);
    if (inside || !is_camera(path, real)) {
        return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    }
    return open_camera(real);
}

int close(int fd) {
    if (fd > 0 && !inside) {
        enter();
        struct device *device = device_of(fd);
        if (device) {
            device_close(device);
        }
        leave();
    }
    return (int)syscall(SYS_close, fd);
}

int ioctl(int fd, unsigned long request, ...) {
    va_list args;
    va_start(args, request);
    void *argument = va_arg(args, void *);
    va_end(args);
    enter();
    struct device *device = fd > 0 ? device_of(fd) : NULL;
    int result = device ? device_answer(device, (unsigned int)request, argument) : 0;
    int error = errno;
    leave();
    errno = error;
    return device ? result : (int)syscall(SYS_ioctl, fd, request, argument);
}

ssize_t write(int fd, const void *bytes, size_t n) {
    struct device *device = fd > 0 && !inside ? device_of(fd) : NULL;
    if (!device) {
        return syscall(SYS_write, fd, bytes, n);
    }
    enter();
    long written = device_write(device, bytes, n);
    int error = errno;
    leave();
    errno = error;
    return written;
}

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
    const struct device *device = fd > 0 ? device_of(fd) : NULL;
    int real = device ? device->memory : fd;
    return (void *)syscall(SYS_mmap, address, length, protection, flags, real, offset);
}

// ---- waiting for a frame ----

static long long now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * NS_PER_S + t.tv_nsec;
}

static struct device *first_device(int n, const fd_set *files) {
    for (struct device *d = devices; files && d < devices + MAX_DEVICES; d++) {
        if (d->fd > 0 && d->fd < n && FD_ISSET(d->fd, files)) {
            return d;
        }
    }
    return NULL;
}

static int wait_for_frame(struct device *device, const struct timeval *patience) {
    long long until =
        patience ? now_ns() + patience->tv_sec * NS_PER_S + patience->tv_usec * 1000ll : INT64_MAX;
    for (;;) {
        enter();
        bool ready = device_ready(device);
        long long wait_ns = device_patience_ns(device);
        leave();
        if (ready || now_ns() >= until) {
            return ready;
        }
        nanosleep(&(struct timespec){wait_ns / NS_PER_S, wait_ns % NS_PER_S}, NULL);
    }
}

int select(int n, fd_set *in, fd_set *out, fd_set *except, struct timeval *patience) {
    struct device *device = first_device(n, in);
    if (!device) {
        return (int)syscall(
            SYS_pselect6, n, in, out, except,
            patience ? &(struct timespec){patience->tv_sec, patience->tv_usec * 1000} : NULL, NULL);
    }
    int ready = wait_for_frame(device, patience);
    FD_ZERO(in);
    if (ready) {
        FD_SET(device->fd, in);
    }
    return ready;
}

// The names that programs built for large files use; on 64-bit machines the same functions.
int open64(const char *path, int flags, ...) __attribute__((alias("open")));
void *mmap64(void *, size_t, int, int, int, off64_t) __attribute__((alias("mmap")));

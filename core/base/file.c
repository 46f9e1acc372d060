// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/base/file.h"

#include "core/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool read_all(int fd, char *bytes, size_t len) {
    for (size_t done = 0; done < len;) {
        ssize_t n = read(fd, bytes + done, len - done);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            errno = n == 0 ? EIO : errno;
            return false;
        }
        done += (size_t)n;
    }
    return true;
}

void *file_read(const char *path, size_t max, size_t *len) {
    char *bytes = NULL;
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); // a FIFO must not hang us
    if (fd < 0 || fstat(fd, &info) < 0) {
        goto fail;
    }
    if (!S_ISREG(info.st_mode) || (size_t)info.st_size > max) {
        LOG(ERROR, "%s: %s", path,
            S_ISREG(info.st_mode) ? "the file is too large" : "not a plain file");
        goto silent;
    }
    bytes = malloc((size_t)info.st_size + 1);
    if (!bytes || !read_all(fd, bytes, (size_t)info.st_size)) {
        goto fail;
    }
    close(fd);
    bytes[info.st_size] = 0;
    if (len) {
        *len = (size_t)info.st_size;
    }
    return bytes;
fail:
    LOG(ERROR, "%s: cannot be read: %s", path, strerror(errno));
silent:
    free(bytes);
    if (fd >= 0) {
        close(fd);
    }
    return NULL;
}

static bool is_plain(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

void file_remove(const char *path) {
    if (is_plain(path)) {
        unlink(path);
    }
}

static bool write_all(int fd, const char *bytes, size_t len) {
    for (size_t done = 0; done < len;) {
        ssize_t n = write(fd, bytes + done, len - done);
        if (n < 0 && errno != EINTR) {
            return false;
        }
        done += n > 0 ? (size_t)n : 0;
    }
    return true;
}

// Of a name that is nearly as long as one may be, only the beginning is used.
#define MOST_NAME_BYTES 200

static int open_temporary(const char *path, char *temporary, size_t room) {
    static atomic_uint count;
    const char *slash = strrchr(path, '/');
    size_t folder = slash ? (size_t)(slash + 1 - path) : 0;
    size_t base = strnlen(path + folder, MOST_NAME_BYTES);
    int fd;
    do {
        snprintf(temporary, room, "%.*s.%ld-%u.part", (int)(folder + base), path, (long)getpid(),
                 atomic_fetch_add(&count, 1));
        fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    } while (fd < 0 && errno == EEXIST);
    return fd;
}

// False, with errno, on failure.
static bool replace(const char *path, const void *bytes, size_t len) {
    size_t room = strlen(path) + 48;
    char *temporary = malloc(room);
    int fd = temporary ? open_temporary(path, temporary, room) : -1;
    bool ok = fd >= 0;
    if (ok) {
        ok = write_all(fd, bytes, len) && fsync(fd) == 0;
        ok = (close(fd) == 0) & ok;
        ok = ok && rename(temporary, path) == 0;
        int error = errno;
        if (!ok) {
            unlink(temporary);
        }
        errno = error;
    }
    free(temporary);
    return ok;
}

bool file_write(const char *path, const void *bytes, size_t len) {
    if (access(path, F_OK) == 0 && !is_plain(path)) {
        LOG(ERROR, "%s: not a plain file; name another output", path);
        return false;
    }
    char *target = realpath(path, NULL);
    bool ok = replace(target ? target : path, bytes, len);
    if (!ok) {
        LOG(ERROR, "%s: cannot be written: %s", path, strerror(errno));
    }
    free(target);
    return ok;
}

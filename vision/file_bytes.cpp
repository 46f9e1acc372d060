// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/file_bytes.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const std::size_t CHUNK = 1 << 20;

// Reads to the end or to one byte past limit, whatever the file's stated size: it may be a pipe, or
// growing.
static const char *read_all(int fd, std::size_t limit, file_bytes &bytes) {
    std::size_t n = 0;
    for (;;) {
        if (n == bytes.size()) {
            bytes.resize(std::min(std::max(2 * n, CHUNK), limit + 1));
        }
        ssize_t got = read(fd, bytes.data() + n, bytes.size() - n);
        if (got < 0 && errno != EINTR) {
            return strerror(errno);
        }
        n += got > 0 ? (std::size_t)got : 0;
        if (got == 0 || n > limit) {
            bytes.resize(n);
            return n > limit ? "it is too large" : n == 0 ? "it is empty" : nullptr;
        }
    }
}

const char *file_bytes_read(const char *path, std::size_t limit, file_bytes &bytes) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return strerror(errno);
    }
    struct closer {
        int fd;
        ~closer() { close(fd); }
    } closer{fd};
    struct stat status;
    if (fstat(fd, &status) != 0) {
        return strerror(errno);
    }
    if (S_ISDIR(status.st_mode)) {
        return "it is a folder";
    }
    bytes.resize(S_ISREG(status.st_mode) ? std::min((std::size_t)status.st_size, limit) + 1 : 0);
    return read_all(fd, limit, bytes);
}

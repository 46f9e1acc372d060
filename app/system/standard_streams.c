// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/standard_streams.h"

#include "core/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

// A new file gets the lowest free number.
void standard_streams_keep(void) {
    static const int modes[] = {O_WRONLY, O_RDONLY, O_WRONLY}; // input and output stay unusable
    for (int file = STDIN_FILENO; file <= STDERR_FILENO; file++) {
        if (fcntl(file, F_GETFD) < 0 && errno == EBADF && open("/dev/null", modes[file]) < 0) {
            return;
        }
    }
}

bool standard_output_reader_gone(void) {
    struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&output, 1, 0) > 0 && (output.revents & (POLLERR | POLLHUP)) != 0;
}

const char *output_problem(int error) {
    return error == EBADF ? "it is closed" : strerror(error);
}

bool standard_output_fail(void) {
    int error = errno;
    if (error != EPIPE && !standard_output_reader_gone()) {
        LOG(ERROR, "standard output: cannot be written: %s", output_problem(error));
    }
    return false;
}

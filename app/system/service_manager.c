// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/service_manager.h"

#include "core/base/log.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

// A path, or a name behind "@" for a socket without a file. False when it is neither.
static bool address_make(const char *name, struct sockaddr_un *address, socklen_t *size) {
    size_t n = strlen(name);
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if ((name[0] != '/' && name[0] != '@') || n >= sizeof address->sun_path) {
        return false;
    }
    memcpy(address->sun_path, name, n);
    address->sun_path[0] = name[0] == '@' ? '\0' : '/';
    *size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
    return true;
}

static bool send_to(const char *name, const char *state) {
    struct sockaddr_un address;
    socklen_t size;
    if (!address_make(name, &address, &size)) {
        errno = EINVAL;
        return false;
    }
    int to = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (to < 0) {
        return false;
    }
    const struct sockaddr *there = (const struct sockaddr *)(const void *)&address;
    bool good = sendto(to, state, strlen(state), MSG_NOSIGNAL, there, size) >= 0;
    int error = errno;
    close(to);
    errno = error;
    return good;
}

void service_manager_send(const char *state) {
    static bool reported;
    const char *name = getenv("NOTIFY_SOCKET");
    if (name && *name && !send_to(name, state) && !reported) {
        LOG(WARNING, "NOTIFY_SOCKET=%s: cannot notify systemd: %s", name, strerror(errno));
        reported = true;
    }
}

int64_t service_manager_watchdog_ns(void) {
    const char *text = getenv("WATCHDOG_USEC");
    char *end;
    errno = 0;
    long long us = text ? strtoll(text, &end, 10) : 0;
    return us > 0 && errno == 0 && *end == '\0' && us < INT64_MAX / 1000 ? us * 1000 : 0;
}

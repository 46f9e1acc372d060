// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/window/window_private.h"

#include "core/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

// SDL's own choice may be a driver that shows nothing; only a user who names one wants that.
static bool driver_shows(void) {
    const char *asked = getenv("SDL_VIDEODRIVER"), *got = SDL_GetCurrentVideoDriver();
    if (asked && *asked) {
        return true;
    }
    return got && strcmp(got, "dummy") != 0 && strcmp(got, "offscreen") != 0 &&
           strcmp(got, "evdev") != 0;
}

static bool video_start(void) {
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1"); // the program has its own
    SDL_SetHint(SDL_HINT_APP_NAME, "smilecam");
    SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
    if (SDL_InitSubSystem(SDL_INIT_VIDEO) != 0) {
        return false;
    }
    if (driver_shows()) {
        return true;
    }
    SDL_QuitSubSystem(SDL_INIT_VIDEO);
    SDL_SetError("no display");
    return false;
}

bool window_start_video(void) {
    if (video_start()) {
        return true;
    }
    LOG(ERROR,
        "no window can be opened (%s); start it on a desktop or console, or use --headless with "
        "--record or --events",
        SDL_GetError());
    return false;
}

#define PROBE_MS 5000

// The answer arrives through the pipe, if ever.
static bool probe_wait(int from, pid_t child) {
    struct pollfd wait = {.fd = from, .events = POLLIN};
    char yes = 0;
    int ready;
    do {
        ready = poll(&wait, 1, PROBE_MS);
    } while (ready < 0 && errno == EINTR);
    if (ready <= 0 || read(from, &yes, 1) != 1) {
        yes = 0;
    }
    if (ready <= 0) {
        kill(child, SIGKILL);
    }
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
    }
    return yes;
}

static void silence(void) {
    int null = open("/dev/null", O_WRONLY);
    if (null >= 0) {
        dup2(null, STDERR_FILENO);
    }
}

// In a process of its own: a display on a far host that does not answer would hang this one, and
// whatever a driver leaves behind goes with it.
bool window_possible(void) {
    int ends[2];
    if (SDL_WasInit(SDL_INIT_VIDEO)) {
        return driver_shows();
    }
    if (pipe(ends) != 0) {
        return false;
    }
    pid_t child = fork();
    if (child == 0) {
        silence(); // libraries complain of what was only tried
        char yes = video_start();
        ssize_t written = write(ends[1], &yes, 1);
        if (yes) {
            SDL_QuitSubSystem(SDL_INIT_VIDEO);
        }
        _exit(written == 1 ? 0 : 1);
    }
    close(ends[1]);
    bool possible = child > 0 && probe_wait(ends[0], child);
    close(ends[0]);
    return possible;
}

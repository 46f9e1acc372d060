// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sinks/segments.h"

#include "core/base/log.h"
#include "app/video/media_time.h"
#include "app/system/path_name.h"
#include "app/system/worker_thread.h"
#include "app/video/container.h"
#include "app/sinks/encoder.h"
#include "app/sinks/highlights.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define CHECK_NS (NS_PER_S / 2) // between two looks at the disk

// A full file on its way to be complete, which for an MP4 takes a while.
struct closing {
    pthread_t thread;
    bool running;
    struct encoder *encoder;
    struct highlights highlights;
    char name[PATH_MAX];
    int64_t next_ns;
    bool good;
};

struct segments {
    char *path, *folder;
    struct record_options options;
    struct encoder *encoder;
    struct closing closing;
    struct highlights highlights; // of the present file
    int first, number;            // of the files; both 0: there is but one
    char name[PATH_MAX];
    struct stat file; // what name was when it was opened
    int64_t begin_ns; // of the present file
    int64_t checked_ns;
    bool failed;
};

// ---- names ----

bool segments_name(const char *path, int number, char *name, size_t size) {
    char words[16] = "";
    if (number > 0) {
        snprintf(words, sizeof words, "-%03d", number);
    }
    return path_insert(path, words, name, size);
}

static bool is_segmented(const struct segments *reel) {
    return reel->options.wishes.segment_ns > 0 || reel->options.wishes.segment_bytes > 0;
}

// A live recording goes on behind the files that are there: those cannot be made again.
static bool choose_name(struct segments *reel) {
    bool fits = true;
    do {
        reel->number += is_segmented(reel);
        fits = segments_name(reel->path, reel->number, reel->name, sizeof reel->name);
    } while (fits && reel->options.live && reel->number > 0 && access(reel->name, F_OK) == 0);
    if (!fits) {
        LOG(ERROR, "%s: this name is too long", reel->path);
    }
    return fits;
}

// ---- the disk ----

static void format_bytes(int64_t bytes, char text[32]) {
    double mb = (double)bytes * 1e-6;
    snprintf(text, 32, mb < 1000 ? "%.0f MB" : "%.1f GB", mb < 1000 ? mb : mb / 1000);
}

// An MP4 takes its size once more when it is made whole.
static bool has_room(const struct segments *reel) {
    int64_t wanted = reel->options.wishes.keep_free_bytes;
    struct statvfs disk;
    if (wanted == 0 || statvfs(reel->folder, &disk) != 0) {
        return true;
    }
    int64_t left = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
    if (reel->encoder && container_of_path(reel->path)->fragments) {
        left -= encoder_size(reel->encoder);
    }
    if (left >= wanted) {
        return true;
    }
    char there[32], floor[32];
    format_bytes(left > 0 ? left : 0, there);
    format_bytes(wanted, floor);
    LOG(ERROR, "%s: %s are left on this disk, and %s are to stay free (--keep-free); %s",
        reel->encoder ? reel->name : reel->path, there, floor,
        reel->encoder ? "the recording ends here, complete so far" : "make room first");
    return false;
}

static bool is_there(const struct segments *reel) {
    struct stat now;
    if (!reel->file.st_ino || (stat(reel->name, &now) == 0 && now.st_ino == reel->file.st_ino &&
                               now.st_dev == reel->file.st_dev)) {
        return true;
    }
    LOG(ERROR, "%s: has been removed or replaced; the recording ends here", reel->name);
    return false;
}

static bool check_disk(struct segments *reel) {
    int64_t now_ns = clock_now_ns();
    if (now_ns - reel->checked_ns < CHECK_NS) {
        return true;
    }
    reel->checked_ns = now_ns;
    return is_there(reel) && has_room(reel);
}

// ---- one file after the other ----

static bool open_file(struct segments *reel) {
    if (!choose_name(reel)) {
        return false;
    }
    reel->encoder = encoder_create(reel->name, &reel->options, reel->begin_ns);
    bool standard = strcmp(reel->path, "-") == 0;
    if (standard || !reel->encoder || stat(reel->name, &reel->file) != 0) {
        reel->file = (struct stat){0};
    }
    return reel->encoder;
}

static void *close_file(void *opaque) {
    struct closing *closing = opaque;
    closing->good = encoder_close(closing->encoder, closing->next_ns) &&
                    highlights_write(&closing->highlights, closing->name);
    highlights_finish(&closing->highlights);
    return NULL;
}

static bool wait_for_closing(struct segments *reel) {
    struct closing *closing = &reel->closing;
    if (closing->running) {
        pthread_join(closing->thread, NULL);
        closing->running = false;
        reel->failed = reel->failed || !closing->good;
    }
    return !reel->failed;
}

static bool is_full(const struct segments *reel, int64_t media_ns) {
    const struct record_wishes *wishes = &reel->options.wishes;
    bool empty = media_ns <= reel->begin_ns;
    return !empty &&
           ((wishes->segment_ns > 0 && media_ns - reel->begin_ns >= wishes->segment_ns) ||
            (wishes->segment_bytes > 0 && encoder_size(reel->encoder) >= wishes->segment_bytes));
}

static bool change_file(struct segments *reel, int64_t media_ns) {
    if (!wait_for_closing(reel)) {
        return false;
    }
    struct closing *closing = &reel->closing;
    closing->encoder = reel->encoder;
    closing->highlights = reel->highlights;
    memcpy(closing->name, reel->name, sizeof closing->name);
    closing->next_ns = media_ns - reel->begin_ns;
    reel->encoder = NULL;
    highlights_restart(&reel->highlights);
    closing->running = worker_thread_start(&closing->thread, close_file, closing);
    if (!closing->running) {
        close_file(closing);
        reel->failed = !closing->good;
    }
    reel->begin_ns = media_ns;
    return !reel->failed && open_file(reel);
}

struct segments *segments_create(const char *path, const struct record_options *options) {
    struct segments *reel = calloc(1, sizeof *reel);
    char *copy = strdup(path);
    if (!reel || !copy || !(reel->path = strdup(path)) || !(reel->folder = strdup(dirname(copy)))) {
        LOG(ERROR, "%s: no memory to record", path);
        goto fail;
    }
    reel->options = *options;
    reel->highlights.around_ns = options->wishes.clip_ns;
    if (!has_room(reel) || !open_file(reel)) {
        goto fail;
    }
    reel->first = reel->number;
    free(copy);
    return reel;
fail:
    free(copy);
    segments_close(reel);
    return NULL;
}

bool segments_write(struct segments *reel, const struct image *picture, int64_t media_ns) {
    bool good = !reel->failed && check_disk(reel) &&
                (!is_full(reel, media_ns) || change_file(reel, media_ns)) &&
                encoder_write(reel->encoder, picture, media_ns - reel->begin_ns);
    reel->failed = reel->failed || !good;
    return good;
}

void segments_note(struct segments *reel, const struct smile_event *event, int64_t media_ns,
                   int smile) {
    int64_t begin_ns = media_ns - reel->begin_ns;
    encoder_note(reel->encoder, event, begin_ns > 0 ? begin_ns : 0, smile);
    if (reel->highlights.around_ns > 0) {
        highlights_note(&reel->highlights, event, begin_ns);
    }
}

int segments_n_files(const struct segments *reel) {
    return reel->number - reel->first + 1;
}

bool segments_close(struct segments *reel) {
    if (!reel) {
        return true;
    }
    bool good = wait_for_closing(reel);
    bool whole = encoder_close(reel->encoder, -1);
    good = whole && highlights_write(&reel->highlights, reel->name) && good;
    highlights_finish(&reel->highlights);
    free(reel->path);
    free(reel->folder);
    free(reel);
    return good;
}

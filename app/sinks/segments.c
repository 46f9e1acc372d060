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
    const struct segments *segments;
    struct highlights highlights;
    char name[PATH_MAX], path[PATH_MAX];
    int64_t next_ns;
    bool good;
};

struct segments {
    char *path, *folder;
    struct encoder_options video;
    struct segment_limits limits;
    struct encoder *encoder;
    struct closing closing;
    struct highlights highlights; // of the present file
    int first, number;            // of the files; both 0: there is but one
    char name[PATH_MAX],
        path_now[PATH_MAX]; // of the present one, and what it is called on the disk
    struct stat file;       // what that was when it was opened
    int64_t begin_ns;       // of the present file
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

static bool is_segmented(const struct segments *segments) {
    return segment_limits_split(&segments->limits);
}

// path: PATH_MAX bytes.
static bool name_on_disk(const struct segments *segments, const char *name, char *path) {
    bool standard = strcmp(name, "-") == 0;
    return segments->video.parts && !standard ? path_part(name, path, PATH_MAX)
                                              : path_insert(name, "", path, PATH_MAX);
}

// A live recording goes on behind the files that are there: those cannot be made again.
static bool choose_name(struct segments *segments) {
    bool fits = true;
    do {
        segments->number += is_segmented(segments);
        fits =
            segments_name(segments->path, segments->number, segments->name, sizeof segments->name);
    } while (fits && segments->video.live && segments->number > 0 &&
             access(segments->name, F_OK) == 0);
    fits = fits && name_on_disk(segments, segments->name, segments->path_now);
    if (!fits) {
        LOG(ERROR, "%s: this name is too long", segments->path);
    }
    return fits;
}

// ---- the disk ----

static void format_bytes(int64_t bytes, char text[32]) {
    double mb = (double)bytes * 1e-6;
    snprintf(text, 32, mb < 1000 ? "%.0f MB" : "%.1f GB", mb < 1000 ? mb : mb / 1000);
}

// An MP4 takes its size once more when it is made whole.
static bool has_room(const struct segments *segments) {
    int64_t wanted = segments->limits.keep_free_bytes;
    struct statvfs disk;
    if (wanted == 0 || statvfs(segments->folder, &disk) != 0) {
        return true;
    }
    int64_t left = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
    if (segments->encoder && container_of_path(segments->path)->fragments) {
        left -= encoder_size(segments->encoder);
    }
    if (left >= wanted) {
        return true;
    }
    char there[32], floor[32];
    format_bytes(left > 0 ? left : 0, there);
    format_bytes(wanted, floor);
    LOG(ERROR, "%s: %s are left on this disk, and %s are to stay free (--keep-free); %s",
        segments->encoder ? segments->name : segments->path, there, floor,
        segments->encoder ? "the recording ends here, complete so far" : "make room first");
    return false;
}

static bool is_there(const struct segments *segments) {
    struct stat now;
    if (!segments->file.st_ino ||
        (stat(segments->path_now, &now) == 0 && now.st_ino == segments->file.st_ino &&
         now.st_dev == segments->file.st_dev)) {
        return true;
    }
    LOG(ERROR, "%s: has been removed or replaced; the recording ends here", segments->name);
    return false;
}

static bool check_disk(struct segments *segments) {
    int64_t now_ns = clock_now_ns();
    if (now_ns - segments->checked_ns < CHECK_NS) {
        return true;
    }
    segments->checked_ns = now_ns;
    return is_there(segments) && has_room(segments);
}

// ---- one file after the other ----

static bool open_file(struct segments *segments) {
    if (!choose_name(segments)) {
        return false;
    }
    segments->encoder =
        encoder_create(segments->path_now, segments->name, &segments->video, segments->begin_ns);
    bool standard = strcmp(segments->path, "-") == 0;
    if (standard || !segments->encoder || stat(segments->path_now, &segments->file) != 0) {
        segments->file = (struct stat){0};
    }
    return segments->encoder;
}

static bool cut_smiles(const struct segments *segments, const struct highlights *highlights,
                       const char *name, const char *path) {
    char own[PATH_MAX], on_disk[PATH_MAX];
    if (highlights->n == 0) {
        return true;
    }
    if (!highlights_name(name, own, sizeof own) || !name_on_disk(segments, own, on_disk)) {
        LOG(ERROR, "%s: its smiles cannot be cut out: this name is too long with -smiles", name);
        return false;
    }
    return highlights_write(highlights, path, name, on_disk);
}

static void *close_file(void *opaque) {
    struct closing *closing = opaque;
    closing->good =
        encoder_close(closing->encoder, closing->next_ns) &&
        cut_smiles(closing->segments, &closing->highlights, closing->name, closing->path);
    highlights_finish(&closing->highlights);
    return NULL;
}

static bool wait_for_closing(struct segments *segments) {
    struct closing *closing = &segments->closing;
    if (closing->running) {
        pthread_join(closing->thread, NULL);
        closing->running = false;
        segments->failed = segments->failed || !closing->good;
    }
    return !segments->failed;
}

static bool is_full(const struct segments *segments, int64_t media_ns) {
    const struct segment_limits *limits = &segments->limits;
    bool empty = media_ns <= segments->begin_ns;
    return !empty &&
           ((limits->segment_ns > 0 && media_ns - segments->begin_ns >= limits->segment_ns) ||
            (limits->segment_bytes > 0 &&
             encoder_size(segments->encoder) >= limits->segment_bytes));
}

static bool change_file(struct segments *segments, int64_t media_ns) {
    if (!wait_for_closing(segments)) {
        return false;
    }
    struct closing *closing = &segments->closing;
    closing->segments = segments;
    closing->encoder = segments->encoder;
    closing->highlights = segments->highlights;
    memcpy(closing->name, segments->name, sizeof closing->name);
    memcpy(closing->path, segments->path_now, sizeof closing->path);
    closing->next_ns = media_ns - segments->begin_ns;
    segments->encoder = NULL;
    highlights_restart(&segments->highlights);
    closing->running = worker_thread_start(&closing->thread, close_file, closing);
    if (!closing->running) {
        close_file(closing);
        segments->failed = !closing->good;
    }
    segments->begin_ns = media_ns;
    return !segments->failed && open_file(segments);
}

struct segments *segments_create(const char *path, const struct encoder_options *video,
                                 const struct segment_limits *limits) {
    struct segments *segments = calloc(1, sizeof *segments);
    char *copy = strdup(path);
    if (!segments || !copy || !(segments->path = strdup(path)) ||
        !(segments->folder = strdup(dirname(copy)))) {
        log_no_memory("recording to %s", path);
        goto fail;
    }
    segments->video = *video;
    segments->limits = *limits;
    segments->highlights.around_ns = limits->clip_ns;
    if (!has_room(segments) || !open_file(segments)) {
        goto fail;
    }
    segments->first = segments->number;
    free(copy);
    return segments;
fail:
    free(copy);
    segments_close(segments);
    return NULL;
}

bool segments_write(struct segments *segments, const struct image *picture, int64_t media_ns,
                    int64_t duration_ns) {
    bool good =
        !segments->failed && check_disk(segments) &&
        (!is_full(segments, media_ns) || change_file(segments, media_ns)) &&
        encoder_write(segments->encoder, picture, media_ns - segments->begin_ns, duration_ns);
    segments->failed = segments->failed || !good;
    return good;
}

void segments_add_event(struct segments *segments, const struct smile_event *event,
                        int64_t media_ns, int smile) {
    int64_t begin_ns = media_ns - segments->begin_ns;
    encoder_add_event(segments->encoder, event, begin_ns > 0 ? begin_ns : 0, smile);
    if (segments->highlights.around_ns > 0) {
        highlights_add_event(&segments->highlights, event, begin_ns);
    }
}

int segments_n_files(const struct segments *segments) {
    return segments->number - segments->first + 1;
}

const char *segments_present(const struct segments *segments, int64_t *begin_ns) {
    *begin_ns = segments->begin_ns;
    return segments->name;
}

bool segments_close(struct segments *segments) {
    if (!segments) {
        return true;
    }
    bool good = wait_for_closing(segments);
    bool whole = encoder_close(segments->encoder, -1);
    good = whole &&
           cut_smiles(segments, &segments->highlights, segments->name, segments->path_now) && good;
    highlights_finish(&segments->highlights);
    free(segments->path);
    free(segments->folder);
    free(segments);
    return good;
}

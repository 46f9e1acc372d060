// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sinks/counts.h"

#include "core/base/file.h"
#include "core/base/log.h"
#include "app/system/clock.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define HEADER "hour,faces,smiles\n"
#define HOUR_LEN 13 // 2026-11-25T14
#define LINE_LEN 64
#define MAX_BYTES ((size_t)16 << 20)
#define SAVE_EVERY_S 60
#define RETRY_EVERY_S 600 // after a failure
#define MAX_SET_ASIDE 100

struct hour {
    char name[HOUR_LEN + 1];
    long faces, smiles;
};

struct counts_sink {
    struct sink base;
    char *path;
    struct hour *hours;
    size_t n, capacity;
    size_t present; // index of the last hour that was counted in
    bool changed;
    int64_t due_ns; // CLOCK_MONOTONIC; of the next write
};

static void hour_now(char name[HOUR_LEN + 1]) {
    time_t now = time(NULL);
    struct tm parts;
    localtime_r(&now, &parts);
    strftime(name, HOUR_LEN + 1, "%Y-%m-%dT%H", &parts);
}

// ---- the hours ----

static struct hour *add_hour(struct counts_sink *sink, const char *name) {
    if (sink->n == sink->capacity) {
        size_t capacity = sink->capacity ? 2 * sink->capacity : 64;
        struct hour *hours = realloc(sink->hours, capacity * sizeof *hours);
        if (!hours) {
            log_no_memory("the counts of %s", sink->path);
            return NULL;
        }
        sink->hours = hours;
        sink->capacity = capacity;
    }
    struct hour *hour = &sink->hours[sink->n++];
    *hour = (struct hour){0};
    memcpy(hour->name, name, HOUR_LEN);
    return hour;
}

// A clock that is set back comes to an hour again.
static struct hour *find_hour(struct counts_sink *sink, const char *name) {
    if (sink->present < sink->n && strcmp(sink->hours[sink->present].name, name) == 0) {
        return &sink->hours[sink->present];
    }
    for (sink->present = 0; sink->present < sink->n; sink->present++) {
        if (strcmp(sink->hours[sink->present].name, name) == 0) {
            return &sink->hours[sink->present];
        }
    }
    return add_hour(sink, name);
}

static bool parse(struct counts_sink *sink, const char *text) {
    size_t header = strlen(HEADER);
    if (strncmp(text, HEADER, header) != 0) {
        return false;
    }
    for (text += header; *text;) {
        char name[HOUR_LEN + 1];
        long faces, smiles;
        int len = 0;
        if (sscanf(text, "%13[0-9T-],%9ld,%9ld%n", name, &faces, &smiles, &len) != 3 ||
            text[len] != '\n' || strlen(name) != HOUR_LEN || faces < 0 || smiles < 0) {
            return false;
        }
        struct hour *hour = add_hour(sink, name);
        if (!hour) {
            return false;
        }
        hour->faces = faces;
        hour->smiles = smiles;
        text += len + 1;
    }
    return true;
}

// ---- the file ----

static bool save(struct counts_sink *sink) {
    char *text = malloc(strlen(HEADER) + sink->n * LINE_LEN + 1);
    if (!text) {
        return log_no_memory("writing the counts to %s", sink->path);
    }
    size_t len = (size_t)sprintf(text, HEADER);
    for (size_t i = 0; i < sink->n; i++) {
        const struct hour *hour = &sink->hours[i];
        len += (size_t)snprintf(text + len, LINE_LEN, "%s,%ld,%ld\n", hour->name, hour->faces,
                                hour->smiles);
    }
    bool good = file_write(sink->path, text, len);
    free(text);
    sink->due_ns = clock_now_ns() + (good ? SAVE_EVERY_S : RETRY_EVERY_S) * NS_PER_S;
    sink->changed = sink->changed && !good;
    return good;
}

// Ours, once: it has the header, or a crash left it empty or full of zeros.
static bool was_ours(const char *text) {
    return *text == '\0' || strncmp(text, HEADER, strlen(HEADER)) == 0;
}

// Under the first name that is free.
static bool set_aside(const struct counts_sink *sink) {
    char name[PATH_MAX];
    for (int i = 1; i < MAX_SET_ASIDE; i++) {
        snprintf(name, sizeof name, "%s.damaged-%d", sink->path, i);
        if (access(name, F_OK) != 0) {
            if (rename(sink->path, name) != 0) {
                break;
            }
            LOG(WARNING, "%s: is damaged; kept as %s, and gone on with what could be read",
                sink->path, name);
            return true;
        }
    }
    LOG(ERROR, "%s: is damaged and cannot be renamed; move it away", sink->path);
    return false;
}

static bool load(struct counts_sink *sink) {
    if (access(sink->path, F_OK) != 0) {
        return true;
    }
    char *text = file_read(sink->path, MAX_BYTES, NULL);
    bool good = text != NULL;
    if (text && !parse(sink, text)) {
        good = was_ours(text);
        if (good) {
            good = set_aside(sink);
        } else {
            LOG(ERROR, "%s: holds no counts of smilecam; name another file or move it away",
                sink->path);
        }
    }
    free(text);
    return good;
}

static bool make_folders(const char *path) {
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
            LOG(ERROR, "%s: this folder cannot be made: %s", folder, strerror(errno));
            return false;
        }
        *slash = '/';
    }
    return true;
}

bool counts_default_path(char *path, size_t size) {
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    int n = -1;
    if (state && *state == '/') {
        n = snprintf(path, size, "%s/smilecam/counts.csv", state);
    } else if (home && *home == '/') {
        n = snprintf(path, size, "%s/.local/state/smilecam/counts.csv", home);
    }
    return n > 0 && n < (int)size;
}

// ---- the sink ----

static bool counts_write(struct sink *base, const struct frame *frame,
                         const struct analysis *analysis) {
    struct counts_sink *sink = (struct counts_sink *)base;
    char name[HOUR_LEN + 1];
    (void)frame;
    for (int i = 0; i < analysis->n_events; i++) {
        enum smile_event_kind kind = analysis->events[i].kind;
        if (kind != EVENT_FACE_ENTER && kind != EVENT_SMILE_START) {
            continue;
        }
        hour_now(name);
        struct hour *hour = find_hour(sink, name);
        if (hour) {
            hour->faces += kind == EVENT_FACE_ENTER;
            hour->smiles += kind == EVENT_SMILE_START;
            sink->changed = true;
        }
    }
    if (sink->changed && clock_now_ns() >= sink->due_ns) {
        save(sink);
    }
    return true;
}

static bool counts_close(struct sink *base) {
    struct counts_sink *sink = (struct counts_sink *)base;
    bool good = !sink->changed || save(sink);
    free(sink->hours);
    free(sink->path);
    free(sink);
    return good;
}

long counts_smiles_today(const struct sink *base) {
    const struct counts_sink *sink = (const struct counts_sink *)base;
    char name[HOUR_LEN + 1];
    long smiles = 0;
    hour_now(name);
    for (size_t i = 0; i < sink->n; i++) {
        smiles += strncmp(sink->hours[i].name, name, HOUR_LEN - 3) == 0 ? sink->hours[i].smiles : 0;
    }
    return smiles;
}

static const struct sink_driver counts_driver = {"counts", counts_write, counts_close};

struct sink *counts_create(const char *path) {
    struct counts_sink *sink = calloc(1, sizeof *sink);
    if (!sink || !(sink->path = strdup(path))) {
        log_no_memory("the counts of %s", path);
        free(sink);
        return NULL;
    }
    sink->base.driver = &counts_driver;
    if (!make_folders(path) || !load(sink)) {
        counts_close(&sink->base);
        return NULL;
    }
    save(sink); // so that it is known now whether it can be written
    return &sink->base;
}

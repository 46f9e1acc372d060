// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sources/source.h"

#include "core/base/log.h"
#include "app/sources/camera_list.h"
#include "app/system/file_row.h"
#include "vision/vision.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIGITS "0123456789"
#define LETTERS_AND_DIGITS DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool set_place(struct source_place *place, const struct source_driver *driver,
                      const char *argument) {
    place->driver = driver;
    place->automatic = false;
    place->name[0] = '\0';
    place->kind = CAMERA_UNASKED;
    int n = snprintf(place->argument, sizeof place->argument, "%s", argument);
    if (n < 0 || (size_t)n >= sizeof place->argument) {
        LOG(ERROR, "the name of the source is longer than %zu characters",
            sizeof place->argument - 1);
        return false;
    }
    return true;
}

static bool set_camera(struct source_place *place, const struct camera_entry *camera) {
    bool stable = camera->stable[0] != '\0';
    bool set = set_place(place, &source_camera, stable ? camera->stable : camera->path);
    snprintf(place->name, sizeof place->name, "%s", stable ? "" : camera->name);
    place->kind = camera->kind;
    return set;
}

// ---- a camera that nobody named ----

static const char *reason_against(const struct camera_entry *camera) {
    return camera->problem[0] ? camera->problem : camera_kind_drawback(camera->kind);
}

// Says which one was taken, and why not one that comes before it.
static void tell_choice(const struct camera_entry *ranked, int n, int chosen) {
    const struct camera_entry *taken = &ranked[chosen];
    bool told = chosen > 0;
    for (int i = chosen + 1; i < n; i++) {
        if (ranked[i].number < taken->number) {
            LOG(INFO, "camera %d (%s) is passed over: %s", ranked[i].number, ranked[i].name,
                log_words(reason_against(&ranked[i])));
            told = true;
        }
    }
    if (told || taken->kind > CAMERA_VIRTUAL) {
        LOG(INFO, "camera %d (%s) is used%s%s", taken->number, taken->name,
            taken->kind > CAMERA_VIRTUAL ? ", although " : "",
            taken->kind > CAMERA_VIRTUAL ? camera_kind_drawback(taken->kind) : "");
    }
}

static int list_ranked(struct camera_entry *cameras) {
    int n = camera_list(cameras, MAX_CAMERAS);
    camera_rank(cameras, n);
    return n;
}

static bool is_usable(const struct camera_entry *camera) {
    return !camera->problem[0];
}

// The best camera that opens, of this kind or a better one. NULL when there is none.
static struct source *open_any(struct source_place *place, const struct source_options *options,
                               enum camera_kind worst) {
    struct camera_entry cameras[MAX_CAMERAS];
    int n = list_ranked(cameras);
    struct source *source = NULL;
    for (int i = 0; i < n && !source; i++) {
        if (!is_usable(&cameras[i]) || cameras[i].kind > worst || !set_camera(place, &cameras[i])) {
            continue;
        }
        place->automatic = true;
        source = place->driver->create(place->argument, options);
        if (source) {
            tell_choice(cameras, n, i);
        }
    }
    return source;
}

static bool set_stand_in(struct source_place *place) {
    bool set = set_place(place, &source_demo, DEMO_STANDS_IN);
    place->automatic = true;
    return set;
}

static bool find_automatic(struct source_place *place) {
    struct camera_entry cameras[MAX_CAMERAS];
    int n = list_ranked(cameras);
    if (n > 0 && is_usable(&cameras[0])) {
        bool set = set_camera(place, &cameras[0]);
        place->automatic = true;
        return set;
    }
    for (int i = 0; i < n; i++) {
        LOG(WARNING, "camera %d (%s) cannot be opened: %s", cameras[i].number, cameras[i].name,
            log_words(cameras[i].problem));
    }
    LOG(INFO, n > 0 ? "no camera can be opened: here is the demo face instead"
                    : "no camera found: here is the demo face instead");
    return set_stand_in(place);
}

// ---- names ----

static bool is_number(const char *name) {
    return *name != '\0' && strspn(name, DIGITS) == strlen(name);
}

static bool find_camera(const char *name, struct source_place *place) {
    struct camera_entry camera;
    if (camera_find(name, &camera)) {
        return set_camera(place, &camera);
    }
    if (is_number(name)) {
        LOG(ERROR, "there is no camera %s; 'smilecam devices' lists the cameras", name);
    } else {
        LOG(ERROR,
            "%s: no such file, and no camera of this name; 'smilecam devices' lists the cameras",
            name);
    }
    return false;
}

static bool is_demo(const char *name) {
    return strcmp(name, "demo") == 0 || strcmp(name, "demo:talking") == 0;
}

const struct source_driver *source_of_path(const char *path) {
    struct stat status;
    if (file_row_is_pattern(path)) {
        return &source_folder;
    }
    if (stat(path, &status) != 0) {
        return NULL;
    }
    bool picture = S_ISDIR(status.st_mode) || (S_ISREG(status.st_mode) && picture_is_still(path));
    return picture ? &source_folder : &source_file;
}

bool source_find(const char *name, struct source_place *place) {
    struct stat status;
    struct camera_entry camera;
    if (strcmp(name, "auto") == 0) {
        return find_automatic(place);
    }
    if (is_demo(name)) {
        return set_place(place, &source_demo, strchr(name, ':') ? strchr(name, ':') + 1 : "");
    }
    if (strstr(name, "://")) {
        return set_place(place, &source_file, name);
    }
    if (camera_is_device_path(name) && camera_find(name, &camera)) {
        return set_camera(place, &camera);
    }
    if (file_row_is_pattern(name)) {
        return set_place(place, &source_folder, name);
    }
    if (is_number(name) || stat(name, &status) != 0) {
        return find_camera(name, place);
    }
    if (S_ISCHR(status.st_mode)) {
        return set_place(place, &source_camera, name);
    }
    return set_place(place, source_of_path(name), name);
}

// "talk.mp4" and "./talk", but not "HD Camera 2.0"
static bool looks_like_file(const char *name) {
    const char *dot = strrchr(name, '.');
    size_t n = dot ? strlen(dot + 1) : 0;
    bool extension =
        n >= 2 && n <= 4 && strspn(dot + 1, LETTERS_AND_DIGITS) == n && strspn(dot + 1, DIGITS) < n;
    return strchr(name, '/') || extension;
}

bool source_is_absent_camera(const char *name) {
    struct camera_entry camera, cameras[MAX_CAMERAS];
    struct stat status;
    if (strcmp(name, "auto") == 0) {
        return list_ranked(cameras) == 0 || !is_usable(&cameras[0]);
    }
    if (is_demo(name) || camera_find(name, &camera)) {
        return false;
    }
    return is_number(name) ||
           (stat(name, &status) != 0 && (camera_is_device_path(name) || !looks_like_file(name)));
}

void source_await_camera(const char *name, struct source_place *place) {
    set_place(place, &source_camera, name);
    place->automatic = strcmp(name, "auto") == 0;
}

struct source *source_open_place(struct source_place *place, const struct source_options *options) {
    if (!place->automatic || place->driver != &source_camera) {
        return place->driver->create(place->argument, options);
    }
    struct source *source = open_any(place, options, CAMERA_UNASKED);
    if (!source) {
        LOG(INFO, "no camera opens: here is the demo face instead");
        set_stand_in(place);
        source = place->driver->create(place->argument, options);
    }
    return source;
}

// A camera with a stable path comes back there and nowhere else.
static bool has_come_back(const struct source_place *place, const struct camera_entry *camera) {
    return place->name[0] && !camera->stable[0] && strcmp(place->name, camera->name) == 0 &&
           camera->kind <= place->kind;
}

// False while it is away.
static bool find_again(struct source_place *place) {
    struct camera_entry cameras[MAX_CAMERAS], wanted;
    if (place->driver != &source_camera ||
        (place->argument[0] == '/' && access(place->argument, F_OK) == 0)) {
        return true;
    }
    if (camera_find(place->argument, &wanted)) {
        return set_camera(place, &wanted);
    }
    int n = camera_list(cameras, MAX_CAMERAS);
    for (int i = 0; i < n; i++) {
        if (has_come_back(place, &cameras[i])) {
            bool automatic = place->automatic;
            bool set = set_camera(place, &cameras[i]);
            place->automatic = automatic;
            return set;
        }
    }
    return false;
}

struct source *source_open_again(struct source_place *place, const struct source_options *options) {
    struct source_place before = *place;
    struct source *source =
        find_again(place) ? place->driver->create(place->argument, options) : NULL;
    if (!source && before.automatic) {
        source = open_any(place, options, before.kind);
    }
    if (!source) {
        *place = before;
    }
    return source;
}

enum source_status source_read(struct source *source, struct frame *frame) {
    frame->stand_in = false;
    return source->driver->read(source, frame);
}

bool source_seek(struct source *source, int64_t media_ns) {
    return source->driver->seek(source, media_ns);
}

void source_interrupt(struct source *source) {
    if (source->driver->interrupt) {
        source->driver->interrupt(source);
    }
}

void source_close(struct source *source) {
    if (source) {
        source->driver->destroy(source);
    }
}

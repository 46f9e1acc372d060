// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sources/source.h"

#include "core/base/log.h"
#include "app/sources/camera_list.h"
#include "app/system/file_row.h"
#include "app/video/media_input.h"

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
    int n = snprintf(place->argument, sizeof place->argument, "%s", argument);
    if (n < 0 || (size_t)n >= sizeof place->argument) {
        LOG(ERROR, "the name of the source is longer than %zu characters",
            sizeof place->argument - 1);
        return false;
    }
    return true;
}

static bool set_camera(struct source_place *place, const struct camera_entry *camera) {
    if (camera->stable[0]) {
        return set_place(place, &source_camera, camera->stable);
    }
    bool set = set_place(place, &source_camera, camera->path);
    snprintf(place->name, sizeof place->name, "%s", camera->name);
    return set;
}

static bool find_automatic(struct source_place *place) {
    struct camera_entry cameras[MAX_CAMERAS];
    bool camera = camera_list(cameras, MAX_CAMERAS) > 0;
    if (!camera) {
        LOG(INFO, "no camera found: here is the demo face instead");
    }
    bool found = camera ? set_camera(place, &cameras[0]) : set_place(place, &source_demo, "");
    place->automatic = true;
    return found;
}

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
    bool picture =
        S_ISDIR(status.st_mode) || (S_ISREG(status.st_mode) && media_input_is_picture(path));
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
    struct camera_entry camera;
    struct stat status;
    if (strcmp(name, "auto") == 0) {
        return camera_list(&camera, 1) == 0;
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
    struct source *source = place->driver->create(place->argument, options);
    if (!source && place->automatic && place->driver == &source_camera) {
        LOG(INFO, "the camera does not open: here is the demo face instead");
        set_place(place, &source_demo, "");
        return place->driver->create(place->argument, options);
    }
    return source;
}

// A camera with a stable path comes back there and nowhere else.
static bool may_stand_in(const struct source_place *place, const struct camera_entry *camera) {
    return place->automatic ||
           (place->name[0] && !camera->stable[0] && strcmp(place->name, camera->name) == 0);
}

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
        if (may_stand_in(place, &cameras[i])) {
            bool automatic = place->automatic;
            bool set = set_camera(place, &cameras[i]);
            place->automatic = automatic;
            return set;
        }
    }
    return false;
}

struct source *source_open_again(struct source_place *place, const struct source_options *options) {
    return find_again(place) ? place->driver->create(place->argument, options) : NULL;
}

struct source *source_open(const char *name, const struct source_options *options) {
    struct source_place place;
    return source_find(name, &place) ? source_open_place(&place, options) : NULL;
}

enum source_status source_read(struct source *source, struct frame *frame) {
    return source->driver->read(source, frame);
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

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/photos/box_set.h"

#include "app/photos/csv_fields.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/log.h"
#include "vision/vision.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PICTURE ((size_t)256 << 20)
#define MAX_SIDE 100000.0 // pixels; boxes beyond are a mistake

static void *grow(void *items, int n, int *capacity, size_t size) {
    if (n < *capacity) {
        return items;
    }
    int more = *capacity ? 2 * *capacity : 256;
    void *bigger = realloc(items, (size_t)more * size);
    if (bigger) {
        *capacity = more;
    } else {
        log_no_memory("a list of %d faces", more);
    }
    return bigger;
}

static const struct picture_file *find_image(const struct picture_archive *files, const char *csv,
                                             const char *name) {
    char path[1024];
    const char *slash = strrchr(csv, '/');
    snprintf(path, sizeof path, "%.*s%s", slash ? (int)(slash - csv) + 1 : 0, csv, name);
    return picture_archive_find(files, path);
}

// The image that a row is about: the last one, if the row before named it too. NULL when it has no
// file, or (logged) without memory.
static struct boxed_image *image_of_row(struct box_set *set, const char *csv, const char *name,
                                        bool *ok) {
    const struct picture_file *file = find_image(&set->archive, csv, name);
    struct boxed_image *last = set->n > 0 ? &set->images[set->n - 1] : NULL;
    if (!file || (last && last->file == file)) {
        return file ? last : NULL;
    }
    struct boxed_image *images = grow(set->images, set->n, &set->capacity, sizeof *images);
    if (!images) {
        *ok = false;
        return NULL;
    }
    set->images = images;
    images[set->n] = (struct boxed_image){.name = file->name, .file = file, .first = set->n_boxes};
    return &images[set->n++];
}

static bool is_side(double x) {
    return isfinite(x) && fabs(x) <= MAX_SIDE;
}

// "path,x,y,w,h,flags"; a row without numbers says that the image has no face.
static bool read_row(struct box_set *set, const char *csv, int number, char *line) {
    char *fields[7] = {0}, *end;
    int n = csv_fields(line, fields, 7);
    double v[4] = {0};
    bool empty = n >= 5 && !*fields[1], ok = (n == 5 || n == 6) && *fields[0];
    for (int i = 0; ok && !empty && i < 4; i++) {
        v[i] = strtod(fields[i + 1], &end);
        ok = end != fields[i + 1] && !*end && is_side(v[i]);
    }
    if (!ok || (!empty && (v[2] <= 0 || v[3] <= 0))) {
        LOG(ERROR, "%s, line %d: expected \"path,x,y,w,h,flags\", such as \"a.jpg,10,20,50,60,\"",
            csv, number);
        return false;
    }
    struct boxed_image *image = image_of_row(set, csv, fields[0], &ok);
    set->n_missing += !image && ok;
    if (!image || empty) {
        return ok;
    }
    struct labelled_box *boxes = grow(set->boxes, set->n_boxes, &set->box_capacity, sizeof *boxes);
    if (!boxes) {
        return false;
    }
    set->boxes = boxes;
    struct labelled_box *box = &boxes[set->n_boxes++];
    box->box = (struct box){(float)v[0], (float)v[1], (float)v[2], (float)v[3]};
    snprintf(box->flags, sizeof box->flags, "%s", fields[5] ? fields[5] : "");
    image->n++;
    return true;
}

static bool read_csv(struct box_set *set, const struct picture_file *csv, const char *path) {
    char *text = picture_file_text(csv->path, csv, path), *rest = text;
    bool ok = text;
    int number = 0;
    for (char *line; ok && (line = strsep(&rest, "\n"));) {
        number++;
        bool header = number == 1 && strncmp(line, "path,", 5) == 0;
        ok = header || !line[strspn(line, " \r")] || read_row(set, csv->name, number, line);
    }
    free(text);
    return ok;
}

bool box_set_open(struct box_set *set, const char *path) {
    *set = (struct box_set){0};
    char folder[4096];
    const char *dot = strrchr(path, '.'), *slash = strrchr(path, '/'), *name = "boxes.csv";
    snprintf(folder, sizeof folder, "%s", path);
    if (dot && strcmp(dot, ".csv") == 0) {
        name = slash ? slash + 1 : path;
        snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) : 1,
                 slash ? path : ".");
    }
    if (!picture_archive_open(&set->archive, folder)) {
        return false;
    }
    const struct picture_file *csv = picture_archive_find_anywhere(&set->archive, name);
    if (!csv) {
        LOG(ERROR, "%s: there is no %s with a row \"path,x,y,w,h,flags\" for each face", path,
            name);
    }
    bool ok = csv && read_csv(set, csv, path);
    if (ok && set->n == 0) {
        LOG(ERROR, "%s: none of the images that %s lists is there", path, name);
        ok = false;
    }
    if (ok && set->n_missing > 0) {
        LOG(WARNING, "%s: %d rows name images that are not there; they are left out", path,
            set->n_missing);
    }
    if (!ok) {
        box_set_close(set);
    }
    return ok;
}

void box_set_close(struct box_set *set) {
    picture_archive_close(&set->archive);
    free(set->images);
    free(set->boxes);
    *set = (struct box_set){0};
}

int labelled_box_flag(const struct labelled_box *box, const char *key) {
    size_t len = strlen(key);
    for (const char *at = box->flags; *at; at += strcspn(at, "; "), at += strspn(at, "; ")) {
        if (strncmp(at, key, len) == 0 && (at[len] == '=' || !at[len] || strchr("; ", at[len]))) {
            return at[len] == '=' ? atoi(at + len + 1) : 1;
        }
    }
    return 0;
}

bool boxed_image_read(const struct boxed_image *image, struct image *grey, uint64_t *hash) {
    size_t len = image->file->len;
    void *read = image->file->path ? file_read(image->file->path, MAX_PICTURE, &len) : NULL;
    const uint8_t *bytes = read ? read : image->file->bytes;
    struct image bgr = {0};
    bool ok = bytes && picture_decode(image->name, bytes, len, &bgr) &&
              image_init(grey, bgr.width, bgr.height, PIXEL_GREY8) && picture_convert(&bgr, grey);
    *hash = ok ? fnv1a(FNV1A_BASIS, bytes, len) : 0;
    image_finish(&bgr);
    free(read);
    return ok;
}

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/photos/landmark_set.h"

#include "app/photos/box_set.h"
#include "app/photos/csv_fields.h"

#include "core/base/log.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_COLUMNS 32
#define POSE_COLUMN 13 // of points.csv

// A table's lines; a line's columns are cut apart in place.
struct table {
    char *text, *next;
    char *columns[MAX_COLUMNS];
    int n_columns;
};

static bool next_line(struct table *table) {
    char *line = strsep(&table->next, "\n");
    table->n_columns = csv_fields(line, table->columns, MAX_COLUMNS);
    return table->n_columns > 0;
}

static bool open_table(struct table *table, const struct picture_archive *files, const char *set) {
    const struct picture_file *file = picture_archive_find_anywhere(files, "points.csv");
    if (!file) {
        LOG(ERROR, "%s: there is no points.csv; landmarks are learnt from it and boxes.csv", set);
        return false;
    }
    table->text = table->next = picture_file_text(file->path, file, set);
    return table->text && next_line(table); // headings
}

// count numbers from a column on; false when one of them is missing.
static bool numbers(const struct table *table, int from, int count, float *out) {
    for (int i = 0; i < count; i++) {
        char *end;
        if (from + i >= table->n_columns) {
            return false;
        }
        out[i] = strtof(table->columns[from + i], &end);
        if (*end || end == table->columns[from + i] || !isfinite(out[i])) {
            return false;
        }
    }
    return true;
}

// False (logged) without memory.
static bool make_room(struct landmark_set *set) {
    if (set->n < set->capacity) {
        return true;
    }
    int capacity = set->capacity ? 2 * set->capacity : 1024;
    struct landmark_face *bigger = realloc(set->faces, (size_t)capacity * sizeof *bigger);
    if (!bigger) {
        return log_no_memory("%d faces", capacity);
    }
    set->faces = bigger;
    set->capacity = capacity;
    return true;
}

// ---- faces ----

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct boxed_image *)a)->name, ((const struct boxed_image *)b)->name);
}

// The image with one box or more that a line of points.csv is about, whose names begin where the
// table lies; NULL without one. images:(n) in the order of their names.
static const struct boxed_image *image_of_line(const struct boxed_image *images, int n,
                                               const char *folder, const char *path) {
    char name[1024];
    snprintf(name, sizeof name, "%s%s", folder, path);
    const struct boxed_image key = {.name = name};
    const struct boxed_image *image = bsearch(&key, images, (size_t)n, sizeof *images, by_name);
    return image && image->n > 0 && *path ? image : NULL;
}

static bool is_held_out(uint64_t hash, const char *set) {
    uint32_t one_of = strcmp(set, "aflw") == 0 ? 5 : 10;
    return (uint32_t)(hash ^ hash >> 32) % one_of == 0;
}

// The face of a line of points.csv; false when its picture cannot be read (logged) or the line has
// no numbers.
static bool read_face(const struct table *table, const struct boxed_image *image,
                      const struct box *box, struct landmark_face *face) {
    float at[2 * N_FACE_POINTS], pose = 0;
    uint64_t hash;
    *face = (struct landmark_face){.example = {.box = *box}};
    snprintf(face->set, sizeof face->set, "%.*s", (int)strcspn(table->columns[0], "/"),
             table->columns[0]);
    if (!numbers(table, 1, 2 * N_FACE_POINTS, at) ||
        !boxed_image_read(image, &face->example.grey, &hash)) {
        return false;
    }
    for (int i = 0; i < N_FACE_POINTS; i++) {
        face->example.points[i] = (struct point){at[2 * i], at[2 * i + 1]};
    }
    numbers(table, POSE_COLUMN, 1, &pose);
    face->pose = (int)pose;
    face->held_out = is_held_out(hash, face->set);
    return true;
}

static bool read_faces(struct landmark_set *set, const struct box_set *boxes, struct table *points,
                       const struct boxed_image *images, const char *folder) {
    while (next_line(points) && make_room(set)) {
        const struct boxed_image *image =
            image_of_line(images, boxes->n, folder, points->columns[0]);
        if (!image) {
            continue;
        }
        if (read_face(points, image, &boxes->boxes[image->first].box, &set->faces[set->n])) {
            set->n++;
        } else {
            image_finish(&set->faces[set->n].example.grey);
            set->n_unreadable++;
        }
    }
    if (set->n == 0) {
        LOG(ERROR, "there is no face that has points, a box and a picture");
    }
    return set->n > 0;
}

static bool read_sorted(struct landmark_set *set, const struct box_set *boxes,
                        struct table *points) {
    size_t size = (size_t)boxes->n * sizeof *boxes->images;
    struct boxed_image *images = malloc(size);
    const char *name = picture_archive_find_anywhere(&boxes->archive, "points.csv")->name;
    char folder[1024];
    snprintf(folder, sizeof folder, "%.*s", (int)(strlen(name) - strlen("points.csv")), name);
    bool ok = images || log_no_memory("%d pictures", boxes->n);
    if (ok) {
        memcpy(images, boxes->images, size);
        qsort(images, (size_t)boxes->n, sizeof *images, by_name);
        ok = read_faces(set, boxes, points, images, folder);
    }
    free(images);
    return ok;
}

bool landmark_set_open(struct landmark_set *set, const char *path) {
    struct box_set boxes = {0};
    struct table points = {0};
    *set = (struct landmark_set){0};
    bool ok = box_set_open(&boxes, path) && open_table(&points, &boxes.archive, path) &&
              read_sorted(set, &boxes, &points);
    free(points.text);
    box_set_close(&boxes);
    if (!ok) {
        landmark_set_close(set);
    }
    return ok;
}

void landmark_set_close(struct landmark_set *set) {
    for (int i = 0; i < set->n; i++) {
        image_finish(&set->faces[i].example.grey);
    }
    free(set->faces);
    *set = (struct landmark_set){0};
}

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/photos/landmark_set.h"

#include "app/photos/picture_archive.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/log.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILE ((size_t)256 << 20)
#define MAX_COLUMNS 32
#define POSE_COLUMN 13 // of points.csv

// ---- files ----

static bool ends_with(const char *name, const char *end) {
    size_t n = strlen(name), m = strlen(end);
    return n >= m && strcmp(name + n - m, end) == 0 && (n == m || name[n - m - 1] == '/');
}

static const struct picture_file *file_named(const struct picture_archive *files,
                                             const char *name) {
    const struct picture_file key = {.name = (char *)name};
    return bsearch(&key, files->items, (size_t)files->n, sizeof *files->items,
                   picture_file_compare);
}

// Bytes of a file, which the caller frees, with a zero behind them. NULL (logged) on failure.
static char *read_whole(const struct picture_file *file, size_t *len) {
    char *bytes = file->path ? file_read(file->path, MAX_FILE, len) : NULL;
    char *text = file->path && !bytes ? NULL : malloc((file->path ? *len : file->len) + 1);
    if (text) {
        *len = file->path ? *len : file->len;
        memcpy(text, file->path ? bytes : file->bytes, *len);
        text[*len] = 0;
    } else if (bytes || !file->path) {
        LOG(ERROR, "%s: no memory to read it", file->name);
    }
    free(bytes);
    return text;
}

static bool is_held_out(const char *bytes, size_t len, uint64_t one_of) {
    uint64_t hash = fnv1a(FNV1A_BASIS, bytes, len);
    return (uint32_t)(hash ^ hash >> 32) % one_of == 0;
}

// ---- tables ----

// A table's lines; a line's columns are cut apart in place.
struct table {
    const char *file;
    char *text, *next;
    const char *columns[MAX_COLUMNS];
    int n_columns;
};

static bool next_line(struct table *table) {
    char *line = strsep(&table->next, "\n");
    table->n_columns = 0;
    while (line && table->n_columns < MAX_COLUMNS) {
        table->columns[table->n_columns++] = strsep(&line, ",\r");
    }
    return table->n_columns > 0;
}

static bool open_table(struct table *table, const struct picture_archive *files, const char *name) {
    size_t len;
    for (int i = 0; i < files->n; i++) {
        if (ends_with(files->items[i].name, name)) {
            table->file = files->items[i].name;
            table->text = read_whole(&files->items[i], &len);
            table->next = table->text;
            return table->text && next_line(table); // headings
        }
    }
    LOG(ERROR, "there is no %s; landmarks are learnt from points.csv and boxes.csv", name);
    return false;
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

// ---- faces ----

struct labelled_box {
    const char *path;
    struct box box;
};

static int compare_boxes(const void *a, const void *b) {
    return strcmp(((const struct labelled_box *)a)->path, ((const struct labelled_box *)b)->path);
}

// In the order of their paths, which point into the table; *boxes is the caller's to free.
static int read_boxes(struct table *table, struct labelled_box **boxes) {
    int n = 0, capacity = 0;
    while (next_line(table)) {
        float at[4];
        if (n == capacity) {
            capacity = capacity ? 2 * capacity : 1024;
            struct labelled_box *bigger = realloc(*boxes, (size_t)capacity * sizeof *bigger);
            if (!bigger) {
                log_no_memory("the boxes of %d faces", n);
                return 0;
            }
            *boxes = bigger;
        }
        if (numbers(table, 1, 4, at) && at[2] >= 2 && at[3] >= 2) {
            (*boxes)[n++] = (struct labelled_box){table->columns[0], {at[0], at[1], at[2], at[3]}};
        }
    }
    qsort(*boxes, (size_t)n, sizeof **boxes, compare_boxes);
    return n;
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

static bool decode_grey(const char *name, const char *bytes, size_t len, struct image *grey) {
    struct image colour = {0};
    bool ok = picture_decode(name, bytes, len, &colour) &&
              image_init(grey, colour.width, colour.height, PIXEL_GREY8) &&
              picture_convert(&colour, grey);
    image_finish(&colour);
    return ok;
}

// The face of a line of points.csv; false when its picture cannot be read (logged) or the line has
// no numbers.
static bool read_face(const struct table *table, const struct picture_archive *files,
                      const struct box *box, struct landmark_face *face) {
    float at[2 * N_FACE_POINTS], pose = 0;
    char name[1024];
    size_t len = 0;
    *face = (struct landmark_face){.example = {.box = *box}};
    int folder = (int)(strlen(table->file) - strlen("points.csv"));
    snprintf(name, sizeof name, "%.*s%s", folder, table->file, table->columns[0]);
    snprintf(face->set, sizeof face->set, "%.*s", (int)strcspn(table->columns[0], "/"),
             table->columns[0]);
    const struct picture_file *file = file_named(files, name);
    char *bytes = file && numbers(table, 1, 2 * N_FACE_POINTS, at) ? read_whole(file, &len) : NULL;
    bool ok = bytes && decode_grey(name, bytes, len, &face->example.grey);
    if (ok) {
        for (int i = 0; i < N_FACE_POINTS; i++) {
            face->example.points[i] = (struct point){at[2 * i], at[2 * i + 1]};
        }
        numbers(table, POSE_COLUMN, 1, &pose);
        face->pose = (int)pose;
        face->held_out = is_held_out(bytes, len, strcmp(face->set, "aflw") == 0 ? 5 : 10);
    }
    free(bytes);
    return ok;
}

static bool read_faces(struct landmark_set *set, const struct picture_archive *files,
                       struct table *points, const struct labelled_box *boxes, int n_boxes) {
    while (next_line(points) && make_room(set)) {
        const struct labelled_box key = {.path = points->columns[0]};
        const struct labelled_box *found =
            bsearch(&key, boxes, (size_t)n_boxes, sizeof *boxes, compare_boxes);
        if (!found || !*key.path) {
            continue;
        }
        if (read_face(points, files, &found->box, &set->faces[set->n])) {
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

bool landmark_set_open(struct landmark_set *set, const char *path) {
    struct picture_archive files = {0};
    struct table points = {0}, boxes = {0};
    struct labelled_box *sorted = NULL;
    *set = (struct landmark_set){0};
    bool ok = picture_archive_open(&files, path) && open_table(&points, &files, "points.csv") &&
              open_table(&boxes, &files, "boxes.csv");
    if (ok) {
        int n = read_boxes(&boxes, &sorted);
        ok = n > 0 && read_faces(set, &files, &points, sorted, n);
    }
    free(sorted);
    free(points.text);
    free(boxes.text);
    picture_archive_close(&files);
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

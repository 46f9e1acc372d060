// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/photos/picture_set.h"

#include "app/photos/label_table.h"
#include "app/photos/picture_archive.h"
#include "app/system/path_name.h"
#include "vision/vision.h"

#include "core/base/file.h"
#include "core/base/log.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define MAX_PICTURE ((size_t)256 << 20)

static bool has_extension(const char *name, const char *extension) {
    const char *dot = strrchr(name, '.');
    return dot && strcasecmp(dot + 1, extension) == 0;
}

static bool is_picture(const struct picture_file *file) {
    return file->path ? picture_is_file(file->path)
                      : picture_is_one(file->name, file->bytes, file->len);
}

static bool no_memory(const char *name) {
    return log_no_memory("%s in the list of pictures", name);
}

// Takes over the file's path and bytes. False (logged) without memory.
static bool add(struct picture_set *set, struct picture_file *file, const char *name,
                const char *label, const float *pose) {
    if (set->n == set->capacity) {
        int capacity = set->capacity ? 2 * set->capacity : 256;
        struct picture *bigger = realloc(set->pictures, (size_t)capacity * sizeof *bigger);
        if (!bigger) {
            return no_memory(name);
        }
        set->pictures = bigger;
        set->capacity = capacity;
    }
    struct picture picture = {.name = strdup(name),
                              .label = strdup(label),
                              .path = file->path,
                              .bytes = file->bytes,
                              .len = file->len};
    for (int i = 0; i < 3; i++) {
        picture.pose[i] = pose ? pose[i] : NAN;
    }
    set->pictures[set->n++] = picture;
    file->path = NULL;
    file->bytes = NULL;
    bool whole = picture.name && picture.label && (picture.path || picture.bytes);
    return whole || no_memory(name);
}

static void report_missing(struct picture_set *set, const char *where, int missing, int all) {
    set->n_missing += missing;
    if (missing > 0) {
        LOG(WARNING, "%s: %d of %d labelled pictures have no file and are left out", where, missing,
            all);
    }
}

// "folder/labels.txt" and "files/file0001.jpg" -> "folder/files/file0001.jpg"
static void beside(const char *file, const char *name, char *out, size_t room) {
    const char *slash = strrchr(file, '/');
    snprintf(out, room, "%.*s%s", slash ? (int)(slash - file) + 1 : 0, file, name);
}

// Line N of labels.txt is "smile yaw pitch roll" of files/fileNNNN.jpg.
static bool read_genki(struct picture_set *set, const struct picture_archive *files,
                       const struct picture_file *labels, const char *path) {
    char *text = picture_file_text(labels->path, labels, path), *rest = text, name[512],
         relative[64];
    if (!text) {
        return false;
    }
    int number = 0, missing = 0;
    set->layout = "GENKI-4K";
    for (char *line; (line = strsep(&rest, "\n"));) {
        int smile;
        float pose[3];
        number++;
        if (!line[strspn(line, " \t\r")]) {
            continue;
        }
        if (sscanf(line, "%d %f %f %f", &smile, &pose[0], &pose[1], &pose[2]) != 4 || smile < 0 ||
            smile > 1) {
            LOG(ERROR, "%s: %s, line %d: expected \"smile yaw pitch roll\" as in GENKI-4K", path,
                labels->name, number);
            free(text);
            return false;
        }
        snprintf(relative, sizeof relative, "files/file%04d.jpg", number);
        beside(labels->name, relative, name, sizeof name);
        struct picture_file *file = picture_archive_find(files, name);
        missing += !file;
        if (file && !add(set, file, relative, smile ? "smile" : "neutral", pose)) {
            free(text);
            return false;
        }
    }
    free(text);
    report_missing(set, labels->name, missing, number);
    return true;
}

static const char *label_word(const char *label) {
    return strcmp(label, "1") == 0 ? "smile" : strcmp(label, "0") == 0 ? "neutral" : label;
}

// Where a CSV's picture lies: in the packed set, beside the CSV, in its folder "files", or as
// written.
static bool locate(const struct picture_archive *files, const char *csv, const char *name,
                   struct picture_file *found) {
    char relative[1024], in_files[1024];
    snprintf(in_files, sizeof in_files, "files/%s", name);
    const char *const tries[] = {name, in_files};
    for (int i = 0; i < 2; i++) {
        beside(csv, tries[i], relative, sizeof relative);
        struct picture_file *file = files ? picture_archive_find(files, relative) : NULL;
        if (file) {
            *found = *file;
            file->path = NULL;
            file->bytes = NULL;
            return found->path || found->bytes;
        }
        if (!files && *name != '/' && picture_file_exists(relative)) {
            *found = (struct picture_file){.path = strdup(relative)};
            return true;
        }
    }
    if (!files) { // kept even when it is missing, so that it counts and is named when it is opened
        *found = (struct picture_file){.path = strdup(name)};
        return true;
    }
    return false;
}

static bool add_row(struct picture_set *set, struct picture_file *file,
                    const struct label_row *row) {
    if (!add(set, file, row->path, label_word(row->label), NULL)) {
        free(file->path);
        free(file->bytes);
        return false;
    }
    struct picture *picture = &set->pictures[set->n - 1];
    picture->attributes = *row->attributes ? strdup(row->attributes) : NULL;
    return true;
}

static bool read_csv(struct picture_set *set, const struct picture_archive *files, const char *csv,
                     char *text) {
    struct label_table table;
    struct label_row row;
    struct picture_file file;
    int missing = 0, labelled = 0;
    bool ok = true;
    set->layout = "CSV";
    label_table_begin(&table, csv, text);
    // NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the set owns the path
    while (ok && label_table_next(&table, &row, &ok)) {
        labelled++;
        if (!locate(files, csv, row.path, &file)) {
            missing++;
        } else {
            ok = add_row(set, &file, &row);
        }
    }
    if (ok) {
        report_missing(set, csv, missing, labelled);
    }
    return ok;
}

// The label is the name of the folder that a picture lies in.
static bool read_folders(struct picture_set *set, struct picture_archive *files) {
    set->layout = "folder per label";
    for (int i = 0; i < files->n; i++) {
        struct picture_file *file = &files->items[i];
        char *slash = strrchr(file->name, '/');
        if (!slash || path_is_hidden(file->name) || !is_picture(file)) {
            continue;
        }
        *slash = 0;
        char *parent = strrchr(file->name, '/');
        char *label = strdup(parent ? parent + 1 : file->name);
        *slash = '/';
        bool ok =
            label ? add(set, file, file->name, label_word(label), NULL) : no_memory(file->name);
        free(label);
        if (!ok) {
            return false;
        }
    }
    for (int i = 1; i < set->n; i++) {
        if (strcmp(set->pictures[i].label, set->pictures[0].label) != 0) {
            return true;
        }
    }
    if (set->n > 0) {
        LOG(ERROR,
            "all %d pictures are in folders named \"%s\", so there is nothing to tell apart; is "
            "labels.txt or labels.csv missing, or the archive cut short?",
            set->n, set->pictures[0].label);
    }
    return set->n == 0;
}

static bool read_layout(struct picture_set *set, struct picture_archive *files, const char *path) {
    const struct picture_file *labels = picture_archive_find_anywhere(files, "labels.txt"),
                              *csv = picture_archive_find_anywhere(files, "labels.csv");
    if (labels) {
        return read_genki(set, files, labels, path);
    }
    if (csv) {
        char *text = picture_file_text(csv->path, csv, path);
        bool ok = text && read_csv(set, files, csv->name, text);
        free(text);
        return ok;
    }
    return read_folders(set, files);
}

static bool open_archive(struct picture_set *set, const char *path, const char *csv) {
    struct picture_archive files = {0};
    bool ok = picture_archive_open(&files, path);
    if (ok && csv) {
        const struct picture_file *file = picture_archive_find_anywhere(&files, csv);
        char *text = file ? picture_file_text(file->path, file, path) : NULL;
        if (!file) {
            LOG(ERROR, "%s: there is no %s in it", path, csv);
        }
        ok = text && read_csv(set, &files, file->name, text);
        free(text);
    } else {
        ok = ok && read_layout(set, &files, path);
    }
    picture_archive_close(&files);
    return ok;
}

static bool open_csv(struct picture_set *set, const char *path) {
    char folder[4096];
    const char *slash = strrchr(path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) : 0, path);
    bool in_archive = access(folder, F_OK) != 0 || picture_file_exists(folder);
    if (slash && in_archive) {
        return open_archive(set, folder, slash + 1);
    }
    char *text = picture_file_text(path, NULL, path);
    bool ok = text && read_csv(set, NULL, path, text);
    free(text);
    return ok;
}

bool picture_set_open(struct picture_set *set, const char *path) {
    *set = (struct picture_set){0};
    bool is_list = has_extension(path, "csv") || has_extension(path, "txt");
    bool ok = is_list ? open_csv(set, path) : open_archive(set, path, NULL);
    if (ok && set->n == 0) {
        LOG(ERROR,
            "%s: no labelled pictures; expected GENKI-4K (files/, labels.txt), a folder for each "
            "label, or a CSV of path,label",
            path);
        ok = false;
    }
    if (!ok) {
        picture_set_close(set);
    }
    return ok;
}

static void forget(struct picture *picture) {
    free(picture->name);
    free(picture->label);
    free(picture->attributes);
    free(picture->path);
    free(picture->bytes);
}

bool picture_set_keep(struct picture_set *set, const char *prefix, const char *path) {
    int n = 0;
    for (int i = 0; i < set->n; i++) {
        if (!prefix || strncmp(set->pictures[i].name, prefix, strlen(prefix)) == 0) {
            set->pictures[n++] = set->pictures[i];
        } else {
            forget(&set->pictures[i]);
        }
    }
    set->n = n;
    if (n == 0) {
        LOG(ERROR, "%s: the name of no picture begins with \"%s\"", path, prefix);
    }
    return n > 0;
}

void picture_set_close(struct picture_set *set) {
    for (int i = 0; i < set->n; i++) {
        forget(&set->pictures[i]);
    }
    free(set->pictures);
    *set = (struct picture_set){0};
}

const void *picture_bytes(const struct picture *picture, size_t *len) {
    *len = picture->len;
    return picture->path ? file_read(picture->path, MAX_PICTURE, len) : picture->bytes;
}

void picture_release(const struct picture *picture, const void *bytes) {
    if (picture->path) {
        free((void *)bytes);
    }
}

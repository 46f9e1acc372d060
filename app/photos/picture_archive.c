// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/photos/picture_archive.h"

#include "core/base/file.h"
#include "core/base/log.h"
#include "app/system/path_name.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_FILES 2000000
#define MAX_BYTES ((size_t)4 << 30) // of an archive's contents
#define MAX_FILE ((size_t)256 << 20)
#define MAX_TEXT ((size_t)64 << 20)

static int compare(const void *a, const void *b) {
    return strcmp(((const struct picture_file *)a)->name, ((const struct picture_file *)b)->name);
}

bool picture_file_exists(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

// Takes over everything that file points to.
static bool add(struct picture_archive *files, struct picture_file file) {
    if (files->n == files->capacity) {
        int capacity = files->capacity ? 2 * files->capacity : 1024;
        struct picture_file *bigger = realloc(files->items, (size_t)capacity * sizeof *bigger);
        if (bigger) {
            files->items = bigger;
            files->capacity = capacity;
        }
    }
    if (!file.name || (!file.path && !file.bytes) || files->n == files->capacity ||
        files->n == MAX_FILES) {
        free(file.name);
        free(file.path);
        free(file.bytes);
        return false;
    }
    files->items[files->n++] = file;
    return true;
}

static bool walk_folder(struct picture_archive *files, const char *path) {
    char *const roots[] = {(char *)path, NULL};
    FTS *tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, NULL);
    if (!tree) {
        LOG(ERROR, "%s: cannot be read: %s", path, strerror(errno));
        return false;
    }
    size_t prefix = strlen(path);
    while (prefix > 0 && path[prefix - 1] == '/') {
        prefix--;
    }
    bool ok = true;
    for (FTSENT *entry; ok && (entry = fts_read(tree));) {
        if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR || entry->fts_info == FTS_NS) {
            LOG(ERROR, "%s: cannot be read: %s", entry->fts_path, strerror(entry->fts_errno));
            fts_close(tree);
            return false;
        }
        if (entry->fts_info == FTS_F) {
            struct picture_file file = {.name = strdup(entry->fts_path + prefix + 1),
                                        .path = strdup(entry->fts_path)};
            ok = add(files, file);
        }
    }
    fts_close(tree);
    if (!ok) {
        LOG(ERROR, "%s: too many files, or no memory for their names", path);
    }
    return ok;
}

// One file of an archive; false (logged) when it is damaged.
static bool take_entry(struct picture_archive *files, struct archive *archive,
                       struct archive_entry *entry, const char *name, const char *path,
                       size_t *total) {
    int64_t size = archive_entry_size(entry);
    if (size < 0 || (uint64_t)size > MAX_FILE || *total + (size_t)size > MAX_BYTES) {
        LOG(ERROR, "%s: %s is too large in this archive", path, name);
        return false;
    }
    struct picture_file file = {
        .name = strdup(name), .bytes = malloc((size_t)size + 1), .len = (size_t)size};
    if (!file.bytes || archive_read_data(archive, file.bytes, file.len) != (la_ssize_t)size) {
        LOG(ERROR, "%s: %s is damaged or cut short in this archive", path, name);
        free(file.name);
        free(file.bytes);
        return false;
    }
    *total += file.len;
    if (!add(files, file)) {
        LOG(ERROR, "%s: too many files, or no memory for them", path);
        return false;
    }
    return true;
}

// Of a name in an archive: what follows "folder/", or all of it when folder is empty; NULL when it
// lies elsewhere.
static const char *name_within(const char *name, const char *folder) {
    size_t len = strlen(folder);
    name += name[0] == '.' && name[1] == '/' ? 2 : 0;
    if (len == 0) {
        return name;
    }
    return strncmp(name, folder, len) == 0 && name[len] == '/' && name[len + 1] ? name + len + 1
                                                                                : NULL;
}

static bool read_archive(struct picture_archive *files, const char *path, const char *folder) {
    struct archive *archive = archive_read_new();
    size_t total = 0;
    bool ok = false;
    if (!archive) {
        return log_no_memory("the archive %s", path);
    }
    // Not all of them: for some it would run a program.
    archive_read_support_filter_gzip(archive);
    archive_read_support_filter_bzip2(archive);
    archive_read_support_filter_xz(archive);
    archive_read_support_filter_zstd(archive);
    archive_read_support_format_tar(archive);
    archive_read_support_format_zip(archive);
    if (archive_read_open_filename(archive, path, 1 << 16) != ARCHIVE_OK) {
        LOG(ERROR, "%s: not a folder, a tar archive or a CSV: %s", path,
            archive_error_string(archive));
        goto done;
    }
    ok = true;
    for (struct archive_entry *entry; ok;) {
        int status = archive_read_next_header(archive, &entry);
        if (status == ARCHIVE_EOF) {
            break;
        }
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
            LOG(ERROR, "%s: a damaged archive: %s", path, archive_error_string(archive));
            ok = false;
        } else if (archive_entry_filetype(entry) == AE_IFREG) {
            const char *name = archive_entry_pathname(entry);
            name = name ? name_within(name, folder) : NULL;
            ok = !name || take_entry(files, archive, entry, name, path, &total);
        }
    }
done:
    archive_read_free(archive);
    return ok;
}

// "a/b.tar/c/d" -> "a/b.tar" and "c/d", when a/b.tar is a file. path is cut there.
static const char *folder_within(char *path) {
    for (char *slash = path; (slash = strchr(slash + 1, '/'));) {
        *slash = 0;
        if (picture_file_exists(path)) {
            for (char *end = slash + strlen(slash + 1); end > slash && *end == '/'; end--) {
                *end = 0;
            }
            return slash + 1;
        }
        *slash = '/';
    }
    return "";
}

static bool open_path(struct picture_archive *files, char *path) {
    struct stat info;
    const char *folder = *path ? folder_within(path) : "";
    if (stat(path, &info) < 0) {
        LOG(ERROR, "%s: cannot be read: %s", path, strerror(errno));
        return false;
    }
    if (S_ISDIR(info.st_mode)) {
        return walk_folder(files, path);
    }
    bool ok = read_archive(files, path, folder);
    if (ok && files->n == 0 && *folder) {
        LOG(ERROR, "%s: has no folder %s", path, folder);
        ok = false;
    }
    return ok;
}

bool picture_archive_open(struct picture_archive *files, const char *path) {
    *files = (struct picture_archive){0};
    char *copy = strdup(path);
    bool ok = copy && open_path(files, copy);
    if (!copy) {
        log_no_memory("reading %s", path);
    }
    free(copy);
    if (ok && files->n > 0) {
        qsort(files->items, (size_t)files->n, sizeof *files->items, compare);
    }
    if (!ok) {
        picture_archive_close(files);
    }
    return ok;
}

void picture_archive_close(struct picture_archive *files) {
    for (int i = 0; i < files->n; i++) {
        free(files->items[i].name);
        free(files->items[i].path);
        free(files->items[i].bytes);
    }
    free(files->items);
    *files = (struct picture_archive){0};
}

struct picture_file *picture_archive_find(const struct picture_archive *files, const char *name) {
    struct picture_file key = {.name = (char *)name};
    return bsearch(&key, files->items, (size_t)files->n, sizeof key, compare);
}

struct picture_file *picture_archive_find_anywhere(const struct picture_archive *files,
                                                   const char *name) {
    for (int i = 0; i < files->n; i++) {
        const char *path = files->items[i].name;
        if (strcmp(path_base(path), name) == 0 && !path_is_hidden(path)) {
            return &files->items[i];
        }
    }
    return NULL;
}

char *picture_file_text(const char *path, const struct picture_file *file, const char *set) {
    size_t len = file ? file->len : 0;
    char *text = path ? file_read(path, MAX_TEXT, &len) : malloc(len + 1);
    if (!text) {
        if (!path) {
            log_no_memory("reading %s: %s", set, file->name);
        }
        return NULL;
    }
    if (!path) {
        memcpy(text, file->bytes, len);
        text[len] = 0;
    }
    if (strlen(text) != len) {
        LOG(ERROR, "%s%s%s: holds a zero byte; save it as plain UTF-8 text", set, file ? ": " : "",
            file ? file->name : "");
        free(text);
        return NULL;
    }
    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0) {
        memmove(text, text + 3, len - 2);
    }
    return text;
}

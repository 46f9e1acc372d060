// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/cli/settings.h"

#include "core/base/log.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_NAME "smilecam/smilecam.conf"
#define DEFAULT_SECTION "live"

// ---- text ----

static char *trim(char *text) {
    while (isspace((unsigned char)*text)) {
        text++;
    }
    size_t n = strlen(text);
    while (n > 0 && isspace((unsigned char)text[n - 1])) {
        text[--n] = '\0';
    }
    return text;
}

struct reading {
    const char *path, *section;
    bool wanted; // the present section is the one asked for
    settings_take *take;
    void *arg;
};

static bool refuse(const struct reading *reading, int number, const char *what) {
    LOG(ERROR, "%s, line %d: %s; see docs/settings.md", reading->path, number, what);
    return false;
}

static bool take_section(struct reading *reading, char *line, int number) {
    char *end = strchr(line, ']');
    if (!end || end[1] || end == line + 1) {
        return refuse(reading, number, "expected [command]");
    }
    *end = '\0';
    reading->wanted = strcmp(line + 1, reading->section) == 0;
    return true;
}

static bool take_line(struct reading *reading, char *line, int number) {
    line = trim(line);
    if (*line == '\0' || *line == '#') {
        return true;
    }
    if (*line == '[') {
        return take_section(reading, line, number);
    }
    char *equals = strchr(line, '=');
    if (!equals || equals == line) {
        return refuse(reading, number, "expected name = value");
    }
    *equals = '\0';
    char where[PATH_MAX + 96], *name = trim(line);
    snprintf(where, sizeof where, "%s, line %d: '%.64s'", reading->path, number, name);
    return !reading->wanted || reading->take(reading->arg, name, trim(equals + 1), where);
}

bool settings_parse(char *text, size_t n, const char *path, const char *section,
                    settings_take *take, void *arg) {
    struct reading reading = {path, section, strcmp(section, DEFAULT_SECTION) == 0, take, arg};
    if (memchr(text, '\0', n)) {
        LOG(ERROR, "%s: not a text file; see docs/settings.md", path);
        return false;
    }
    for (int number = 1; *text; number++) {
        char *line = text, *end = strchr(text, '\n');
        text = end ? end + 1 : text + strlen(text);
        if (end) {
            *end = '\0';
        }
        if (!take_line(&reading, line, number)) {
            return false;
        }
    }
    return true;
}

// ---- files ----

// A home of another user, as after su without "-", cannot be entered: for this one it has no
// settings.
static bool is_absent(const char *path, int error) {
    struct stat about;
    return error == ENOENT || error == ENOTDIR ||
           (error == EACCES && stat(path, &about) != 0 && errno == EACCES);
}

// The whole file with a 0 behind it; NULL when it is not there, and then *good says whether that is
// all right.
static char *load(const char *path, size_t *n, bool *good) {
    FILE *in = fopen(path, "re");
    char *text = in ? malloc(SETTINGS_MAX_BYTES + 1) : NULL;
    int error = errno;
    *good = in || is_absent(path, error);
    if (!in || !text) {
        if (!*good || in) {
            LOG(ERROR, "%s: the settings cannot be read: %s", path, strerror(error));
            *good = false;
        }
        goto done;
    }
    *n = fread(text, 1, SETTINGS_MAX_BYTES, in);
    *good = !ferror(in) && feof(in);
    if (!*good) {
        LOG(ERROR, "%s: %s", path,
            ferror(in) ? "the settings cannot be read" : "is too long for a settings file");
        free(text);
        text = NULL;
    } else {
        text[*n] = '\0';
    }
done:
    if (in) {
        fclose(in);
    }
    return text;
}

static bool read_file(const char *folder, const char *section, settings_take *take, void *arg) {
    // What options point to stays; the list is never freed.
    static struct kept {
        char *text;
        struct kept *next;
    } * kept;
    char path[PATH_MAX];
    size_t n;
    bool good;
    if (folder[0] != '/' || // as the XDG specification has it
        snprintf(path, sizeof path, "%s/" FILE_NAME, folder) >= (int)sizeof path) {
        return true;
    }
    char *text = load(path, &n, &good);
    if (!text) {
        return good;
    }
    struct kept *node = malloc(sizeof *node);
    if (!node) {
        log_no_memory("the settings of %s", path);
        free(text);
        return false;
    }
    *node = (struct kept){text, kept};
    kept = node;
    return settings_parse(text, n, path, section, take, arg);
}

// The folders of a list with colons, from its end, which is the least important.
static bool read_folders(const char *list, const char *section, settings_take *take, void *arg) {
    char folder[PATH_MAX];
    const char *end = list + strlen(list);
    while (end > list) {
        const char *begin = end;
        while (begin > list && begin[-1] != ':') {
            begin--;
        }
        snprintf(folder, sizeof folder, "%.*s", (int)(end - begin), begin);
        if (!read_file(folder, section, take, arg)) {
            return false;
        }
        end = begin > list ? begin - 1 : list;
    }
    return true;
}

bool settings_read(const char *section, settings_take *take, void *arg) {
    const char *system = getenv("XDG_CONFIG_DIRS"), *own = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    char folder[PATH_MAX] = "";
    if (own && *own) {
        snprintf(folder, sizeof folder, "%s", own);
    } else if (home && *home) {
        snprintf(folder, sizeof folder, "%s/.config", home);
    }
    return read_folders(system && *system ? system : "/etc/xdg", section, take, arg) &&
           read_file(folder, section, take, arg);
}

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/batch_table.h"

#include "core/base/file.h"
#include "core/base/log.h"
#include "app/sinks/exports.h"
#include "app/system/path_name.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_BYTES ((size_t)256 << 20)

bool batch_table_open(struct batch_table *table, const char *path, bool overwrite) {
    *table = (struct batch_table){.path = path};
    if (!path) {
        return true;
    }
    if (overwrite && unlink(path) != 0 && errno != ENOENT) {
        LOG(ERROR, "%s: cannot be replaced: %s", path, strerror(errno));
        return false;
    }
    bool there = access(path, F_OK) == 0;
    table->text = there ? file_read(path, MAX_BYTES, NULL) : strdup("");
    return table->text;
}

void batch_table_close(struct batch_table *table) {
    free(table->text);
    *table = (struct batch_table){0};
}

bool batch_table_has(const struct batch_table *table, const char *video) {
    return export_summary_has(table->text, table->path, video);
}

void batch_table_part(const struct batch_table *table, int slot, char path[PATH_MAX]) {
    char words[32];
    snprintf(words, sizeof words, ".part-%d", slot + 1);
    if (!path_insert(table->path, words, path, PATH_MAX)) {
        path[0] = '\0';
    }
}

// Of a CSV, the header comes once.
static const char *skip_header(const char *text, bool fresh) {
    const char *rows = *text == '{' ? text : strchr(text, '\n');
    return fresh || !rows ? text : rows + (*rows == '\n');
}

bool batch_table_add(const struct batch_table *table, int slot) {
    char part[PATH_MAX];
    batch_table_part(table, slot, part);
    char *text = file_read(part, MAX_BYTES, NULL);
    FILE *out = text ? fopen(table->path, "ae") : NULL;
    bool good = out != NULL;
    if (out) {
        fseek(out, 0, SEEK_END);
        good = fputs(skip_header(text, ftell(out) == 0), out) >= 0;
        good = fclose(out) == 0 && good;
    }
    if (text && !good) {
        LOG(ERROR, "%s: cannot be written: %s", table->path, strerror(errno));
    }
    free(text);
    unlink(part);
    return good;
}

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/photos/label_table.h"

#include "app/photos/csv_fields.h"

#include "core/base/log.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool is_one_of(const char *word, const char *const *words) {
    while (*words && strcasecmp(word, *words) != 0) {
        words++;
    }
    return *words;
}

static bool names_columns(const char *line) {
    static const char *const words[] = {"path", "file",    "image", "filename",
                                        "name", "picture", NULL};
    char first[32] = "";
    snprintf(first, sizeof first, "%.*s", (int)strcspn(line, ","), line);
    return is_one_of(csv_trim(first), words);
}

static void take_columns(struct label_table *table, char *line) {
    static const char *const words[] = {"label", "smile", "smiling", "emotion", "expression", NULL};
    table->n_columns = csv_fields(line, table->columns, LABEL_MAX_COLUMNS);
    table->label_column = table->n_columns - 1;
    for (int i = table->n_columns - 1; i > 0; i--) {
        if (is_one_of(table->columns[i], words)) {
            table->label_column = i;
        }
    }
}

void label_table_begin(struct label_table *table, const char *name, char *text) {
    *table = (struct label_table){.name = name, .rest = text};
    char *begin = text + strspn(text, " \t\r\n");
    if (names_columns(begin)) {
        table->rest = begin;
        char *line = strsep(&table->rest, "\n");
        table->number = 1;
        take_columns(table, line);
    }
}

// Of two columns the path may hold commas.
static bool read_pair(char *line, struct label_row *row) {
    char *comma = strrchr(line, ',');
    if (!comma) {
        return false;
    }
    *comma = 0;
    row->path = csv_trim(line);
    row->label = csv_trim(comma + 1);
    return *row->path && *row->label;
}

static bool read_columns(const struct label_table *table, char *line, struct label_row *row) {
    char *fields[LABEL_MAX_COLUMNS + 1];
    size_t len = 0;
    if (csv_fields(line, fields, LABEL_MAX_COLUMNS + 1) != table->n_columns) {
        return false;
    }
    row->path = fields[0];
    row->label = fields[table->label_column];
    for (int i = 1; i < table->n_columns; i++) {
        char *end = row->attributes + len;
        size_t room = sizeof row->attributes - len;
        int n = i == table->label_column
                    ? 0
                    : snprintf(end, room, "%s%s=%s", len ? ";" : "", table->columns[i], fields[i]);
        if ((size_t)n >= room) {
            *end = 0;
            break;
        }
        len += (size_t)n;
    }
    return *row->path && *row->label;
}

static bool is_empty(const char *line) {
    return line[strspn(line, " \t\r\",")] == 0;
}

bool label_table_next(struct label_table *table, struct label_row *row, bool *ok) {
    char *line;
    do {
        line = strsep(&table->rest, "\n");
        table->number++;
    } while (line && is_empty(line));
    row->attributes[0] = 0;
    *ok = !line || (table->n_columns > 2 ? read_columns(table, line, row) : read_pair(line, row));
    if (!*ok && table->n_columns > 2) {
        LOG(ERROR, "%s, line %d: expected %d columns, as in its first line", table->name,
            table->number, table->n_columns);
    } else if (!*ok) {
        LOG(ERROR, "%s, line %d: expected \"path,label\"", table->name, table->number);
    }
    return line && *ok;
}

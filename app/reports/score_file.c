// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/reports/score_file.h"

#include "core/base/log.h"
#include "core/run/model_info.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LINE 4608
#define MAX_LINES (1 << 22)

static bool reserve(struct score_list *list, const char *path) {
    if (list->n < list->capacity) {
        return true;
    }
    if (list->n >= MAX_LINES) {
        LOG(ERROR, "%s: has more than %d scores", path, MAX_LINES);
        return false;
    }
    int capacity = list->capacity ? 2 * list->capacity : 1024;
    struct score_line *lines = realloc(list->lines, (size_t)capacity * sizeof *lines);
    if (!lines) {
        return log_no_memory("the scores of %s, more than %d", path, list->n);
    }
    list->lines = lines;
    list->capacity = capacity;
    return true;
}

// False when the text is not file,label,score.
static bool parse(char *text, struct score_line *line) {
    text[strcspn(text, "\r\n")] = '\0';
    char *number = strrchr(text, ','), *label, *end;
    if (!number) {
        return false;
    }
    *number++ = '\0';
    label = strrchr(text, ',');
    if (!label) {
        return false;
    }
    *label++ = '\0';
    double score = *number ? strtod(number, &end) : NAN;
    if (*number && (*end || !(score >= 0 && score <= 1))) {
        return false;
    }
    size_t len = strlen(text), room = sizeof line->name;
    snprintf(line->name, room, "%s", text + (len < room ? 0 : len - (room - 1)));
    line->truth = model_label_is_smile(label) || strcmp(label, "1") == 0;
    line->score = (float)score;
    return true;
}

static bool read_lines(struct score_list *list, const char *path, FILE *in) {
    char text[MAX_LINE];
    for (int number = 1; fgets(text, sizeof text, in); number++) {
        if (!reserve(list, path)) {
            return false;
        }
        if (parse(text, &list->lines[list->n])) {
            list->n++;
        } else if (number > 1) { // the first is the header
            LOG(ERROR, "%s, line %d: expected file,label,score as smilecam cv writes it", path,
                number);
            return false;
        }
    }
    if (ferror(in)) {
        LOG(ERROR, "%s: cannot be read: %s", path, strerror(errno));
        return false;
    }
    return true;
}

bool score_list_read(struct score_list *list, const char *path) {
    *list = (struct score_list){0};
    FILE *in = fopen(path, "re");
    if (!in) {
        LOG(ERROR, "%s: %s", path, strerror(errno));
        return false;
    }
    bool good = read_lines(list, path, in);
    fclose(in);
    if (good && list->n == 0) {
        LOG(ERROR, "%s: has no scores; make it with smilecam cv --scores", path);
        good = false;
    }
    if (!good) {
        score_list_finish(list);
    }
    return good;
}

void score_list_finish(struct score_list *list) {
    free(list->lines);
    *list = (struct score_list){0};
}

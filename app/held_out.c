// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "held_out.h"

#include "../core/log.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LINE 4096

struct sums {
    double score;
    int n;
};

// The last folder and the file: what all ways to name a picture of one set have in common.
static const char *tail_of(const char *name) {
    const char *at = name + strlen(name);
    for (int slashes = 0; at > name; at--) {
        slashes += at[-1] == '/';
        if (slashes == 2) {
            break;
        }
    }
    return at;
}

struct entry {
    const char *tail;
    int index;
};

static int by_tail(const void *a, const void *b) {
    return strcmp(((const struct entry *)a)->tail, ((const struct entry *)b)->tail);
}

// "name,label,score": the score, NaN when it is empty. False when the line makes no sense.
static bool parse_line(char *line, double *score) {
    line[strcspn(line, "\r\n")] = '\0';
    char *label = strchr(line, ','), *number = label ? strchr(label + 1, ',') : NULL, *end;
    if (!number) {
        return false;
    }
    *label = '\0';
    *score = number[1] ? strtod(number + 1, &end) : NAN;
    return !number[1] || (*end == '\0' && *score >= 0 && *score <= 1);
}

static bool read_lines(FILE *in, const char *path, const struct entry *index, int n,
                       struct sums *sums) {
    char line[MAX_LINE];
    double score;
    for (int number = 1; fgets(line, sizeof line, in); number++) {
        if (!parse_line(line, &score)) {
            if (number == 1) { // the header
                continue;
            }
            LOG(ERROR, "%s, line %d: expected file,label,score as smilecam cv writes it", path,
                number);
            return false;
        }
        struct entry key = {tail_of(line), 0};
        const struct entry *found = bsearch(&key, index, (size_t)n, sizeof *index, by_tail);
        if (found && !isnan(score)) {
            sums[found->index].score += score;
            sums[found->index].n++;
        }
    }
    return true;
}

static bool read_files(const char *paths, const struct entry *index, int n, struct sums *sums) {
    bool good = true;
    while (good && *paths) {
        char path[PATH_MAX];
        int len = (int)strcspn(paths, ",");
        snprintf(path, sizeof path, "%.*s", len, paths);
        paths += len + (paths[len] == ',');
        FILE *in = fopen(path, "re");
        if (!in) {
            LOG(ERROR, "%s: %s", path, strerror(errno));
            return false;
        }
        good = read_lines(in, path, index, n, sums);
        fclose(in);
    }
    return good;
}

int held_out_read(const char *paths, struct eval_item *items, int n) {
    struct entry *index = malloc(((size_t)n + 1) * sizeof *index);
    struct sums *sums = calloc((size_t)n + 1, sizeof *sums);
    int found = -1;
    if (!index || !sums) {
        LOG(ERROR, "no memory for the scores of %d pictures", n);
        goto done;
    }
    for (int i = 0; i < n; i++) {
        index[i] = (struct entry){tail_of(items[i].name), i};
    }
    qsort(index, (size_t)n, sizeof *index, by_tail);
    if (!read_files(paths, index, n, sums)) {
        goto done;
    }
    found = 0;
    for (int i = 0; i < n; i++) {
        items[i].score = sums[i].n ? (float)(sums[i].score / sums[i].n) : NAN;
        found += sums[i].n > 0;
    }
    if (found == 0) {
        LOG(ERROR, "%s: none of its pictures is in the list; name the scores of this very set",
            paths);
    }
done:
    free(index);
    free(sums);
    return found;
}

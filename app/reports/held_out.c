// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/reports/held_out.h"

#include "app/reports/score_file.h"

#include "core/base/log.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void add_scores(const struct score_list *list, const struct entry *index, int n,
                       struct sums *sums) {
    for (int i = 0; i < list->n; i++) {
        struct entry key = {tail_of(list->lines[i].name), 0};
        const struct entry *found = bsearch(&key, index, (size_t)n, sizeof *index, by_tail);
        if (found && !isnan(list->lines[i].score)) {
            sums[found->index].score += (double)list->lines[i].score;
            sums[found->index].n++;
        }
    }
}

static bool read_files(const char *paths, const struct entry *index, int n, struct sums *sums) {
    while (*paths) {
        char path[PATH_MAX];
        struct score_list list;
        int len = (int)strcspn(paths, ",");
        snprintf(path, sizeof path, "%.*s", len, paths);
        paths += len + (paths[len] == ',');
        if (!score_list_read(&list, path)) {
            return false;
        }
        add_scores(&list, index, n, sums);
        score_list_finish(&list);
    }
    return true;
}

int held_out_read(const char *paths, struct eval_item *items, int n) {
    struct entry *index = malloc(((size_t)n + 1) * sizeof *index);
    struct sums *sums = calloc((size_t)n + 1, sizeof *sums);
    int found = -1;
    if (!index || !sums) {
        log_no_memory("the scores of %d pictures", n);
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
        LOG(ERROR, "%s: none of its pictures is in the list; give the scores of this data set",
            paths);
    }
done:
    free(index);
    free(sums);
    return found;
}

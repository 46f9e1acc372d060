// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/network/activation_ranges.h"

#include "core/network/fold.h"
#include "core/base/log.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY "smilecam.ranges"
#define LARGEST 1e6f
#define NARROWEST 1e-6f
#define ENTRY_LEN 64

bool ranges_init(struct ranges *ranges, int n) {
    *ranges = (struct ranges){n, calloc((size_t)n + 1, sizeof *ranges->of)};
    if (!ranges->of) {
        log_no_memory("the ranges of %d tensors", n);
        ranges->n = 0;
    }
    return ranges->of;
}

void ranges_finish(struct ranges *ranges) {
    free(ranges->of);
    *ranges = (struct ranges){0};
}

// NaN fails every comparison.
static bool sensible(const struct range *range) {
    return range->low <= 0 && range->low >= -LARGEST && range->high >= 0 &&
           range->high <= LARGEST && range->high - range->low >= NARROWEST;
}

bool ranges_known(const struct ranges *ranges, int node) {
    return node < ranges->n && sensible(&ranges->of[node]);
}

static bool read_entries(const char *name, const char *text, int *last, struct ranges *ranges) {
    int node, used;
    struct range range;
    for (; *text; text += used + strspn(text + used, " ")) {
        if (sscanf(text, "%9d:%f:%f%n", &node, &range.low, &range.high, &used) != 3 ||
            node <= *last || node >= ranges->n || !sensible(&range)) {
            LOG(ERROR, "%s: its ranges (%s) make no sense at \"%.40s\"; quantise the model again",
                name, KEY, text);
            return false;
        }
        *last = node;
        ranges->of[node] = range;
    }
    return true;
}

static bool read_parts(const char *name, const struct metadata *metadata, int n_nodes,
                       struct ranges *ranges) {
    const char *count = metadata_get(metadata, KEY), *text;
    if (metadata_number(metadata, KEY, 1, 1e6, 0) != n_nodes) {
        LOG(ERROR,
            "%s: its ranges (%s) are of %.20s tensors, the network has %d; quantise the "
            "model again",
            name, KEY, count, n_nodes);
        return false;
    }
    bool ok = ranges_init(ranges, n_nodes);
    char key[METADATA_KEY_LEN];
    int last = -1;
    for (int part = 0; ok && part < METADATA_MAX; part++) {
        snprintf(key, sizeof key, KEY ".%d", part);
        text = metadata_get(metadata, key);
        ok = !text || read_entries(name, text, &last, ranges);
    }
    return ok;
}

bool ranges_read(const char *name, const struct graph *graph, const struct metadata *metadata,
                 struct ranges *ranges) {
    *ranges = (struct ranges){0};
    if (!metadata_get(metadata, KEY)) {
        return true;
    }
    struct graph *folded = fold_graph(graph);
    bool ok = folded && read_parts(name, metadata, folded->n_nodes, ranges);
    graph_destroy(folded);
    if (!ok) {
        ranges_finish(ranges);
    }
    return ok;
}

static bool write_part(int part, const char *text, struct metadata *metadata) {
    char key[METADATA_KEY_LEN];
    snprintf(key, sizeof key, KEY ".%d", part);
    metadata_set(metadata, key, text);
    return metadata_get(metadata, key);
}

// Parts of an earlier time that are not written again become empty.
static void clear_parts(int part, struct metadata *metadata) {
    char key[METADATA_KEY_LEN];
    for (; part < METADATA_MAX; part++) {
        snprintf(key, sizeof key, KEY ".%d", part);
        if (metadata_get(metadata, key)) {
            metadata_set(metadata, key, "");
        }
    }
}

bool ranges_write(const struct ranges *ranges, struct metadata *metadata) {
    char text[METADATA_VALUE_LEN] = "";
    int part = 0;
    bool ok = true;
    metadata_format(metadata, KEY, "%d", ranges->n);
    for (int i = 0; i < ranges->n; i++) {
        size_t used = strlen(text);
        if (used + ENTRY_LEN > sizeof text) {
            ok = ok && write_part(part++, text, metadata);
            text[used = 0] = 0;
        }
        if (ranges_known(ranges, i)) {
            snprintf(text + used, sizeof text - used, "%s%d:%.6g:%.6g", used ? " " : "", i,
                     (double)ranges->of[i].low, (double)ranges->of[i].high);
        }
    }
    ok = ok && write_part(part++, text, metadata);
    clear_parts(part, metadata);
    if (!ok) {
        LOG(ERROR, "the ranges of %d tensors are more than a model file's metadata can hold",
            ranges->n);
    }
    return ok;
}

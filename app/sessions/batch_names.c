// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/batch_names.h"

#include "core/base/log.h"
#include "app/sinks/segments.h"
#include "app/system/path_name.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool batch_name(const struct batch_output *output, const char *input, bool part,
                char path[PATH_MAX]) {
    const char *base = path_base(input);
    int stem = (int)(path_extension(base) - base);
    int n = snprintf(path, PATH_MAX, "%s/%.*s%s%s", output->folder, stem, base, part ? ".part" : "",
                     output->extension);
    return n > 0 && n < PATH_MAX;
}

static bool make_folder(const char *folder) {
    struct stat status;
    if (mkdir(folder, 0777) == 0 || (stat(folder, &status) == 0 && S_ISDIR(status.st_mode))) {
        return true;
    }
    LOG(ERROR, "%s: this folder cannot be made: %s", folder, strerror(errno));
    return false;
}

bool batch_make_folders(const struct annotate_batch *batch) {
    bool good = true;
    for (int i = 0; good && i < batch->n_outputs; i++) {
        good = make_folder(batch->outputs[i].folder);
    }
    return good;
}

// An input and what its outputs are called but for their folder and extension.
struct named {
    const char *input, *base;
    int stem;
};

static int by_stem(const void *a, const void *b) {
    const struct named *x = a, *y = b;
    int order = strncmp(x->base, y->base, (size_t)(x->stem < y->stem ? x->stem : y->stem));
    return order ? order : x->stem != y->stem ? x->stem - y->stem : strcmp(x->input, y->input);
}

static bool stems_differ(const struct named *a, const struct named *b,
                         const struct annotate_batch *batch) {
    char path[PATH_MAX];
    if (batch->n_outputs == 0 || a->stem != b->stem ||
        strncmp(a->base, b->base, (size_t)a->stem) != 0) {
        return true;
    }
    batch_name(&batch->outputs[0], a->input, false, path);
    LOG(ERROR, "%s and %s would both become %s; annotate them one by one", a->input, b->input,
        path);
    return false;
}

bool batch_check_names(const struct annotate_batch *batch) {
    char path[PATH_MAX];
    bool good = true;
    struct named *names = calloc((size_t)batch->n_inputs, sizeof *names);
    if (!names) {
        return log_no_memory("a batch of %d videos", batch->n_inputs);
    }
    for (int i = 0; good && i < batch->n_inputs; i++) {
        const char *base = path_base(batch->inputs[i]);
        names[i] = (struct named){batch->inputs[i], base, (int)(path_extension(base) - base)};
        for (int k = 0; good && k < batch->n_outputs; k++) {
            good = batch_name(&batch->outputs[k], batch->inputs[i], true, path);
        }
        if (!good) {
            LOG(ERROR, "%s: this name is too long", batch->inputs[i]);
        }
    }
    qsort(names, (size_t)batch->n_inputs, sizeof *names, by_stem);
    for (int i = 1; good && i < batch->n_inputs; i++) {
        good = stems_differ(&names[i - 1], &names[i], batch);
    }
    free(names);
    return good;
}

bool batch_is_there(const struct annotate_batch *batch, int output, const char *input) {
    const struct batch_output *wanted = &batch->outputs[output];
    char path[PATH_MAX], first[PATH_MAX], proof[PATH_MAX + 16];
    batch_name(wanted, input, false, path);
    if (!segments_name(path, wanted->segmented, first, sizeof first)) {
        return false;
    }
    snprintf(proof, sizeof proof, "%s%s", first, wanted->proof);
    return access(proof, F_OK) == 0;
}

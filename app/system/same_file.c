// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/same_file.h"

#include "core/base/log.h"

#include <string.h>
#include <sys/stat.h>

bool same_node(const char *a, const char *b) {
    struct stat x, y;
    return a && b && stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
           x.st_ino == y.st_ino;
}

bool same_file(const char *a, const char *b) {
    struct stat x;
    return same_node(a, b) && stat(a, &x) == 0 && S_ISREG(x.st_mode);
}

bool outputs_differ(const char *in, const char *const *outputs, int n) {
    for (int i = 0; i < n; i++) {
        if (same_file(in, outputs[i])) {
            LOG(ERROR, "%s: this is the input; choose another name for the output", in);
            return false;
        }
        for (int k = 0; k < i; k++) {
            if (outputs[i] && outputs[k] &&
                (strcmp(outputs[i], outputs[k]) == 0 || same_file(outputs[i], outputs[k]))) {
                LOG(ERROR, "%s: two outputs cannot go there; give each its own",
                    strcmp(outputs[i], "-") == 0 ? "standard output" : outputs[i]);
                return false;
            }
        }
    }
    return true;
}

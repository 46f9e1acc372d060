// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sinks/text_output.h"

#include "core/base/log.h"
#include "app/system/standard_streams.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool text_output_open(struct text_output *lines, const char *path, const char *what) {
    bool standard = strcmp(path, "-") == 0;
    *lines =
        (struct text_output){.what = what, .name = strdup(standard ? "standard output" : path)};
    if (!lines->name) {
        return log_no_memory("writing %s", what);
    }
    lines->file = standard ? stdout : fopen(path, "we");
    if (!lines->file) {
        LOG(ERROR, "%s: cannot write %s: %s", path, what, strerror(errno));
        free(lines->name);
        lines->name = NULL;
        return false;
    }
    return true;
}

bool text_output_fail(const struct text_output *lines) {
    if (errno == EPIPE) {
        LOG(ERROR, "%s: cannot write %s: whoever read them has gone", lines->name, lines->what);
    } else {
        LOG(ERROR, "%s: cannot write %s: %s", lines->name, lines->what, output_problem(errno));
    }
    return false;
}

bool text_output_close(struct text_output *lines) {
    if (!lines->file) {
        return true;
    }
    bool failed = ferror(lines->file) != 0; // was told when it happened
    bool good = lines->file == stdout ? fflush(stdout) == 0 : fclose(lines->file) == 0;
    if (!good && !failed) {
        text_output_fail(lines);
    }
    free(lines->name);
    *lines = (struct text_output){0};
    return good && !failed;
}

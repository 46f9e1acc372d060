// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sinks/provenance.h"

#include "app/sinks/text_output.h"
#include "app/system/clock.h"
#include "app/system/json.h"
#include "app/system/path_name.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

// The clock now, less how old the frame is, less how far before it the time was.
void wall_text_at(const struct frame *frame, double t, char text[WALL_TIME_LEN]) {
    double age_s = (double)(clock_now_ns() - frame->captured_ns) * 1e-9;
    wall_time_format(wall_time_now() - age_s - ((double)frame->media_ns * 1e-9 - t), text);
}

void provenance_describe(const struct provenance *of, json_t *object) {
    json_object_set_new(object, "version", json_string(SMILECAM_VERSION));
    json_object_set_new(object, "model", json_text(path_base(of->model)));
    json_object_set_new(object, "model_sha256", json_string(of->model_sha256));
    json_object_set_new(object, "threshold", json_rounded(of->threshold, 4));
    json_object_set_new(object, "source", json_text(of->source));
    json_object_set_new(object, "rate", json_rounded(of->rate_hz, 3));
    if (of->start[0]) {
        json_object_set_new(object, "start", json_string(of->start));
    }
}

#define BESIDE_LEN (PATH_MAX + 16)

static void name_beside(const char *path, char beside[BESIDE_LEN]) {
    snprintf(beside, BESIDE_LEN, "%s.meta.json", path);
}

bool provenance_rename_beside(const char *from, const char *to) {
    char old[BESIDE_LEN], fresh[BESIDE_LEN];
    name_beside(from, old);
    name_beside(to, fresh);
    return rename(old, fresh) == 0 || errno == ENOENT;
}

bool provenance_write_beside(const struct provenance *of, const char *path) {
    struct text_output out = {0};
    char beside[BESIDE_LEN];
    struct stat status;
    if (strcmp(path, "-") == 0 || stat(path, &status) != 0 || !S_ISREG(status.st_mode)) {
        return true;
    }
    name_beside(path, beside);
    if (!text_output_open(&out, beside, "the origin of a table")) {
        return false;
    }
    json_t *object = json_pack("{s:i}", "v", 1);
    provenance_describe(of, object);
    bool written = json_write_line(object, out.file) || text_output_fail(&out);
    return text_output_close(&out) && written;
}

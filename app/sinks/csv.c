// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sinks/csv.h"

#include "core/base/log.h"
#include "app/sinks/text_output.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

struct csv_sink {
    struct sink base;
    struct text_output lines;
    bool landmarks;
};

static void write_header(const struct csv_sink *sink) {
    FILE *file = sink->lines.file;
    fputs("frame,timestamp,face,confidence,success,x,y,width,height,smile,smiling", file);
    for (int i = 0; sink->landmarks && i < 2 * N_LANDMARKS; i++) {
        fprintf(file, ",%c_%d", i < N_LANDMARKS ? 'x' : 'y', i % N_LANDMARKS);
    }
    fputc('\n', file);
}

static void write_landmarks(FILE *file, const struct point *landmarks) {
    for (int i = 0; i < N_LANDMARKS; i++) {
        fprintf(file, ",%.1f", (double)landmarks[i].x);
    }
    for (int i = 0; i < N_LANDMARKS; i++) {
        fprintf(file, ",%.1f", (double)landmarks[i].y);
    }
}

static void write_face(const struct csv_sink *sink, const struct frame *frame,
                       const struct face_view *face) {
    FILE *file = sink->lines.file;
    const struct box *box = &face->box;
    double confidence = fmin(fmax((double)face->confidence, 0), 1);
    fprintf(file, "%" PRIu64 ",%.3f,%d,%.2f,%d,%.1f,%.1f,%.1f,%.1f,%.3f,%d", frame->number + 1,
            (double)frame->media_ns * 1e-9, face->id, confidence, face->seen, (double)box->x,
            (double)box->y, (double)box->w, (double)box->h, (double)face->score, face->smiling);
    if (sink->landmarks) {
        write_landmarks(file, face->landmarks);
    }
    fputc('\n', file);
}

// What nobody has is empty, which R and pandas leave out of a mean.
static void write_nobody(const struct csv_sink *sink, const struct frame *frame) {
    FILE *file = sink->lines.file;
    fprintf(file, "%" PRIu64 ",%.3f,0,0.00,0,,,,,,", frame->number + 1,
            (double)frame->media_ns * 1e-9);
    for (int i = 0; sink->landmarks && i < 2 * N_LANDMARKS; i++) {
        fputc(',', file);
    }
    fputc('\n', file);
}

static bool csv_write(struct sink *base, const struct frame *frame,
                      const struct analysis *analysis) {
    struct csv_sink *sink = (struct csv_sink *)base;
    for (int i = 0; i < analysis->n_faces; i++) {
        write_face(sink, frame, &analysis->faces[i]);
    }
    if (analysis->n_faces == 0) {
        write_nobody(sink, frame);
    }
    return fflush(sink->lines.file) == 0 || text_output_fail(&sink->lines);
}

static bool csv_close(struct sink *base) {
    struct csv_sink *sink = (struct csv_sink *)base;
    bool good = text_output_close(&sink->lines);
    free(sink);
    return good;
}

static const struct sink_driver csv_driver = {
    .name = "csv",
    .write = csv_write,
    .close = csv_close,
};

struct sink *csv_create(const char *path, bool landmarks) {
    struct csv_sink *sink = calloc(1, sizeof *sink);
    if (!sink) {
        log_no_memory("writing a table");
        return NULL;
    }
    sink->base.driver = &csv_driver;
    sink->landmarks = landmarks;
    if (!text_output_open(&sink->lines, path, "a table")) {
        free(sink);
        return NULL;
    }
    write_header(sink);
    return &sink->base;
}

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sinks/exports_private.h"

#include <math.h>

// A line lasts as long as its smile; those of several faces may overlap, which both formats allow.

static void write_time(FILE *out, double t, char point) {
    long long ms = llround(fmax(t, 0) * 1000);
    fprintf(out, "%02lld:%02lld:%02lld%c%03lld", ms / 3600000, ms / 60000 % 60, ms / 1000 % 60,
            point, ms % 1000);
}

static void write_span(FILE *out, const struct smile_interval *smile, char point) {
    write_time(out, smile->begin_s, point);
    fputs(" --> ", out);
    write_time(out, fmax(smile->end_s, smile->begin_s + 0.001), point);
    fputc('\n', out);
}

void export_vtt(FILE *out, const struct timeline *timeline, const struct provenance *of) {
    fprintf(out, "WEBVTT\n\nNOTE smilecam %s, model %.12s, threshold %.3f\n", SMILECAM_VERSION,
            of->model_sha256, of->threshold);
    for (int i = 0; i < timeline->n_smiles; i++) {
        const struct smile_interval *smile = &timeline->smiles[i];
        fprintf(out, "\n%d\n", i + 1);
        write_span(out, smile, '.');
        fprintf(out, "face %d smiles\n", smile->face);
    }
}

void export_srt(FILE *out, const struct timeline *timeline, const struct provenance *of) {
    (void)of;
    for (int i = 0; i < timeline->n_smiles; i++) {
        const struct smile_interval *smile = &timeline->smiles[i];
        fprintf(out, "%s%d\n", i ? "\n" : "", i + 1);
        write_span(out, smile, ',');
        fprintf(out, "face %d smiles\n", smile->face);
    }
}

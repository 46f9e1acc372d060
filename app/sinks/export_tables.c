// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sinks/exports_private.h"

#include "app/system/json.h"
#include "core/base/log.h"

#include <math.h>

#define LOGGED_FACES 12

void export_intervals(FILE *out, const struct timeline *timeline, const struct provenance *of) {
    fputs("video,face,start,end,duration,peak,mean,cut\n", out);
    for (int i = 0; i < timeline->n_smiles; i++) {
        const struct smile_interval *smile = &timeline->smiles[i];
        export_csv_text(out, of->source);
        fprintf(out, ",%d,%.3f,%.3f,%.3f,%.3f,%.3f,%d\n", smile->face, smile->begin_s, smile->end_s,
                smile->end_s - smile->begin_s, (double)smile->peak, (double)smile->mean,
                smile->cut);
    }
}

// ---- summary ----

// Of the time in which the face was seen.
static double share_of(const struct smile_totals *totals) {
    return totals->seen_s > 0 ? fmin(totals->smiling_s / totals->seen_s, 1) : NAN;
}

static void write_row(FILE *out, const char *video, const struct smile_totals *totals) {
    export_csv_text(out, video);
    if (totals->face) {
        fprintf(out, ",%d", totals->face);
    } else {
        fputs(",all", out);
    }
    fprintf(out, ",%.3f,%.3f,%.3f,%d,%.3f,", totals->begin_s, totals->end_s, totals->seen_s,
            totals->n_smiles, totals->smiling_s);
    export_csv_number(out, share_of(totals), 4);
    fprintf(out, ",%.3f,", totals->longest_s);
    export_csv_number(out, totals->first_s, 3);
    fputc(',', out);
    export_csv_number(out, (double)totals->peak, 3);
    fputc('\n', out);
}

void export_summary_csv(FILE *out, const struct timeline *timeline, const struct provenance *of) {
    fputs("video,face,start,end,seen,smiles,smiling,share,longest,first,peak\n", out);
    struct smile_totals totals = timeline_totals(timeline, 0);
    write_row(out, of->source, &totals);
    for (int i = 0; i < timeline->n_faces; i++) {
        totals = timeline_totals(timeline, timeline->faces[i].face);
        write_row(out, of->source, &totals);
    }
}

static void log_totals(const char *who, const struct smile_totals *totals) {
    if (totals->n_smiles == 0) {
        LOG(INFO, "%s: seen for %.1f s, no smile", who, totals->seen_s);
        return;
    }
    LOG(INFO, "%s: seen for %.1f s, %d %s, %.1f s (%.0f %%); longest %.1f s, first at %.1f s", who,
        totals->seen_s, totals->n_smiles, totals->n_smiles == 1 ? "smile" : "smiles",
        totals->smiling_s, 100 * share_of(totals), totals->longest_s, totals->first_s);
}

void export_log_summary(const struct timeline *timeline) {
    char who[32];
    struct smile_totals totals = timeline_totals(timeline, 0);
    int shown = timeline->n_faces < LOGGED_FACES ? timeline->n_faces : LOGGED_FACES;
    snprintf(who, sizeof who, timeline->n_faces == 1 ? "%d face" : "%d faces", timeline->n_faces);
    log_totals(who, &totals);
    for (int i = 0; i < shown && timeline->n_faces > 1; i++) {
        totals = timeline_totals(timeline, timeline->faces[i].face);
        snprintf(who, sizeof who, "  face %d", totals.face);
        log_totals(who, &totals);
    }
    if (timeline->n_faces > shown) {
        LOG(INFO, "  and %d more faces; --summary FILE.csv has them all",
            timeline->n_faces - shown);
    }
}

static json_t *describe(const struct smile_totals *totals) {
    json_t *object = json_object();
    if (totals->face) {
        json_object_set_new(object, "face", json_integer(totals->face));
    }
    json_object_set_new(object, "start", json_rounded(totals->begin_s, 3));
    json_object_set_new(object, "end", json_rounded(totals->end_s, 3));
    json_object_set_new(object, "seen", json_rounded(totals->seen_s, 3));
    json_object_set_new(object, "smiles", json_integer(totals->n_smiles));
    json_object_set_new(object, "smiling", json_rounded(totals->smiling_s, 3));
    json_object_set_new(object, "share", json_rounded(share_of(totals), 4));
    json_object_set_new(object, "longest", json_rounded(totals->longest_s, 3));
    json_object_set_new(object, "first", json_rounded(totals->first_s, 3));
    json_object_set_new(object, "peak", json_rounded((double)totals->peak, 3));
    return object;
}

void export_json_video(FILE *out, const char *video) {
    json_t *text = json_text(video);
    fputs("{\"v\":1,\"video\":", out);
    if (text) {
        json_dumpf(text, out, JSON_ENCODE_ANY);
    }
    fputc(',', out);
    json_decref(text);
}

void export_summary_json(FILE *out, const struct timeline *timeline, const struct provenance *of) {
    struct smile_totals all = timeline_totals(timeline, 0);
    json_t *object = json_object(), *faces = json_array();
    json_object_set_new(object, "v", json_integer(1));
    json_object_set_new(object, "video", json_text(of->source));
    json_object_set_new(object, "all", describe(&all));
    for (int i = 0; i < timeline->n_faces; i++) {
        struct smile_totals totals = timeline_totals(timeline, timeline->faces[i].face);
        json_array_append_new(faces, describe(&totals));
    }
    json_object_set_new(object, "faces", faces);
    json_object_set_new(object, "version", json_string(SMILECAM_VERSION));
    json_object_set_new(object, "model_sha256", json_string(of->model_sha256));
    json_object_set_new(object, "threshold", json_rounded(of->threshold, 4));
    json_write_line(object, out);
}

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sinks/exports.h"

#include "app/sinks/exports_private.h"
#include "app/system/path_name.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef void export_writer(FILE *out, const struct timeline *timeline, const struct provenance *of);

static const struct {
    const char *what;
    export_writer *write, *write_json;
} kinds[N_EXPORTS] = {
    [EXPORT_SUMMARY] = {"a summary", export_summary_csv, export_summary_json},
    [EXPORT_INTERVALS] = {"a table of smiles", export_intervals, NULL},
    [EXPORT_VTT] = {"subtitles", export_vtt, NULL},
    [EXPORT_SRT] = {"subtitles", export_srt, NULL},
    [EXPORT_EAF] = {"annotations", export_eaf, NULL},
    [EXPORT_TEXTGRID] = {"annotations", export_textgrid, NULL},
};

bool export_open(struct text_output *out, enum export_kind kind, const char *path) {
    return text_output_open(out, path, kinds[kind].what);
}

static bool is_json(const char *path) {
    const char *extension = path_extension(path);
    return strcasecmp(extension, ".json") == 0 || strcasecmp(extension, ".jsonl") == 0;
}

bool export_summary_has(const char *text, const char *path, const char *video) {
    char *key = NULL;
    size_t size;
    FILE *out = open_memstream(&key, &size);
    if (!out) {
        return false;
    }
    if (is_json(path)) {
        export_json_video(out, video);
    } else {
        fputc('\n', out);
        export_csv_text(out, video);
        fputc(',', out);
    }
    bool found = fclose(out) == 0 && key && strstr(text, key);
    free(key);
    return found;
}

bool export_close(struct text_output *out, enum export_kind kind, const struct timeline *timeline,
                  const struct provenance *provenance) {
    if (!out->file) {
        return true;
    }
    bool json = kinds[kind].write_json && is_json(out->name);
    (json ? kinds[kind].write_json : kinds[kind].write)(out->file, timeline, provenance);
    if (ferror(out->file)) {
        text_output_fail(out);
    }
    return text_output_close(out);
}

void export_csv_text(FILE *out, const char *text) {
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        fputs(*text == '"' ? "\"\"" : (char[]){*text, '\0'}, out);
    }
    fputc('"', out);
}

void export_csv_number(FILE *out, double value, int decimals) {
    if (isfinite(value)) {
        fprintf(out, "%.*f", decimals, value);
    }
}

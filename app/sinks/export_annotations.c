// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sinks/exports_private.h"
#include "app/system/markup_text.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static long long ms_of(double t) {
    return llround(fmax(t, 0) * 1000);
}

// ---- ELAN: http://www.mpi.nl/tools/elan/EAFv3.0.xsd ----

static void write_now(FILE *out) {
    char text[32];
    time_t now = time(NULL);
    struct tm parts;
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S+00:00", gmtime_r(&now, &parts));
    fputs(text, out);
}

static const char *mime_type(const char *path) {
    static const char *const types[][2] = {{".mp4", "video/mp4"},
                                           {".mov", "video/quicktime"},
                                           {".mpg", "video/mpeg"},
                                           {".wav", "audio/x-wav"}};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof types / sizeof *types; i++) {
        if (strcasecmp(dot, types[i][0]) == 0) {
            return types[i][1];
        }
    }
    return "unknown";
}

static void write_property(FILE *out, const char *name, const char *value) {
    fprintf(out, "        <PROPERTY NAME=\"%s\">", name);
    markup_text(out, value);
    fputs("</PROPERTY>\n", out);
}

// The video's address: a link that begins with file:// and a whole path, where there is one.
static void write_media(FILE *out, const char *source) {
    char path[PATH_MAX];
    bool whole = realpath(source, path) != NULL;
    fprintf(out, "        <MEDIA_DESCRIPTOR MEDIA_URL=\"%s", whole ? "file://" : "");
    markup_text(out, whole ? path : source);
    fprintf(out, "\" MIME_TYPE=\"%s\"/>\n", mime_type(source));
}

static void write_eaf_head(FILE *out, const struct provenance *of) {
    char threshold[32];
    snprintf(threshold, sizeof threshold, "%.4f", of->threshold);
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ANNOTATION_DOCUMENT AUTHOR=\"smilecam\" "
          "DATE=\"",
          out);
    write_now(out);
    fputs("\" FORMAT=\"3.0\" VERSION=\"3.0\" "
          "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
          "xsi:noNamespaceSchemaLocation=\"http://www.mpi.nl/tools/elan/EAFv3.0.xsd\">\n"
          "    <HEADER MEDIA_FILE=\"\" TIME_UNITS=\"milliseconds\">\n",
          out);
    write_media(out, of->source);
    write_property(out, "smilecam version", SMILECAM_VERSION);
    write_property(out, "smilecam model SHA-256", of->model_sha256);
    write_property(out, "smilecam threshold", threshold);
    fputs("    </HEADER>\n", out);
}

static void write_slots(FILE *out, const struct timeline *timeline) {
    fputs("    <TIME_ORDER>\n", out);
    for (int i = 0; i < timeline->n_smiles; i++) {
        const struct smile_interval *smile = &timeline->smiles[i];
        fprintf(out,
                "        <TIME_SLOT TIME_SLOT_ID=\"ts%d\" TIME_VALUE=\"%lld\"/>\n"
                "        <TIME_SLOT TIME_SLOT_ID=\"ts%d\" TIME_VALUE=\"%lld\"/>\n",
                2 * i + 1, ms_of(smile->begin_s), 2 * i + 2,
                ms_of(fmax(smile->end_s, smile->begin_s + 0.001)));
    }
    fputs("    </TIME_ORDER>\n", out);
}

static void write_tier(FILE *out, const struct timeline *timeline, int face) {
    fprintf(out,
            "    <TIER LINGUISTIC_TYPE_REF=\"smile\" PARTICIPANT=\"face %d\" TIER_ID=\"face "
            "%d\">\n",
            face, face);
    for (int i = 0; i < timeline->n_smiles; i++) {
        const struct smile_interval *smile = &timeline->smiles[i];
        if (smile->face == face) {
            fprintf(out,
                    "        <ANNOTATION>\n            <ALIGNABLE_ANNOTATION "
                    "ANNOTATION_ID=\"a%d\" TIME_SLOT_REF1=\"ts%d\" TIME_SLOT_REF2=\"ts%d\">\n"
                    "                <ANNOTATION_VALUE>smile</ANNOTATION_VALUE>\n"
                    "            </ALIGNABLE_ANNOTATION>\n        </ANNOTATION>\n",
                    i + 1, 2 * i + 1, 2 * i + 2);
        }
    }
    fputs("    </TIER>\n", out);
}

void export_eaf(FILE *out, const struct timeline *timeline, const struct provenance *of) {
    write_eaf_head(out, of);
    write_slots(out, timeline);
    for (int i = 0; i < timeline->n_faces; i++) {
        write_tier(out, timeline, timeline->faces[i].face);
    }
    fputs("    <LINGUISTIC_TYPE GRAPHIC_REFERENCES=\"false\" LINGUISTIC_TYPE_ID=\"smile\" "
          "TIME_ALIGNABLE=\"true\"/>\n</ANNOTATION_DOCUMENT>\n",
          out);
}

// ---- Praat: "TextGrid file formats" in its manual; every tier covers the whole time ----

// Where an interval lies; begin_s < end_s.
static void write_interval(FILE *out, int number, double begin_s, double end_s, const char *text) {
    fprintf(out,
            "        intervals [%d]:\n            xmin = %.6f\n            xmax = %.6f\n"
            "            text = \"%s\"\n",
            number, begin_s, end_s, text);
}

// Intervals of one face: smiles and what is between them. Counts only without out.
static int write_intervals(FILE *out, const struct timeline *timeline, int face, double end_s) {
    double at_s = 0;
    int n = 0;
    for (int i = 0; i < timeline->n_smiles; i++) {
        const struct smile_interval *smile = &timeline->smiles[i];
        double begin_s = fmax(smile->begin_s, at_s), until_s = fmin(smile->end_s, end_s);
        if (smile->face != face || until_s - begin_s < 1e-6) {
            continue;
        }
        if (begin_s - at_s > 1e-6) {
            n++;
            if (out) {
                write_interval(out, n, at_s, begin_s, "");
            }
        }
        n++;
        if (out) {
            write_interval(out, n, begin_s - at_s > 1e-6 ? begin_s : at_s, until_s, "smile");
        }
        at_s = until_s;
    }
    if (end_s - at_s > 1e-6) {
        n++;
        if (out) {
            write_interval(out, n, at_s, end_s, "");
        }
    }
    return n;
}

void export_textgrid(FILE *out, const struct timeline *timeline, const struct provenance *of) {
    double end_s = fmax(timeline->end_s, 0.001);
    int n = timeline->n_faces;
    (void)of;
    fprintf(out,
            "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\nxmin = 0\nxmax = %.6f\n"
            "tiers? <%s>\n",
            end_s, n > 0 ? "exists" : "absent");
    if (n > 0) {
        fprintf(out, "size = %d\nitem []:\n", n);
    }
    for (int i = 0; i < n; i++) {
        int face = timeline->faces[i].face;
        fprintf(out,
                "    item [%d]:\n        class = \"IntervalTier\"\n        name = \"face %d\"\n"
                "        xmin = 0\n        xmax = %.6f\n        intervals: size = %d\n",
                i + 1, face, end_s, write_intervals(NULL, timeline, face, end_s));
        write_intervals(out, timeline, face, end_s);
    }
}

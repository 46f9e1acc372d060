// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/reports/video_strips.h"

#include <math.h>
#include <string.h>

#define WIDTH 1000
#define LEFT 70
#define RIGHT 12
#define STRIP 62    // height of a face's
#define CURVE 34    // of that, the curve
#define BLOCK 12    // and the smiles below
#define COLUMNS 900 // of a curve at most; in each the highest score is drawn
#define TICKS 10    // at most

struct scale {
    FILE *out;
    double end_s;
};

void strip_format_time(double seconds, char text[32]) {
    long long tenths = llround(fmax(seconds, 0) * 10), s = tenths / 10;
    if (s >= 3600) {
        snprintf(text, 32, "%lld:%02lld:%02lld.%lld", s / 3600, s / 60 % 60, s % 60, tenths % 10);
    } else {
        snprintf(text, 32, "%lld:%02lld.%lld", s / 60, s % 60, tenths % 10);
    }
}

static double across(const struct scale *scale, double t) {
    return LEFT + fmin(fmax(t / scale->end_s, 0), 1) * (WIDTH - LEFT - RIGHT);
}

// The smallest round step with which there are not too many ticks.
static double tick_step(double end_s) {
    static const double steps[] = {0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600};
    size_t n = sizeof steps / sizeof *steps;
    for (size_t i = 0; i < n; i++) {
        if (end_s / steps[i] <= TICKS) {
            return steps[i];
        }
    }
    return 3600 * ceil(end_s / 3600 / TICKS);
}

static void draw_ticks(const struct scale *scale, double height) {
    double step = tick_step(scale->end_s);
    char words[32];
    for (double t = 0; t <= scale->end_s; t += step) {
        double x = across(scale, t);
        strip_format_time(t, words);
        fprintf(scale->out,
                "<path class='grid' d='M%.1f 0V%.0f'/><text x='%.1f' y='%.0f' "
                "text-anchor='%s'>%.*s</text>",
                x, height, x, height + 16, t > 0 ? "middle" : "start",
                step < 1 ? 31 : (int)(strcspn(words, ".")), words);
    }
}

static void draw_presence(const struct scale *scale, const struct face_interval *face, double y) {
    fprintf(scale->out, "<path class='thin' d='M%.1f %.1fH%.1f'/>", across(scale, face->begin_s), y,
            across(scale, isnan(face->end_s) ? scale->end_s : face->end_s));
}

static void draw_smiles(const struct scale *scale, const struct timeline *timeline, int face,
                        double y) {
    for (int i = 0; i < timeline->n_smiles; i++) {
        const struct smile_interval *smile = &timeline->smiles[i];
        if (smile->face != face) {
            continue;
        }
        double x0 = across(scale, smile->begin_s), x1 = across(scale, smile->end_s);
        fprintf(scale->out,
                "<rect class='dot' x='%.1f' y='%.1f' width='%.1f' height='%d'><title>%d: %.1f s to "
                "%.1f s, peak %.2f</title></rect>",
                x0, y - BLOCK / 2.0, fmax(x1 - x0, 1), BLOCK, i + 1, smile->begin_s, smile->end_s,
                (double)smile->peak);
    }
}

// The highest score of each column; a gap where the face was not there.
static void draw_curve(const struct scale *scale, const struct strip_curve *curve, double base) {
    double column_s = fmax(scale->end_s / COLUMNS, 0.1), last_t = -INFINITY;
    fputs("<path class='main' d='", scale->out);
    for (int i = 0; i < curve->n;) {
        double from_s = curve->points[i].t;
        float most = curve->points[i].score;
        for (i++; i < curve->n && curve->points[i].t - from_s < column_s; i++) {
            most = fmaxf(most, curve->points[i].score);
        }
        fprintf(scale->out, "%c%.1f %.1f", from_s - last_t > 2 * column_s + 1 ? 'M' : 'L',
                across(scale, from_s), base - CURVE * (double)most);
        last_t = from_s;
    }
    fputs("'/>", scale->out);
}

static void draw_face(const struct scale *scale, const struct timeline *timeline,
                      const struct strip_curve *curve, const struct face_interval *face, double top,
                      double threshold) {
    double base = top + CURVE + 4, line = base + 4 + BLOCK / 2.0;
    fprintf(scale->out,
            "<text x='%d' y='%.1f' text-anchor='end'>face %d</text><path class='dashed' d='M%d "
            "%.1fH%d'/>",
            LEFT - 8, line + 4, face->face, LEFT, base - CURVE * threshold, WIDTH - RIGHT);
    if (curve) {
        draw_curve(scale, curve, base);
    }
    draw_presence(scale, face, line);
    draw_smiles(scale, timeline, face->face, line);
    fputc('\n', scale->out);
}

static const struct strip_curve *find_curve(const struct strip_curve *curves, int n, int face) {
    for (int i = 0; i < n; i++) {
        if (curves[i].face == face) {
            return &curves[i];
        }
    }
    return NULL;
}

void strips_write(FILE *out, const struct timeline *timeline, const struct strip_curve *curves,
                  int n_curves, double threshold) {
    struct scale scale = {out, fmax(timeline->end_s, 0.1)};
    int height = timeline->n_faces * STRIP;
    fputs("<h2>Over time</h2><p>For each face: its score, with the threshold dashed; below, a line "
          "while it is there and a block for each smile.</p>",
          out);
    fprintf(out, "<svg viewBox='0 0 %d %d' role='img'><title>smiles over time</title>", WIDTH,
            height + 24);
    draw_ticks(&scale, height);
    for (int i = 0; i < timeline->n_faces; i++) {
        const struct face_interval *face = &timeline->faces[i];
        draw_face(&scale, timeline, find_curve(curves, n_curves, face->face), face,
                  (double)i * STRIP, threshold);
    }
    fputs("</svg>\n", out);
}

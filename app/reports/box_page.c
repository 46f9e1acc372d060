// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/reports/box_page.h"

#include "app/reports/html_page.h"
#include "app/reports/svg_plot.h"
#include "app/system/markup_text.h"

#include "core/base/log.h"
#include "core/base/min_max.h"
#include "core/run/metrics.h"

#include <math.h>
#include <stdlib.h>

#define GALLERY 96  // pictures of each kind at most
#define STEPS 200   // of a curve
#define MARGIN 0.6f // around a face, of its side
#define SHOWN_PX 128

static void write_head(FILE *out, const struct box_page *page) {
    const struct box_measure *m = page->measures[0];
    double recall = box_measure_recall_at(m, page->threshold);
    page_begin(out, "smilecam: faces found");
    fprintf(out,
            "<h1>%.1f %% of the faces found</h1><p>&plusmn;&nbsp;%.1f (95 %% interval) of %d faces "
            "in %d images, at the threshold %.2f; %.1f %% of what it finds are faces. Faces count "
            "from 40 pixels on, at a longer side of 640.</p>\n",
            100 * recall, 100 * wilson_half_interval(recall, m->n_faces), m->n_faces, m->n_images,
            (double)page->threshold, 100 * box_measure_precision_at(m, page->threshold));
    if (m->n_empty > 0) {
        fprintf(out, "<p>In %d of %d images without a face, something is found.</p>\n",
                box_measure_false_images(m, page->threshold), m->n_empty);
    }
}

static int by_falling_score(const void *a, const void *b) {
    float p = ((const struct measured_box *)a)->score, q = ((const struct measured_box *)b)->score;
    return (p < q) - (p > q);
}

static float lowest_score(const struct box_measure *m) {
    float least = INFINITY;
    for (int i = 0; i < m->n_faces; i++) {
        least = fminf(least, m->faces[i].score); // which ignores NaN
    }
    for (int i = 0; i < m->n_false; i++) {
        least = fminf(least, m->falses[i].score);
    }
    return least;
}

static float highest_score(const struct box_measure *m) {
    float most = -INFINITY;
    for (int i = 0; i < m->n_faces; i++) {
        most = fmaxf(most, m->faces[i].score);
    }
    return most;
}

static void draw_curve(const struct plot *plot, const char *kind, const struct box_measure *m) {
    double x[STEPS + 1], y[STEPS + 1];
    float least = lowest_score(m), most = highest_score(m);
    int n = 0;
    for (int i = 0; i <= STEPS && least < most; i++) {
        float threshold = least + (most - least) * (float)i / STEPS;
        x[n] = box_measure_recall_at(m, threshold);
        y[n] = box_measure_precision_at(m, threshold);
        n += isfinite(x[n]) && isfinite(y[n]);
    }
    plot_line(plot, kind, x, y, n);
}

static void write_curves(FILE *out, const struct box_page *page) {
    static const char *const kinds[] = {"main", "dashed", "thin", "thin"};
    const struct plot_axis recall = {"recall", 0, 1, 5, 1}, precision = {"precision", 0, 1, 5, 1};
    struct plot plot;
    fputs("<h2>Precision and recall</h2><div class='plots'>", out);
    plot_begin(&plot, out, "precision over recall", &recall, &precision);
    for (int i = 0; i < page->n; i++) {
        draw_curve(&plot, kinds[i], page->measures[i]);
    }
    plot_dot(&plot, box_measure_recall_at(page->measures[0], page->threshold),
             box_measure_precision_at(page->measures[0], page->threshold), "the threshold");
    plot_end(&plot);
    fputs("</div><p class='quiet'>", out);
    for (int i = 0; i < page->n; i++) {
        fprintf(out, "%s%s: %s line", i ? ", " : "", page->names[i], i ? "dashed" : "solid");
    }
    fputs("</p>\n", out);
}

// A box with a margin, of at most SHOWN_PX pixels a side.
static bool write_crop(FILE *out, const struct scene_picture *picture, const struct box *box) {
    float side = (1 + 2 * MARGIN) * fmaxf(box->w, box->h);
    struct point middle = box_centre(box);
    int level = 0;
    while (level + 1 < picture->n_levels && side / (float)(2 << level) >= SHOWN_PX) {
        level++;
    }
    const struct image *image = &picture->levels[level];
    float scale = 1 / (float)(1 << level);
    int x0 = max_int((int)((middle.x - side / 2) * scale), 0);
    int y0 = max_int((int)((middle.y - side / 2) * scale), 0);
    int x1 = min_int((int)((middle.x + side / 2) * scale), image->width);
    int y1 = min_int((int)((middle.y + side / 2) * scale), image->height);
    if (x1 - x0 < 2 || y1 - y0 < 2) {
        return true;
    }
    struct image view = image_view(image, x0, y0, x1 - x0, y1 - y0);
    return page_picture(out, &view);
}

static bool write_gallery(FILE *out, const struct box_page *page, const char *title,
                          const struct measured_box *items, int n) {
    int shown = min_int(n, GALLERY);
    bool good = true;
    fprintf(out, "<h2>%s</h2><p>%d; %d are shown.</p><div class='faces'>", title, n, shown);
    for (int i = 0; good && i < shown; i++) {
        const struct measured_box *item = &items[i];
        fputs("<figure>", out);
        good = write_crop(out, &page->scenes->pictures[item->image], &item->box);
        fprintf(out, "<figcaption>%.0f px", (double)item->size);
        if (!isnan(item->score)) {
            fprintf(out, ", score %.2f", (double)item->score);
        }
        fputs("<br><span class='quiet'>", out);
        if (item->face >= 0 && *page->boxes->boxes[item->face].flags) {
            markup_text(out, page->boxes->boxes[item->face].flags);
            fputs("<br>", out);
        }
        markup_text(out, page->boxes->images[item->image].name);
        fputs("</span></figcaption></figure>\n", out);
    }
    fputs("</div>\n", out);
    return good;
}

// The misses, then the false ones, the surest first.
static bool write_galleries(FILE *out, const struct box_page *page) {
    const struct box_measure *m = page->measures[0];
    size_t room = (size_t)max_int(m->n_faces, m->n_false) + 1;
    struct measured_box *items = calloc(room, sizeof *items);
    int n = 0;
    for (int i = 0; items && i < m->n_faces; i++) {
        if (!(m->faces[i].score >= page->threshold)) {
            items[n++] = m->faces[i];
        }
    }
    bool good = items ? write_gallery(out, page, "Missed", items, n)
                      : log_no_memory("a report of %d faces", m->n_faces);
    n = 0;
    for (int i = 0; good && i < m->n_false; i++) {
        if (m->falses[i].score >= page->threshold) {
            items[n++] = m->falses[i];
        }
    }
    if (good) {
        qsort(items, (size_t)n, sizeof *items, by_falling_score);
        good = write_gallery(out, page, "Taken for a face", items, n);
    }
    free(items);
    return good;
}

bool box_page_write(const struct box_page *page, const char *folder) {
    char path[PATH_MAX];
    FILE *out = page_folder(folder) ? page_open(folder, "index.html", path) : NULL;
    if (!out) {
        return false;
    }
    write_head(out, page);
    write_curves(out, page);
    return page_close(out, path, write_galleries(out, page));
}

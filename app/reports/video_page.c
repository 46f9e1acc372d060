// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/reports/video_page.h"

#include "app/reports/html_page.h"
#include "app/reports/video_strips.h"
#include "app/system/markup_text.h"

#include "core/base/log.h"
#include "core/base/min_max.h"
#include "vision/vision.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STILL_PX 160
#define MAX_STILLS 300
#define MARGIN 0.3f      // of the face's size, around it
#define BETTER 0.01f     // so much higher must a score be for another still
#define CURVE_STEP_S 0.1 // between two points of a curve

struct still {
    int face;
    float score;
    bool open; // the smile goes on
    struct image picture;
};

struct video_page {
    char *folder;
    struct still *stills; // (MAX_STILLS), of the first smiles, in their order
    int n_stills;
    struct strip_curve *curves; // a face each
    int n_curves, curves_room;
    struct image planes[3]; // scratch
};

struct video_page *video_page_create(const char *folder) {
    struct video_page *page = calloc(1, sizeof *page);
    if (!page || !(page->folder = strdup(folder)) ||
        !(page->stills = calloc(MAX_STILLS, sizeof *page->stills))) {
        log_no_memory("a report");
        goto fail;
    }
    if (page_folder(folder)) {
        return page;
    }
fail:
    video_page_destroy(page);
    return NULL;
}

void video_page_destroy(struct video_page *page) {
    if (!page) {
        return;
    }
    for (int i = 0; i < page->n_stills; i++) {
        image_finish(&page->stills[i].picture);
    }
    for (int i = 0; i < page->n_curves; i++) {
        free(page->curves[i].points);
    }
    for (int i = 0; i < 3; i++) {
        image_finish(&page->planes[i]);
    }
    free(page->curves);
    free(page->stills);
    free(page->folder);
    free(page);
}

// ---- stills ----

static struct still *open_still(struct video_page *page, int face) {
    for (int i = page->n_stills - 1; i >= 0; i--) {
        if (page->stills[i].face == face && page->stills[i].open) {
            return &page->stills[i];
        }
    }
    return NULL;
}

static void take_event(struct video_page *page, const struct smile_event *event) {
    struct still *still = open_still(page, event->face);
    if (event->kind == EVENT_SMILE_START && page->n_stills < MAX_STILLS) {
        page->stills[page->n_stills++] = (struct still){.face = event->face, .open = true};
    } else if (event->kind == EVENT_SMILE_END && still) {
        still->open = false;
    }
}

// A square of n pixels, resized.
static bool cut_square(const struct image *picture, int x, int y, int n, struct image *to) {
    struct image view = image_view(picture, x, y, n, n);
    return image_resize_storage(to, STILL_PX, STILL_PX, picture->format) &&
           picture_resize(&view, to);
}

static uint8_t byte_of(double value) {
    return (uint8_t)lrint(fmin(fmax(value, 0), 255));
}

// Y'CbCr of limited range to colours: ITU-R BT.709 (HD) or BT.601, (2.1) and (2.5.1).
static void colour(const struct image planes[3], bool hd, struct image *to) {
    double kr = hd ? 0.2126 : 0.299, kb = hd ? 0.0722 : 0.114, kg = 1 - kr - kb;
    for (int y = 0; y < to->height; y++) {
        uint8_t *pixel = to->data + y * to->stride;
        for (int x = 0; x < to->width; x++, pixel += 4) {
            double luma = (planes[0].data[y * planes[0].stride + x] - 16) * 255 / 219.0;
            double blue = (planes[1].data[y * planes[1].stride + x] - 128) * 255 / 112.0 * (1 - kb);
            double red = (planes[2].data[y * planes[2].stride + x] - 128) * 255 / 112.0 * (1 - kr);
            pixel[0] = byte_of(luma + blue);
            pixel[1] = byte_of(luma - (kb * blue + kr * red) / kg);
            pixel[2] = byte_of(luma + red);
            pixel[3] = 255;
        }
    }
}

// The face with a margin, square.
static bool keep_still(struct video_page *page, struct still *still, const struct image *picture,
                       const struct box *box) {
    float side = (1 + 2 * MARGIN) * fmaxf(box->w, box->h);
    struct point middle = box_centre(box);
    int n = max_int(4, min_int((int)side, min_int(picture->width, picture->height))) & ~1;
    int x = max_int(0, min_int((int)(middle.x - side / 2), picture->width - n)) & ~1;
    int y = max_int(0, min_int((int)(middle.y - side / 2), picture->height - n)) & ~1;
    if (picture->format != PIXEL_I420) {
        return cut_square(picture, x, y, n, &still->picture);
    }
    for (int i = 0; i < 3; i++) {
        struct image plane = image_plane(picture, i);
        int half = i ? 2 : 1;
        if (!cut_square(&plane, x / half, y / half, n / half, &page->planes[i])) {
            return false;
        }
    }
    if (!image_resize_storage(&still->picture, STILL_PX, STILL_PX, PIXEL_BGRX32)) {
        return false;
    }
    colour(page->planes, image_is_hd(picture->width, picture->height), &still->picture);
    return true;
}

static bool take_still(struct video_page *page, const struct frame *frame,
                       const struct face_view *view) {
    struct still *still = view->smiling && view->seen ? open_still(page, view->id) : NULL;
    if (!still || view->score < still->score + BETTER) {
        return true;
    }
    still->score = view->score;
    return keep_still(page, still, &frame->picture, &view->box);
}

// ---- curves ----

static struct strip_curve *find_curve(struct video_page *page, int face) {
    for (int i = page->n_curves - 1; i >= 0; i--) {
        if (page->curves[i].face == face) {
            return &page->curves[i];
        }
    }
    if (page->n_curves == page->curves_room) {
        int room = page->curves_room ? 2 * page->curves_room : 16;
        struct strip_curve *curves = realloc(page->curves, (size_t)room * sizeof *curves);
        if (!curves) {
            return NULL;
        }
        page->curves = curves;
        page->curves_room = room;
    }
    page->curves[page->n_curves] = (struct strip_curve){.face = face};
    return &page->curves[page->n_curves++];
}

static bool take_score(struct video_page *page, double t, const struct face_view *view) {
    struct strip_curve *curve = find_curve(page, view->id);
    if (!curve) {
        return log_no_memory("a report");
    }
    if (curve->n > 0 && t - curve->points[curve->n - 1].t < CURVE_STEP_S) {
        return true;
    }
    if (curve->n == curve->room) {
        int room = curve->room ? 2 * curve->room : 256;
        struct strip_point *points = realloc(curve->points, (size_t)room * sizeof *points);
        if (!points) {
            return log_no_memory("a report");
        }
        curve->points = points;
        curve->room = room;
    }
    curve->points[curve->n++] = (struct strip_point){t, view->score};
    return true;
}

bool video_page_add(struct video_page *page, const struct frame *frame,
                    const struct analysis *analysis) {
    bool good = true;
    for (int i = 0; i < analysis->n_events; i++) {
        take_event(page, &analysis->events[i]);
    }
    for (int i = 0; good && i < analysis->n_faces; i++) {
        const struct face_view *view = &analysis->faces[i];
        good =
            take_score(page, (double)frame->media_ns * 1e-9, view) && take_still(page, frame, view);
    }
    return good;
}

// ---- the page ----

static void write_head(FILE *out, const struct timeline *timeline, const struct provenance *of) {
    char title[320], length[32];
    const char *slash = strrchr(of->source, '/');
    const char *name = slash && slash[1] ? slash + 1 : of->source;
    snprintf(title, sizeof title, "smilecam: %s", name);
    page_begin(out, title);
    strip_format_time(fmax(timeline->end_s, 0), length);
    fputs("<h1>", out);
    markup_text(out, name);
    fprintf(out, "</h1><p>%lld frames, %s; %d %s, %d %s.</p><p class='quiet'>Source: ",
            timeline->n_frames, length, timeline->n_faces,
            timeline->n_faces == 1 ? "face" : "faces", timeline->n_smiles,
            timeline->n_smiles == 1 ? "smile" : "smiles");
    markup_text(out, of->source);
    fprintf(out, "<br>smilecam %s, threshold %.3f<br>Model: SHA-256 %s</p>\n", SMILECAM_VERSION,
            of->threshold, of->model_sha256);
}

static void write_cell(FILE *out, double value, int decimals, const char *unit) {
    if (isfinite(value)) {
        fprintf(out, "<td>%.*f%s", decimals, value, unit);
    } else {
        fputs("<td>&ndash;", out);
    }
}

static void write_row(FILE *out, const struct smile_totals *totals) {
    double share = totals->seen_s > 0 ? 100 * fmin(totals->smiling_s / totals->seen_s, 1) : NAN;
    if (totals->face) {
        fprintf(out, "<tr><td>face %d", totals->face);
    } else {
        fputs("<tr><td>anyone", out);
    }
    write_cell(out, totals->seen_s, 1, " s");
    fprintf(out, "<td>%d", totals->n_smiles);
    write_cell(out, totals->smiling_s, 1, " s");
    write_cell(out, share, 0, " %");
    write_cell(out, totals->n_smiles ? totals->longest_s : NAN, 1, " s");
    write_cell(out, totals->first_s, 1, " s");
    write_cell(out, (double)totals->peak, 2, "");
}

static void write_summary(FILE *out, const struct timeline *timeline) {
    fputs("<h2>Summary</h2><table><tr><th><th>seen<th>smiles<th>smiling<th>of the time "
          "seen<th>longest<th>first at<th>peak",
          out);
    struct smile_totals totals = timeline_totals(timeline, 0);
    write_row(out, &totals);
    for (int i = 0; i < timeline->n_faces; i++) {
        totals = timeline_totals(timeline, timeline->faces[i].face);
        write_row(out, &totals);
    }
    fputs("</table>\n", out);
}

static bool write_stills(FILE *out, const struct video_page *page,
                         const struct timeline *timeline) {
    int n = min_int(page->n_stills, timeline->n_smiles);
    bool good = true;
    fprintf(out, "<h2>Smiles</h2><p>Each where its score was highest%s.</p><div class='faces'>",
            timeline->n_smiles > n ? "; the first ones are shown" : "");
    for (int i = 0; good && i < n; i++) {
        const struct smile_interval *smile = &timeline->smiles[i];
        char begin[32], end[32];
        strip_format_time(smile->begin_s, begin);
        strip_format_time(smile->end_s, end);
        fputs("<figure>", out);
        good = page_picture(out, &page->stills[i].picture);
        fprintf(out, "<figcaption>%d. face %d<br>%s to %s<br>peak %.2f, mean %.2f%s</figcaption>",
                i + 1, smile->face, begin, end, (double)smile->peak, (double)smile->mean,
                smile->cut ? ", cut off" : "");
        fputs("</figure>\n", out);
    }
    fputs("</div>\n", out);
    return good;
}

bool video_page_write(const struct video_page *page, const struct timeline *timeline,
                      const struct provenance *provenance) {
    char path[PATH_MAX];
    FILE *out = page_open(page->folder, "index.html", path);
    if (!out) {
        return false;
    }
    write_head(out, timeline, provenance);
    strips_write(out, timeline, page->curves, page->n_curves, provenance->threshold);
    write_summary(out, timeline);
    return page_close(out, path, write_stills(out, page, timeline));
}

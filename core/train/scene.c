// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/train/scene.h"

#include "core/base/min_max.h"
#include "core/train/camera_faults.h"
#include "core/train/scene_view.h"

#include <math.h>

// Shares of what a sample shows; the rest is a face of a size drawn beforehand.
#define EMPTY 0.17
#define HARD 0.5 // of those
#define RANDOM_WINDOW 0.1
#define CUTOUT 0.2    // of the faces
#define SMALL 0.6     // of them: up to SMALL_PX
#define DECOY 0.25    // samples with other things pasted, so that an edge says nothing
#define OCCLUDED 0.28 // of the faces
#define TURNED 0.5
#define MAX_TURN (42 * M_PI / 180)
#define MIN_FACE_PX 9.0
#define SMALL_PX 64.0
#define MAX_ENLARGED 2.5 // times its pixels
#define MIN_SEEN 0.55    // of a face's box must lie within the window, or it is ignored
#define MIN_LEARNT_PX 8.5

// ---- what is drawn ----

static double log_uniform(struct rng *rng, double low, double high) {
    return low >= high ? low : exp(rng_range(rng, log(low), log(high)));
}

static bool happens(struct rng *rng, double share) {
    return rng_uniform(rng) < share;
}

static double random_turn(struct rng *rng) {
    return happens(rng, TURNED) ? rng_range(rng, -MAX_TURN, MAX_TURN) : 0.14 * rng_normal(rng);
}

// A view of picture pixel (x, y) at (at_x, at_y) of the window, with scale picture pixels to a
// window pixel.
static struct scene_view view_at(struct rng *rng, double x, double y, double scale, double at_x,
                                 double at_y) {
    double aspect = exp(rng_range(rng, -0.1, 0.1));
    return (struct scene_view){.x = x,
                               .y = y,
                               .at_x = at_x,
                               .at_y = at_y,
                               .scale_x = scale * aspect,
                               .scale_y = scale / aspect,
                               .angle = random_turn(rng),
                               .mirrored = rng_below(rng, 2)};
}

// Some part of a picture, with scale picture pixels to a window pixel.
static struct scene_view any_view(struct rng *rng, const struct scene_picture *picture,
                                  double scale, int side) {
    const struct image *image = &picture->levels[0];
    return view_at(rng, image->width * rng_range(rng, 0.1, 0.9),
                   image->height * rng_range(rng, 0.1, 0.9), scale, 0.5 * side, 0.5 * side);
}

// A face of size pixels, shown at wanted window pixels somewhere in the window.
static struct scene_view face_view(struct rng *rng, const struct box *face, double wanted,
                                   int side) {
    double margin = fmin(wanted < 0.5 * side ? 0.35 * wanted : 0.45 * wanted, 0.5 * side - 1);
    return view_at(rng, (double)face->x + 0.5 * (double)face->w,
                   (double)face->y + 0.5 * (double)face->h,
                   sqrt((double)face->w * (double)face->h) / wanted,
                   rng_range(rng, margin, side - margin), rng_range(rng, margin, side - margin));
}

static int add_truths(const struct scene_picture *picture, const struct scene_view *view,
                      struct object_truth *truths, int n) {
    for (int i = 0; i < picture->n_truths && n < SCENE_MAX_TRUTHS; i++) {
        truths[n] = picture->truths[i];
        truths[n++].box = scene_view_box(&picture->truths[i].box, view);
    }
    return n;
}

// Draws a picture over what is there. Truths that it covers are gone.
static int paste(const struct scene_picture *picture, const struct scene_view *view, int side,
                 float *out, struct object_truth *truths, int n) {
    int kept = 0;
    scene_view_draw(picture, view, false, side, out);
    for (int i = 0; i < n; i++) {
        struct point centre = box_centre(&truths[i].box);
        if (!scene_view_covers(picture, view, (double)centre.x, (double)centre.y)) {
            truths[kept++] = truths[i];
        }
    }
    return add_truths(picture, view, truths, kept);
}

static const struct scene_picture *any_empty(const struct scene_set *set, struct rng *rng) {
    return &set->pictures[set->empty[rng_below(rng, (uint32_t)set->n_empty)]];
}

static void draw_background(const struct scene_set *set, struct rng *rng, int side, float *out) {
    if (set->n_empty > 0 && happens(rng, 0.85)) {
        const struct scene_picture *picture = any_empty(set, rng);
        const struct image *image = &picture->levels[0];
        double whole = (double)min_int(image->width, image->height) / side;
        struct scene_view view = any_view(rng, picture, whole / log_uniform(rng, 0.6, 2.5), side);
        scene_view_draw(picture, &view, true, side, out);
        return;
    }
    double level = rng_range(rng, 20, 235), dx = rng_range(rng, -100, 100),
           dy = rng_range(rng, -100, 100);
    for (int i = 0; i < side * side; i++) {
        double x = (double)(i % side) / side - 0.5, y = (double)(i / side) / side - 0.5;
        out[i] = (float)fmin(fmax(level + dx * x + dy * y, 0), 255);
    }
}

// A background and a picture over it.
static int show(const struct scene_set *set, struct rng *rng, const struct scene_picture *picture,
                const struct scene_view *view, int side, float *out, struct object_truth *truths) {
    if (!scene_view_covers_all(picture, view, side)) {
        draw_background(set, rng, side, out);
    }
    return paste(picture, view, side, out, truths, 0);
}

static int show_empty(const struct scene_set *set, struct rng *rng, int side, float *out,
                      struct object_truth *truths) {
    if (set->n_hard > 0 && happens(rng, HARD)) {
        const struct scene_place *place = &set->hard[rng_below(rng, (uint32_t)set->n_hard)];
        double size = sqrt((double)place->box.w * (double)place->box.h);
        double wanted = fmin(fmax(size * log_uniform(rng, 0.6, 1.6), 12), 0.88 * side);
        struct scene_view view = face_view(rng, &place->box, wanted, side);
        return show(set, rng, &set->pictures[place->picture], &view, side, out, truths);
    }
    const struct scene_picture *picture = any_empty(set, rng);
    const struct image *image = &picture->levels[0];
    double whole = 1.6 * max_int(image->width, image->height) / side;
    struct scene_view view = any_view(rng, picture, whole / log_uniform(rng, 0.8, 5), side);
    return show(set, rng, picture, &view, side, out, truths);
}

// A face that is not enlarged too much when it is shown at wanted pixels.
static const struct scene_face *pick(struct rng *rng, const struct scene_face *faces, int n,
                                     double wanted) {
    int low = 0, high = n;
    while (low < high) {
        int middle = (low + high) / 2;
        if ((double)faces[middle].size * MAX_ENLARGED < wanted) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low = max_int(min_int(low, n - 20), 0);
    return &faces[low + (int)rng_below(rng, (uint32_t)(n - low))];
}

static struct scene_view face_of(const struct scene_set *set, struct rng *rng,
                                 const struct scene_face *faces, int n, double wanted, int side,
                                 const struct scene_picture **picture) {
    const struct scene_face *face = pick(rng, faces, n, wanted);
    *picture = &set->pictures[face->picture];
    return face_view(rng, &(*picture)->truths[face->truth].box, wanted, side);
}

static int show_face(const struct scene_set *set, struct rng *rng, int side, float *out,
                     struct object_truth *truths) {
    double largest = 0.96 * side;
    double wanted =
        log_uniform(rng, MIN_FACE_PX, happens(rng, SMALL) ? fmin(SMALL_PX, largest) : largest);
    bool cutout = set->n_faces == 0 || (set->n_cutouts > 0 && happens(rng, CUTOUT));
    const struct scene_face *faces = cutout ? set->cutouts : set->faces;
    int n_faces = cutout ? set->n_cutouts : set->n_faces;
    const struct scene_picture *picture;
    struct scene_view view = face_of(set, rng, faces, n_faces, wanted, side, &picture);
    int n = show(set, rng, picture, &view, side, out, truths);
    int more = cutout && wanted < 0.35 * side ? (int)rng_below(rng, 3) : 0;
    for (; more > 0; more--) {
        wanted = log_uniform(rng, MIN_FACE_PX, 0.4 * side);
        view = face_of(set, rng, faces, n_faces, wanted, side, &picture);
        n = paste(picture, &view, side, out, truths, n);
    }
    return n;
}

static int show_window(const struct scene_set *set, struct rng *rng, int side, float *out,
                       struct object_truth *truths) {
    const struct scene_face *face = &set->faces[rng_below(rng, (uint32_t)set->n_faces)];
    const struct scene_picture *picture = &set->pictures[face->picture];
    struct scene_view view = any_view(rng, picture, 1 / log_uniform(rng, 0.35, 2), side);
    return show(set, rng, picture, &view, side, out, truths);
}

static int show_something(const struct scene_set *set, struct rng *rng, int side, float *out,
                          struct object_truth *truths) {
    double kind = rng_uniform(rng);
    if ((kind < EMPTY && set->n_empty > 0) || set->n_faces + set->n_cutouts == 0) {
        return show_empty(set, rng, side, out, truths);
    }
    if (kind < EMPTY + RANDOM_WINDOW && set->n_faces > 0) {
        return show_window(set, rng, side, out, truths);
    }
    return show_face(set, rng, side, out, truths);
}

// ---- what is done to it ----

// Patches of pictures without a face, where none is.
static void paste_decoys(const struct scene_set *set, struct rng *rng, int side, float *out,
                         const struct object_truth *truths, int n) {
    for (int left = 1 + (int)rng_below(rng, 2); left > 0; left--) {
        const struct scene_picture *picture = any_empty(set, rng);
        const struct image *image = &picture->levels[0];
        double width = log_uniform(rng, 0.1 * side, 0.6 * side), scale = image->width / width;
        double height = image->height / scale;
        struct box box = {(float)rng_range(rng, 0, side - width), (float)rng_range(rng, 0, side),
                          (float)width, (float)height};
        bool free = true;
        for (int i = 0; i < n && free; i++) {
            free = !box_overlaps(&truths[i].box, &box);
        }
        struct scene_view view = {
            .at_x = (double)box.x, .at_y = (double)box.y, .scale_x = scale, .scale_y = scale};
        if (free) {
            scene_view_draw(picture, &view, false, side, out);
        }
    }
}

// What is seen of the truths: cut at the window, and ignored where that is little, or small.
static int crop_truths(struct object_truth *truths, int n, int side) {
    int kept = 0;
    for (int i = 0; i < n; i++) {
        struct box b = truths[i].box;
        float x0 = fmaxf(b.x, 0), x1 = fminf(b.x + b.w, (float)side);
        float y0 = fmaxf(b.y, 0), y1 = fminf(b.y + b.h, (float)side);
        double seen = (double)((x1 - x0) * (y1 - y0)) / (double)(b.w * b.h);
        if (x1 - x0 < 2 || y1 - y0 < 2 || seen < 0.08) {
            continue;
        }
        struct object_truth truth = truths[i];
        truth.ignored =
            truth.ignored || seen < MIN_SEEN || sqrt((double)(b.w * b.h)) < MIN_LEARNT_PX;
        truth.box = (struct box){x0, y0, x1 - x0, y1 - y0};
        truths[kept++] = truth;
    }
    return kept;
}

// An ellipse or a rectangle, turned, of one grey, shaded, or of another picture.
struct thing {
    double x, y, half_w, half_h, angle;
    bool round;
    const struct scene_picture *texture; // NULL: grey
    double grey, shade_x, shade_y;
};

static void draw_thing(const struct thing *t, int side, float *out) {
    double c = cos(t->angle), s = sin(t->angle), reach = hypot(t->half_w, t->half_h);
    const struct image *image = t->texture ? &t->texture->levels[0] : NULL;
    for (int i = max_int(0, (int)(t->y - reach)); i < min_int(side, (int)(t->y + reach) + 1); i++) {
        for (int j = max_int(0, (int)(t->x - reach)); j < min_int(side, (int)(t->x + reach) + 1);
             j++) {
            double u = (c * (j - t->x) + s * (i - t->y)) / t->half_w;
            double v = (-s * (j - t->x) + c * (i - t->y)) / t->half_h;
            if (t->round ? u * u + v * v >= 1 : fabs(u) >= 1 || fabs(v) >= 1) {
                continue;
            }
            double grey = t->grey * (1 + t->shade_x * u + t->shade_y * v);
            out[i * side + j] =
                image ? (float)image->data[i % image->height * image->stride + j % image->width]
                      : (float)fmin(fmax(grey, 0), 255);
        }
    }
}

// Where things cover faces: a mask or hand before the mouth, a side, the eyes, the forehead,
// anywhere.
static void cover(const struct scene_set *set, struct rng *rng, const struct box *face, int side,
                  float *out) {
    static const struct {
        double x0, x1, y0, y1, w0, w1, h0, h1; // ranges, in widths and heights of the face
    } places[] = {
        {0.4, 0.6, 0.72, 0.9, 0.4, 0.6, 0.2, 0.32},
        {-0.05, 0.15, 0.3, 0.8, 0.2, 0.35, 0.25, 0.5},
        {0.85, 1.05, 0.3, 0.8, 0.2, 0.35, 0.25, 0.5},
        {0.45, 0.55, 0.35, 0.45, 0.35, 0.5, 0.08, 0.14},
        {0.4, 0.6, 0, 0.15, 0.5, 0.7, 0.12, 0.25},
        {0.1, 0.9, 0.1, 0.9, 0.08, 0.28, 0.08, 0.28},
    };
    uint32_t k = rng_below(rng, sizeof places / sizeof *places);
    double w = (double)face->w, h = (double)face->h;
    struct thing thing = {
        .x = (double)face->x + w * rng_range(rng, places[k].x0, places[k].x1),
        .y = (double)face->y + h * rng_range(rng, places[k].y0, places[k].y1),
        .half_w = w * rng_range(rng, places[k].w0, places[k].w1),
        .half_h = h * rng_range(rng, places[k].h0, places[k].h1),
        .angle = rng_range(rng, -0.44, 0.44),
        .round = rng_below(rng, 2),
        .texture = set->n_empty > 0 && happens(rng, 0.33) ? any_empty(set, rng) : NULL,
        .grey = rng_range(rng, 5, 250),
    };
    if (rng_below(rng, 2)) { // skin: the grey of the face itself, shaded
        int x = min_int(max_int((int)((double)face->x + 0.5 * w), 0), side - 1);
        int y = min_int(max_int((int)((double)face->y + 0.6 * h), 0), side - 1);
        thing.grey = (double)out[y * side + x] * rng_range(rng, 0.75, 1.25);
        thing.shade_x = rng_range(rng, -0.4, 0.4);
        thing.shade_y = rng_range(rng, -0.4, 0.4);
    }
    draw_thing(&thing, side, out);
}

static double smallest(const struct object_truth *truths, int n) {
    double least = 60; // of a sample without a face
    for (int i = 0; i < n; i++) {
        double size = sqrt((double)truths[i].box.w * (double)truths[i].box.h);
        least = truths[i].ignored ? least : fmin(least, size);
    }
    return least;
}

int scene_sample(const struct scene_set *set, struct rng *rng, int side, float *scratch, float *out,
                 struct object_truth truths[SCENE_MAX_TRUTHS]) {
    int n = show_something(set, rng, side, out, truths);
    if (set->n_empty > 0 && happens(rng, DECOY)) {
        paste_decoys(set, rng, side, out, truths, n);
    }
    n = crop_truths(truths, n, side);
    for (int i = 0; i < n; i++) {
        if (!truths[i].ignored && truths[i].box.w >= 14 && happens(rng, OCCLUDED)) {
            cover(set, rng, &truths[i].box, side, out);
        }
    }
    camera_faults(rng, side, smallest(truths, n), scratch, out);
    return n;
}

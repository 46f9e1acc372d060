// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/reports/occlusion.h"

#include <math.h>
#include <string.h>

#define SIDE FACE_MAP_SIDE
#define DRAWN 9.0f // the strongest cell, as it is drawn
#define FAINT 0.5f // log-odds that are not made to look like more than they are

static float log_odds(const float *p, int n, int label) {
    float others = 0;
    for (int k = 0; k < n; k++) {
        others += k == label ? 0 : p[k];
    }
    return logf(fmaxf(p[label], 1e-30f) / fmaxf(others, 1e-30f));
}

// The part of the chip that the network sees.
static struct image seen_part(const struct image *chip, int size) {
    int margin = (chip->width - size) / 2;
    return image_view(chip, margin, margin, size, size);
}

static int mean_grey(const struct image *image) {
    long sum = 0;
    for (int y = 0; y < image->height; y++) {
        for (int x = 0; x < image->width; x++) {
            sum += image->data[y * image->stride + x];
        }
    }
    return (int)(sum / ((long)image->width * image->height));
}

static void cover(const struct image *image, int centre_x, int centre_y, int side, int grey) {
    for (int y = centre_y - side / 2; y < centre_y - side / 2 + side; y++) {
        for (int x = centre_x - side / 2; x < centre_x - side / 2 + side; x++) {
            if (x >= 0 && y >= 0 && x < image->width && y < image->height) {
                image->data[y * image->stride + x] = (uint8_t)grey;
            }
        }
    }
}

// One row of places at once.
static void try_row(struct classifier *classifier, const struct image *chip, struct image *covered,
                    int row, int label, float *out) {
    const struct model_info *info = classifier_info(classifier);
    float p[SIDE * MODEL_MAX_LABELS];
    int size = info->input_size;
    for (int i = 0; i < SIDE; i++) {
        image_copy(&covered[i], chip);
        struct image seen = seen_part(&covered[i], size);
        cover(&seen, (2 * i + 1) * size / (2 * SIDE), (2 * row + 1) * size / (2 * SIDE), size / 4,
              mean_grey(&seen));
    }
    classifier_run(classifier, covered, SIDE, p);
    for (int i = 0; i < SIDE; i++) {
        out[i] = log_odds(p + i * info->n_labels, info->n_labels, label);
    }
}

static void scale(struct attention_map *map, float whole, float *strongest) {
    *strongest = 0;
    for (int k = 0; k < SIDE * SIDE; k++) {
        map->cells[k] = whole - map->cells[k];
        *strongest = fmaxf(*strongest, fabsf(map->cells[k]));
    }
    for (int k = 0; k < SIDE * SIDE; k++) {
        map->cells[k] *= DRAWN / fmaxf(*strongest, FAINT);
    }
}

bool occlusion_map(struct classifier *classifier, const struct image *chip, int label,
                   struct attention_map *map, float *strongest) {
    struct image covered[SIDE] = {{0}};
    float p[MODEL_MAX_LABELS];
    bool ready = true;
    for (int i = 0; ready && i < SIDE; i++) {
        ready = image_init(&covered[i], chip->width, chip->height, PIXEL_GREY8);
    }
    if (ready) {
        map->width = map->height = SIDE;
        map->x = map->y = 0.5f / SIDE;
        map->step_x = map->step_y = 1.0f / SIDE;
        classifier_run(classifier, chip, 1, p);
        for (int row = 0; row < SIDE; row++) {
            try_row(classifier, chip, covered, row, label, map->cells + row * SIDE);
        }
        scale(map, log_odds(p, classifier_info(classifier)->n_labels, label), strongest);
    }
    for (int i = 0; i < SIDE; i++) {
        image_finish(&covered[i]);
    }
    return ready;
}

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/photos/picture_archive.h"
#include "core/image/box.h"
#include "core/image/image.h"

#include <stdbool.h>
#include <stdint.h>

// Images with the boxes of their faces: a CSV "path,x,y,w,h,flags" with a row for each face and a
// row of empty numbers for an image without one, beside the images, in a folder or packed (tar,
// also compressed). Flags are separated by spaces or semicolons, such as "blur=2;occl=1".

#define BOX_FLAGS_LEN 64

struct labelled_box {
    struct box box; // pixels, upright
    char flags[BOX_FLAGS_LEN];
};

struct boxed_image {
    const char *name;                // within the set
    const struct picture_file *file; // of the archive
    int first, n;                    // its boxes
};

struct box_set {
    struct picture_archive archive;
    int n, capacity;
    struct boxed_image *images; // in the CSV's order
    int n_boxes, box_capacity;
    struct labelled_box *boxes;
    int n_missing; // listed without a file
};

// path: a CSV, or a folder or archive that holds boxes.csv; both may lie inside an archive
// ("faces.tar.gz/faces/boxes.csv"). False (logged: the path, the line, what was expected) when it
// cannot be read or lists no image. Images without a file are counted and reported once.
bool box_set_open(struct box_set *set, const char *path);
void box_set_close(struct box_set *set); // legal on a zeroed one

// The number behind "key=" among the flags of a box, 1 when the word stands alone, 0 without it.
int labelled_box_flag(const struct labelled_box *box, const char *key);

// Reads an image as GREY8, which the caller finishes. False (logged) when it is unreadable. hash:
// FNV-1a of the file's bytes, by which images are held out.
bool boxed_image_read(const struct boxed_image *image, struct image *grey, uint64_t *hash);

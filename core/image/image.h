// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The pixel order is bytes in memory. BGRX32 is SDL_PIXELFORMAT_XRGB8888, AV_PIX_FMT_BGR0 and
// CV_8UC4. I420 is Y'CbCr 4:2:0 in three planes, one after the other, as in video files: luma
// in rows of stride bytes, then Cb, then Cr in rows of stride / 2; limited range, matrix as
// image_is_hd says; both sides even.
enum pixel_format { PIXEL_GREY8, PIXEL_BGR24, PIXEL_BGRX32, PIXEL_I420 };

// Bytes of one pixel of a row: 1, 3, 4, 1.
int pixel_bytes(enum pixel_format format);

// A view of pixels: row y begins at data + y * stride. Rows are top to bottom. A zeroed image is
// empty.
struct image {
    uint8_t *data;
    int width, height; // pixels
    ptrdiff_t stride;  // bytes, at least width * pixel_bytes(format)
    enum pixel_format format;
};

// The largest side of any image.
#define IMAGE_MAX_SIDE 16384

// Allocates width x height zeroed pixels with 64-byte aligned rows. False (logged) when a side is
// outside [1, IMAGE_MAX_SIDE] or memory is short; *image is then empty. Free with image_finish.
bool image_init(struct image *image, int width, int height, enum pixel_format format);

// Frees what image_init allocated and empties the view. Legal on an empty image. Never call on a
// view.
void image_finish(struct image *image);

// Gives image this size and format, keeping its memory if it has them already; contents are then
// undefined. False (logged) as image_init.
bool image_resize_storage(struct image *image, int width, int height, enum pixel_format format);

// Whether Y'CbCr of this size is BT.709 (otherwise BT.601).
static inline bool image_is_hd(int width, int height) {
    return width >= 1280 || height >= 720;
}

// A GREY8 view of one plane of an I420 image: 0 luma, 1 Cb, 2 Cr.
struct image image_plane(const struct image *image, int plane);

// A view of [x, x+w) x [y, y+h), which must lie within the image; not of I420.
struct image image_view(const struct image *image, int x, int y, int w, int h);

// Copies pixels between images of equal size and format.
void image_copy(struct image *to, const struct image *from);

// Where a network input samples a chip: pixel (u, v) of the input, measured from the input's
// centre, is found at centre + (shift_x, shift_y) + scale * R(angle) * (u * (mirrored ? -1 : 1), v)
// of the chip.
struct sampling {
    float shift_x, shift_y; // chip pixels
    float scale;            // chip pixels per input pixel; 1 = as is
    float angle;            // radians
    bool mirrored;
};

#define SAMPLING_CENTRE ((struct sampling){.scale = 1})

// The preprocessing that training and inference share, in two steps, so that augmentation fits
// between. First: samples a size x size square from the middle of a GREY8 chip; bilinear, border
// pixels replicated; with SAMPLING_CENTRE and margins of whole pixels an exact copy.
// out:(size,size) in [0,255]
void image_sample(const struct image *chip, struct sampling sampling, int size, float *out);

// Second: x <- (x - mean) / max(deviation, 4), which removes brightness and contrast without
// amplifying the noise of a flat chip.  pixels:(n)
void image_standardise(float *pixels, int n);

#ifdef __cplusplus
}
#endif

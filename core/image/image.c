// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/image/image.h"

#include "core/base/log.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROW_ALIGNMENT 64

int pixel_bytes(enum pixel_format format) {
    static const int bytes[] = {
        [PIXEL_GREY8] = 1, [PIXEL_BGR24] = 3, [PIXEL_BGRX32] = 4, [PIXEL_I420] = 1};
    return bytes[format];
}

bool image_init(struct image *image, int width, int height, enum pixel_format format) {
    *image = (struct image){0};
    if (width < 1 || height < 1 || width > IMAGE_MAX_SIDE || height > IMAGE_MAX_SIDE) {
        LOG(ERROR, "a picture of %dx%d pixels is outside 1 to %d a side; use a smaller one", width,
            height, IMAGE_MAX_SIDE);
        return false;
    }
    size_t row = (size_t)width * (size_t)pixel_bytes(format);
    size_t stride = (row + ROW_ALIGNMENT - 1) / ROW_ALIGNMENT * ROW_ALIGNMENT;
    size_t size = stride * (size_t)height;
    size += format == PIXEL_I420 ? size / 2 : 0;
    assert(format != PIXEL_I420 || (width % 2 == 0 && height % 2 == 0));
    uint8_t *data = aligned_alloc(ROW_ALIGNMENT, size);
    if (!data) {
        return log_no_memory("an image of %dx%d pixels", width, height);
    }
    memset(data, 0, size);
    *image = (struct image){data, width, height, (ptrdiff_t)stride, format};
    return true;
}

void image_finish(struct image *image) {
    free(image->data);
    *image = (struct image){0};
}

bool image_resize_storage(struct image *image, int width, int height, enum pixel_format format) {
    if (image->data && image->width == width && image->height == height &&
        image->format == format) {
        return true;
    }
    image_finish(image);
    return image_init(image, width, height, format);
}

struct image image_plane(const struct image *image, int plane) {
    assert(image->format == PIXEL_I420 && plane >= 0 && plane < 3);
    struct image view = {image->data, image->width, image->height, image->stride, PIXEL_GREY8};
    if (plane > 0) {
        view.width /= 2;
        view.height /= 2;
        view.stride /= 2;
        view.data += image->stride * image->height + (plane - 1) * view.stride * view.height;
    }
    return view;
}

struct image image_view(const struct image *image, int x, int y, int w, int h) {
    assert(image->format != PIXEL_I420);
    assert(x >= 0 && y >= 0 && w > 0 && h > 0 && x + w <= image->width && y + h <= image->height);
    struct image view = *image;
    view.data += y * image->stride + (ptrdiff_t)x * pixel_bytes(image->format);
    view.width = w;
    view.height = h;
    return view;
}

void image_copy(struct image *to, const struct image *from) {
    assert(to->width == from->width && to->height == from->height && to->format == from->format);
    if (from->format == PIXEL_I420) {
        for (int plane = 0; plane < 3; plane++) {
            struct image to_plane = image_plane(to, plane), from_plane = image_plane(from, plane);
            image_copy(&to_plane, &from_plane);
        }
        return;
    }
    size_t row = (size_t)from->width * (size_t)pixel_bytes(from->format);
    for (int y = 0; y < from->height; y++) {
        memcpy(to->data + y * to->stride, from->data + y * from->stride, row);
    }
}

static float clamp(float x, float low, float high) {
    return x < low ? low : x > high ? high : x;
}

static float bilinear(const struct image *grey, float x, float y) {
    x = clamp(x, 0, (float)(grey->width - 1));
    y = clamp(y, 0, (float)(grey->height - 1));
    int x0 = (int)x, y0 = (int)y;
    int x1 = x0 + (x0 + 1 < grey->width), y1 = y0 + (y0 + 1 < grey->height);
    float fx = x - (float)x0, fy = y - (float)y0;
    const uint8_t *top = grey->data + y0 * grey->stride, *bottom = grey->data + y1 * grey->stride;
    float upper = (float)top[x0] + fx * (float)(top[x1] - top[x0]);
    float lower = (float)bottom[x0] + fx * (float)(bottom[x1] - bottom[x0]);
    return upper + fy * (lower - upper);
}

void image_sample(const struct image *chip, struct sampling sampling, int size, float *out) {
    assert(chip->format == PIXEL_GREY8);
    float middle = 0.5f * (float)(size - 1);
    float cx = 0.5f * (float)(chip->width - 1) + sampling.shift_x;
    float cy = 0.5f * (float)(chip->height - 1) + sampling.shift_y;
    float c = sampling.scale * cosf(sampling.angle), s = sampling.scale * sinf(sampling.angle);
    float side = sampling.mirrored ? -1.0f : 1.0f;
    for (int i = 0; i < size; i++) {
        float v = (float)i - middle;
        for (int j = 0; j < size; j++) {
            float u = side * ((float)j - middle);
            *out++ = bilinear(chip, cx + c * u - s * v, cy + s * u + c * v);
        }
    }
}

void image_standardise(float *pixels, int n) {
    double sum = 0, square = 0;
    for (int i = 0; i < n; i++) {
        sum += pixels[i];
    }
    double mean = sum / n;
    for (int i = 0; i < n; i++) {
        square += (pixels[i] - mean) * (pixels[i] - mean);
    }
    double deviation = sqrt(square / n);
    float scale = (float)(1.0 / (deviation > 4 ? deviation : 4));
    for (int i = 0; i < n; i++) {
        pixels[i] = (pixels[i] - (float)mean) * scale;
    }
}

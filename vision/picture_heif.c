// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "vision/picture_heif.h"

#include "vision/picture_heif_lean.h"

#include <libheif/heif.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct heif_picture {
    uint8_t *lean; // the file, without what is not needed
    struct heif_context *context;
    struct heif_image_handle *handle;
};

// Valid until the thread's next call.
static const char *problem_of(struct heif_error error) {
    static _Thread_local char words[200];
    switch (error.code) {
    case heif_error_Ok:
        return NULL;
    case heif_error_Memory_allocation_error:
        return "there is no memory for it, or it claims too much; close other programs";
    case heif_error_Unsupported_feature:
    case heif_error_Unsupported_filetype:
        return "libheif has no decoder for it here; install libheif's plugins for libde265 (HEIC) "
               "and dav1d (AVIF), or save it as JPEG";
    default: // damaged, or newer than this libheif
        snprintf(words, sizeof words, "libheif %s says: %.120s; copy it again, or save it as JPEG",
                 heif_get_version(), error.message);
        return words;
    }
}

static struct heif_error open_picture(struct heif_picture *picture, size_t n) {
    struct heif_error error =
        heif_context_read_from_memory_without_copy(picture->context, picture->lean, n, NULL);
    return error.code == heif_error_Ok
               ? heif_context_get_primary_image_handle(picture->context, &picture->handle)
               : error;
}

struct heif_picture *heif_picture_open(const uint8_t *bytes, size_t n, struct picture_claim *claim,
                                       const char **problem) {
    struct heif_picture *picture = calloc(1, sizeof *picture);
    *problem = "there is no memory for it; close other programs";
    if (!picture || !(picture->context = heif_context_alloc()) || !(picture->lean = malloc(n))) {
        goto fail;
    }
    memcpy(picture->lean, bytes, n);
    heif_forget_references(picture->lean, n);
    heif_context_set_max_decoding_threads(picture->context, 1); // several files are read at a time
    *problem = problem_of(open_picture(picture, n));
    if (*problem) {
        goto fail;
    }
    claim->width = heif_image_handle_get_width(picture->handle);
    claim->height = heif_image_handle_get_height(picture->handle);
    return picture;
fail:
    heif_picture_close(picture);
    return NULL;
}

void heif_picture_close(struct heif_picture *picture) {
    if (picture) {
        heif_image_handle_release(picture->handle);
        heif_context_free(picture->context);
        free(picture->lean);
        free(picture);
    }
}

static const char *copy_pixels(const struct heif_image *decoded, struct image *image) {
    int stride = 0, width = heif_image_get_width(decoded, heif_channel_interleaved),
        height = heif_image_get_height(decoded, heif_channel_interleaved);
    const uint8_t *rgb = heif_image_get_plane_readonly(decoded, heif_channel_interleaved, &stride);
    if (!rgb || !image_init(image, width, height, PIXEL_BGR24)) {
        return "there is no memory for it; close other programs";
    }
    for (int y = 0; y < height; y++) {
        const uint8_t *from = rgb + (ptrdiff_t)y * stride;
        uint8_t *to = image->data + y * image->stride;
        for (int x = 0; x < 3 * width; x += 3) {
            to[x] = from[x + 2];
            to[x + 1] = from[x + 1];
            to[x + 2] = from[x];
        }
    }
    return NULL;
}

const char *heif_picture_decode(struct heif_picture *picture, struct image *image) {
    struct heif_decoding_options *options = heif_decoding_options_alloc();
    struct heif_image *decoded = NULL;
    if (!options) {
        return "there is no memory for it; close other programs";
    }
    options->convert_hdr_to_8bit = 1;
    const char *problem = problem_of(heif_decode_image(
        picture->handle, &decoded, heif_colorspace_RGB, heif_chroma_interleaved_RGB, options));
    problem = problem ? problem : copy_pixels(decoded, image);
    heif_image_release(decoded);
    heif_decoding_options_free(options);
    return problem;
}

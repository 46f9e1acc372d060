// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// struct image as a dlib image, without a copy. dlib counts in pixel centres: its (0, 0) is
// the centre of the first pixel, which everywhere else in smilecam is (0.5, 0.5).

#include "core/image/image.h"

#include <dlib/image_processing/generic_image.h>

// A GREY8 image.
struct grey_view {
    const struct image *image;
};

inline long num_rows(const grey_view &view) {
    return view.image->height;
}
inline long num_columns(const grey_view &view) {
    return view.image->width;
}
inline long width_step(const grey_view &view) {
    return (long)view.image->stride;
}
inline const void *image_data(const grey_view &view) {
    return view.image->data;
}
inline void *image_data(grey_view &view) {
    return view.image->data;
}

// The same image, apparently FINE times as wide and high. dlib rounds landmarks to whole pixels,
// which makes a still face jitter; on a fine_view it rounds to a sixteenth.
constexpr int FINE = 16;

struct fine_view {
    const struct image *image;
};

inline long num_rows(const fine_view &view) {
    return (long)view.image->height * FINE;
}
inline long num_columns(const fine_view &view) {
    return (long)view.image->width * FINE;
}

namespace dlib {

template <> struct image_traits<grey_view> { typedef unsigned char pixel_type; };

template <> struct image_traits<fine_view> { typedef unsigned char pixel_type; };

template <> class const_image_view<fine_view> {
  public:
    struct row {
        const unsigned char *pixels;
        const unsigned char &operator[](long column) const { return pixels[column / FINE]; }
    };
    const_image_view(const fine_view &view) : image(*view.image) {}
    row operator[](long y) const { return {image.data + y / FINE * image.stride}; }

  private:
    const struct image &image;
};

} // namespace dlib

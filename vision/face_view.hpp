// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// A face as dlib's shape predictor sees it: a square of a picture, turned and mirrored as the face
// needs it, without a copy. Coordinates are units, whatever the size of the face, and start at the
// middle of the square. A pixel is a mean over the grid of FACE_TAPS x FACE_TAPS picture pixels
// around its place; beyond the border, the border's pixels are repeated.

#include "vision/face_place.hpp"

#include <dlib/image_processing/generic_image.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

constexpr int FACE_UNITS = 4096; // along a side of the square
constexpr int FACE_ROOM = 3;     // sides that features may lie in: the square's, and around it

struct face_view {
    static constexpr int TAPS = 2;
    const struct image *image;
    float x, y, ux, uy, vx, vy; // pixels: the middle, and one unit right and down
    float tap_x[TAPS * TAPS], tap_y[TAPS * TAPS];
    face_wear wear;

    // Without blur the taps cover a sixtieth of a side, about a pixel of the faces of training.
    face_view(const struct image *grey, const face_place &place, const face_wear &worn)
        : image(grey), x(place.x), y(place.y), wear(worn) {
        float unit = place.side / FACE_UNITS, side = place.mirrored ? -1.0f : 1.0f;
        float c = unit * std::cos(place.angle), s = unit * std::sin(place.angle);
        ux = c * side, uy = s * side, vx = -s, vy = c;
        float step = FACE_UNITS * std::max(1 / 60.0f, worn.blur) / TAPS;
        for (int i = 0; i < TAPS * TAPS; i++) {
            float u = step * ((float)(i % TAPS) - 0.5f * (TAPS - 1));
            float v = step * ((float)(i / TAPS) - 0.5f * (TAPS - 1));
            tap_x[i] = u * ux + v * vx;
            tap_y[i] = u * uy + v * vy;
        }
    }

    struct point to_picture(float u, float v) const {
        return {x + u * ux + v * vx, y + u * uy + v * vy};
    }

    // The inverse of to_picture.
    struct point from_picture(struct point p) const {
        float dx = p.x - x, dy = p.y - y, unit2 = vx * vx + vy * vy;
        return {(dx * ux + dy * uy) / unit2, (dx * vx + dy * vy) / unit2};
    }

    unsigned char operator()(float u, float v) const {
        struct point at = to_picture(u, v);
        int sum = 0;
        for (int i = 0; i < TAPS * TAPS; i++) {
            int column = std::clamp((int)(at.x + tap_x[i]), 0, image->width - 1);
            int row = std::clamp((int)(at.y + tap_y[i]), 0, image->height - 1);
            sum += image->data[row * image->stride + column];
        }
        sum /= TAPS * TAPS;
        return wear.light == 1 && wear.noise == 0 ? (unsigned char)sum : worn(sum, at);
    }

    // The sum of four uniform numbers is nearly normal; the same place always has the same noise.
    unsigned char worn(int level, struct point at) const {
        uint32_t h =
            wear.seed ^ (uint32_t)(int)at.x * 0x9e3779b1u ^ (uint32_t)(int)at.y * 0x85ebca6bu;
        h = (h ^ h >> 15) * 0x2c1b3c6du;
        h = (h ^ h >> 12) * 0x297a2d39u;
        h ^= h >> 15;
        int bytes = (int)((h & 255) + (h >> 8 & 255) + (h >> 16 & 255) + (h >> 24));
        float noise = wear.noise * (float)(bytes - 510) / 148.0f;
        return (unsigned char)std::clamp(wear.light * (float)level + noise + 0.5f, 0.0f, 255.0f);
    }
};

inline long num_rows(const face_view &) {
    return FACE_ROOM * FACE_UNITS;
}
inline long num_columns(const face_view &) {
    return FACE_ROOM * FACE_UNITS;
}

namespace dlib {

template <> struct image_traits<face_view> { typedef unsigned char pixel_type; };

template <> class const_image_view<face_view> {
  public:
    struct row {
        const face_view &view;
        float v;
        unsigned char operator[](long column) const {
            return view((float)(column - FACE_ROOM * FACE_UNITS / 2) + 0.5f, v);
        }
    };
    const_image_view(const face_view &from) : view(from) {}
    row operator[](long y) const { return {view, (float)(y - FACE_ROOM * FACE_UNITS / 2) + 0.5f}; }

  private:
    const face_view &view;
};

} // namespace dlib

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// The only door to OpenCV and dlib. Plain C17: no type, exception or allocation of theirs passes through.
// Every failure is logged once, with its remedy, and comes back as false, NULL or -1.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#include "../core/image.h"

// ---- faces (dlib) ----

#define N_LANDMARKS 68 // the iBUG 300-W scheme: 0-16 jaw, 17-26 brows, 27-35 nose, 36-47 eyes, 48-67 mouth

struct face {
    struct box box;   // the detector's square, pixels of the picture that was searched
    float confidence; // the detector's margin; above 0, about 1 for a clear frontal face
    struct point landmarks[N_LANDMARKS];
};

struct face_finder;

// Loads the landmark model, NULL meaning Debian's libdlib-data or the file that SMILECAM_LANDMARKS names.
// The file is used only if its SHA-256 is the known one, since dlib's loader trusts it. NULL (logged) on
// failure. Takes about half a second. Not thread-safe: one per thread.
struct face_finder *face_finder_create(const char *landmark_file);
void face_finder_destroy(struct face_finder *finder); // NULL is legal

// Finds frontal faces of at least about 80 / scale pixels in a GREY8 picture that is searched at the given
// scale (0.5: half as wide and high, a quarter of the time; 2: small faces too). Fills at most capacity
// faces, the most confident first, with their landmarks, all in coordinates of the given picture. Returns
// their number, -1 on failure.
int face_finder_find(struct face_finder *finder, const struct image *grey, float scale,
                     struct face *faces, int capacity);

// Puts 68 landmarks into the given box of a GREY8 picture, whether or not a face is there.
bool face_finder_landmarks(struct face_finder *finder, const struct image *grey, struct box box,
                           struct point landmarks[N_LANDMARKS]);

// Cuts the aligned face out of a GREY8 picture: the similarity transform that best maps the landmarks onto
// dlib's mean face, sampled bilinearly from an image pyramid. chip: GREY8, square, allocated by the caller;
// its size is the chip's. padding is the margin as a fraction of the mean face. Black outside the picture.
bool face_chip(const struct image *grey, const struct point landmarks[N_LANDMARKS], float padding,
               struct image *chip);

// ---- pictures (OpenCV) ----

// Reads JPEG, PNG, BMP, WebP, TIFF, PNM ... as PIXEL_BGR24, upright (EXIF orientation applied). False
// (logged, naming the path) when it is missing, empty, not a picture, too large or cut short. On success
// the caller owns *image (image_finish).
bool picture_read(const char *path, struct image *image);

// The same from bytes in memory; name is for the messages.
bool picture_decode(const char *name, const void *bytes, size_t n, struct image *image);

// Writes a picture; the extension says how (.png, .jpg).
bool picture_write(const char *path, const struct image *image);

// Converts colour into to->format: same size, any two formats. to is allocated by the caller.
bool picture_convert(const struct image *from, struct image *to);

// Resizes into to's size (area averaging when smaller, bilinear when larger); formats must be equal.
bool picture_resize(const struct image *from, struct image *to);

// ---- cameras (OpenCV on V4L2) ----

struct camera_format {
    int width, height; // pixels; 0: whatever the driver gives
    double rate_hz;    // 0: unknown
    char fourcc[5];    // as the driver says, e.g. "MJPG"
};

enum camera_status { CAMERA_FRAME, CAMERA_LOST };

struct camera;

// Opens /dev/videoN (or a stable path under /dev/v4l) for the wanted size and rate, MJPG from 720p up.
// *got says what the driver really gives. NULL (logged with the remedy: not there, no permission, busy, not
// a camera) on failure.
struct camera *camera_open(const char *path, const struct camera_format *wanted, struct camera_format *got);
void camera_close(struct camera *camera); // NULL is legal

// Waits for the next frame, at most about 2 s, and writes it into *frame as PIXEL_BGRX32 (its storage is
// made to fit). *captured_ns is the driver's CLOCK_MONOTONIC time of the capture.
enum camera_status camera_read(struct camera *camera, struct image *frame, int64_t *captured_ns);

#ifdef __cplusplus
}
#endif

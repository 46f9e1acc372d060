// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// The only door to OpenCV and dlib. Plain C17: no type, exception or allocation of theirs passes
// through. Every failure is logged once, with its remedy, and comes back as false, NULL or -1.
//
// Points and boxes count from the picture's top left corner: the middle of its first pixel is
// (0.5, 0.5), and a picture twice as large has all coordinates doubled.
//
// The first call sets OpenCV up, which changes the environment: make it before starting threads.

#include "core/image/box.h"
#include "core/image/image.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Names and versions of the libraries behind this door, "OpenCV 4.6.0, dlib 19.24.0".
void vision_libraries(char *text, size_t size);

// ---- faces (dlib) ----

// The iBUG 300-W scheme: 0-16 jaw, 17-26 brows, 27-35 nose, 36-47 eyes, 48-67 mouth.
#define N_LANDMARKS 68

#define MAX_FACES 32 // in one picture

struct face {
    struct box box;   // the detector's square, pixels of the picture that was searched
    float confidence; // the detector's margin; above 0, about 1 for a clear frontal face
    struct point landmarks[N_LANDMARKS];
};

struct face_finder;

struct landmark_file {
    const char *path; // NULL: that of Debian's libdlib-data
    bool trusted; // used though its SHA-256 is not the known one; dlib does not check what it reads
};

// Loads the landmark model; NULL means Debian's. NULL (logged) on failure. Takes about 0.8 s and
// 80 MB. Not thread-safe: one per thread.
struct face_finder *face_finder_create(const struct landmark_file *landmarks);

// Another finder, for another thread, which shares the landmark model of the first; either may be
// destroyed first. NULL (logged) on failure. Costs some milliseconds and little memory.
struct face_finder *face_finder_clone(const struct face_finder *finder);

void face_finder_destroy(struct face_finder *finder); // NULL is legal

// The instruction set that its code was compiled for: "x86-64-v3" or "generic". All give the same
// faces and the same chips.
const char *face_finder_instructions(const struct face_finder *finder);

// The scale at which faces of that size and up are found, within what is sensible: 0.02 to 2.
float face_finder_scale(float min_face_px);

struct face_search {
    float scale; // as in face_finder_find
    int levels;  // of dlib's pyramid: sizes from 80 / scale to 1.2^levels times that; 0: all sizes
    float threshold; // as in face_finder_find
};

// As face_finder_find, without landmarks, which stay as they are.
int face_finder_detect(struct face_finder *finder, const struct image *grey,
                       const struct face_search *search, struct face *faces, int capacity);

// Finds frontal faces of at least about 80 / scale pixels in a GREY8 picture that is searched at
// the given scale (0.5: half as wide and high, a quarter of the time; 2: small faces too), or at a
// lower one where that would make more than 32 megapixels. threshold is 0 as the detector was
// trained; below, fainter faces are found, and more that are none. Fills at most capacity faces,
// the most confident first, with their landmarks, which are placed in the given picture whatever
// the scale.
// Returns their number; 0 in pictures too small for a face; -1 on failure.
int face_finder_find(struct face_finder *finder, const struct image *grey, float scale,
                     float threshold, struct face *faces, int capacity);

// Puts 68 landmarks into the given box of a GREY8 picture, whether or not a face is there; the box
// may reach out of the picture. False (logged) when it is smaller than 2 pixels or absurdly far
// away.
bool face_finder_landmarks(struct face_finder *finder, const struct image *grey, struct box box,
                           struct point landmarks[N_LANDMARKS]);

// Cuts the aligned face out of a GREY8 picture: the similarity transform that best maps the
// landmarks onto dlib's mean face, sampled bilinearly from an image pyramid. chip: GREY8, square,
// allocated by the caller; its size is the chip's. padding is the margin as a fraction of the mean
// face. Black outside the picture. Equal input gives equal bytes. False (logged) when the landmarks
// span no face.
bool face_chip(const struct image *grey, const struct point landmarks[N_LANDMARKS], float padding,
               struct image *chip);

// Where face_chip cuts: the corners of the chip in the picture, clockwise from the chip's top left.
// False, not logged, when the landmarks span no face.
bool face_chip_place(const struct point landmarks[N_LANDMARKS], float padding,
                     struct point corners[4]);

// ---- pictures (OpenCV) ----

// Reads JPEG, PNG, WebP, TIFF, BMP or PNM as PIXEL_BGR24, upright (EXIF orientation applied). False
// (logged, naming the path) when it is missing, empty, not a picture, too large (256 MB, 100
// megapixels, IMAGE_MAX_SIDE a side) or cut short. On success the caller owns *image
// (image_finish).
bool picture_read(const char *path, struct image *image);

// The same from bytes in memory; name is for the messages.
bool picture_decode(const char *name, const void *bytes, size_t n, struct image *image);

// Whether the extension of a path is one that picture_write knows; false (logged) if not.
bool picture_can_write(const char *path);

// Writes a picture; the extension says how (.png, .jpg). The file appears whole or not at all.
bool picture_write(const char *path, const struct image *image);

// Encodes a picture as PNG or JPEG (extension ".png" or ".jpg"; quality 0 to 100 for JPEG) into
// *bytes, which the caller frees. False (logged) on failure.
bool picture_encode(const struct image *image, const char *extension, int quality, uint8_t **bytes,
                    size_t *n);

// Converts colour into to->format: same size, any two formats but I420, of which only the luma can
// be had, as full-range GREY8; a new X is 255. to is allocated by the caller and does not overlap
// from.
bool picture_convert(const struct image *from, struct image *to);

// Resizes into to's size (area averaging when smaller, bilinear when larger); formats must be
// equal.
bool picture_resize(const struct image *from, struct image *to);

// Turns a GREY8 picture about its middle, counterclockwise as seen; same size, the border's pixels
// repeated into the corners. A point at (x, y) from the middle comes to
// (cos * x + sin * y, cos * y - sin * x). to does not overlap from.
bool picture_turn(const struct image *from, float radians, struct image *to);

// Evens out the light of a GREY8 picture, so that what lies in shadow shows: contrast limited
// adaptive histogram equalisation (Zuiderveld 1994). Same size; to does not overlap from.
bool picture_equalise(const struct image *from, struct image *to);

// ---- cameras (OpenCV on V4L2) ----

struct camera_format {
    int width, height; // pixels; 0: whatever the driver gives
    double rate_hz;    // 0: unknown
    char fourcc[5];    // as the driver says, e.g. "MJPG"
};

// Why the camera at path cannot be opened, with the remedy, in words that continue "cannot open the
// camera PATH: "; valid until the thread's next call; NULL when nothing speaks against it. Does not
// switch the camera on.
const char *camera_probe(const char *path);

// Writes which other program has the device open, such as "firefox (process 1234)". False when
// there is none, or it belongs to another user.
bool camera_holder(const char *path, char *who, size_t n);

enum camera_status { CAMERA_FRAME, CAMERA_LOST };

struct camera;

// Opens /dev/videoN (or a stable path under /dev/v4l) for the wanted size and rate, MJPG from 1280
// pixels of width up, and waits for the first frame. *got says what the driver really gives. NULL
// (logged with the remedy: not there, no permission, busy, not a camera, no frames) on failure.
struct camera *camera_open(const char *path, const struct camera_format *wanted,
                           struct camera_format *got);
void camera_close(struct camera *camera); // NULL is legal

// Waits for the next frame, at most about 1 s (signals are held back meanwhile; broken frames are
// passed over), and writes it into *frame as PIXEL_BGRX32 (its storage is made to fit).
// *captured_ns is the driver's CLOCK_MONOTONIC time of the capture. CAMERA_LOST, which is for the
// caller to report, when it was unplugged, stays silent, or after having moved sends the same
// picture for 4 s, to the byte and not of one colour all over: close it and open it again.
enum camera_status camera_read(struct camera *camera, struct image *frame, int64_t *captured_ns);

#ifdef __cplusplus
}
#endif

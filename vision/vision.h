// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// The C interface to OpenCV and dlib. None of their types, exceptions or allocations crosses it.
// Every failure is logged once, with its remedy, and returned as false, NULL or -1.
//
// The origin of points and boxes is the top left corner of the image: the centre of its first pixel
// is (0.5, 0.5), and in an image twice as large all coordinates are doubled.
//
// The first call initialises OpenCV, which sets environment variables: make it before starting
// threads.

#include "core/image/box.h"
#include "core/image/image.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Names and versions of the libraries: "OpenCV 4.6.0, dlib 19.24.0".
void vision_libraries(char *text, size_t size);

// What a library prints on stderr, which the caller caught there: true when it is about a picture
// that is being read on this thread, and the user will be told in other words.
bool vision_overhears(const char *text, size_t n);

// The instruction set that dlib's code was compiled for: "x86-64-v3" or "generic". Results are the
// same.
const char *dlib_instructions(void);

// ---- finding faces (dlib) ----

// A face in a picture: the box that its head's front fills from forehead to chin and from side to
// side, in pixels, and how sure its detector is.
struct face_box {
    struct box box;
    float score;
};

// dlib's frontal face detector (histograms of oriented gradients; Dalal and Triggs 2005).
struct hog_detector;

// NULL (logged) on failure. Takes some milliseconds. One thread at a time.
struct hog_detector *hog_detector_create(void);
void hog_detector_destroy(struct hog_detector *detector); // NULL is legal

// The scale for hog_detector_find at which faces of min_face_px and up are found, in [0.02, 2].
float hog_detector_scale(float min_face_px);

// Finds frontal faces of about 80 / scale pixels and up in a GREY8 image, searched at the given
// scale (0.5: half as wide and high, a quarter of the time; 2: small faces too), or at a lower one
// where that would exceed 32 megapixels. The score is the detector's margin: above 0 as it was
// trained, about 1 for a clear frontal face; only faces above the threshold are found, at a lower
// one fainter faces and more false ones. Writes at most capacity faces, the most confident first,
// in pixels of the given image whatever the scale. Returns their number, 0 in images too small for
// a face; -1 on failure.
int hog_detector_find(struct hog_detector *detector, const struct image *grey, float scale,
                      float threshold, struct face_box *found, int capacity);

// ---- five landmarks (dlib) ----

// Left and right as seen; an eye's point is its middle.
enum face_point {
    POINT_LEFT_EYE,
    POINT_RIGHT_EYE,
    POINT_NOSE,
    POINT_LEFT_MOUTH,
    POINT_RIGHT_MOUTH,
    N_FACE_POINTS
};

struct face_points;

// Loads a file of face_points_train, from anyone: each number of it is checked. NULL (logged) when
// it is damaged or something else.
struct face_points *face_points_create(const char *path);

void face_points_destroy(struct face_points *model); // NULL is legal

// Places the five points of a face in a GREY8 picture. box: the face from forehead to chin, upright
// or rolled by up to 40 degrees, as a detector gives it; it may reach out of the picture. Takes the
// same time whatever its size. Thread-safe. False (logged) when the box is smaller than 2 pixels or
// absurdly far away.
bool face_points_place(const struct face_points *model, const struct image *grey, struct box box,
                       struct point points[N_FACE_POINTS]);

// Cuts the aligned face out of a GREY8 image: the similarity transform that best maps the mean face
// onto the points, sampled bilinearly from an image pyramid. chip: GREY8, square, allocated by the
// caller, who chooses its size. padding is the margin as a fraction of the mean face, which is
// dlib's, as its get_face_chip_details takes it. Black outside the image. Deterministic to the
// byte; a mirrored picture gives the mirrored chip, but for rounding. False (logged) when the
// points span no face.
bool face_chip(const struct image *grey, const struct point points[N_FACE_POINTS], float padding,
               struct image *chip);

// Where face_chip cuts: the corners of the chip in the image, clockwise from the chip's top left.
// False, not logged, when the points span no face.
bool face_chip_place(const struct point points[N_FACE_POINTS], float padding,
                     struct point corners[4]);

// The middle of the mean face in the image, the length of its sides, and how far it is turned
// clockwise as seen: where face_chip cuts without a margin.
struct face_pose {
    struct point middle;
    float side_px, roll; // roll: radians
};
struct face_pose face_pose_of(const struct point points[N_FACE_POINTS]);

// How far the head is turned to a side: where the tip of the nose lies along the line of the eyes,
// from the middle between them, in distances of the eyes. 0: it looks at the camera; positive: to
// the right, as seen.
float face_points_turn(const struct point points[N_FACE_POINTS]);

struct face_example {
    struct image grey; // GREY8
    struct box box;
    struct point points[N_FACE_POINTS];
    int copies; // so often it is shown, each time otherwise
};

// Learns to place points from n examples: turned, shifted, scaled, mirrored, darkened and blurred
// copies of each, on two threads, for minutes. Equal examples and seed give equal bytes. Writes the
// model to path. False (logged) on failure.
bool face_points_train(const struct face_example *examples, int n, uint64_t seed, const char *path);

// ---- 68 landmarks (dlib), for those who want them in a table ----

// The iBUG 300-W scheme: 0-16 jaw, 17-26 brows, 27-35 nose, 36-47 eyes, 48-67 mouth.
#define N_LANDMARKS 68

struct landmark_file {
    const char *path; // NULL: that of Debian's libdlib-data
    bool trusted;     // skip the SHA-256 check; dlib itself does not validate the file
};

struct landmarks;

// Loads the landmark file, which takes about 0.8 s and 80 MB; file NULL means Debian's. NULL
// (logged) on failure.
struct landmarks *landmarks_create(const struct landmark_file *file);
void landmarks_destroy(struct landmarks *landmarks); // NULL is legal

// Places 68 landmarks in the face of a GREY8 image, whether or not one is there; the box may reach
// beyond the image. Thread-safe. False (logged) when it is smaller than 2 pixels or absurdly far
// away.
bool landmarks_place(const struct landmarks *landmarks, const struct image *grey, struct box face,
                     struct point points[N_LANDMARKS]);

// ---- image files and pixels (OpenCV) ----

// Reads JPEG, PNG, WebP, HEIC, AVIF, TIFF, BMP, PNM, GIF, JPEG 2000 or JPEG XL as PIXEL_BGR24,
// upright (EXIF orientation applied); of several pictures the first. False (logged, naming the
// path) when the file is missing, empty, not an image, too large (256 MB, 100 megapixels,
// IMAGE_MAX_SIDE a side) or truncated. On success the caller owns *image (image_finish).
bool picture_read(const char *path, struct image *image);

// The same from bytes in memory, which messages call name.
bool picture_decode(const char *name, const void *bytes, size_t n, struct image *image);

// Whether a file is a picture: by its extension, so that a damaged one is named when it is read, or
// by its first 32 bytes, whatever its extension. Also of kinds that cannot be read, such as
// cameras' raw files, and only until picture_read finds out. name: of which only the extension
// counts.
bool picture_is_one(const char *name, const void *bytes, size_t n);
bool picture_is_file(const char *path);
bool picture_is_still(const char *path); // and neither a GIF nor an animated WebP

// Whether the extension of a path is one that picture_write knows; false (logged) if not.
bool picture_can_write(const char *path);

// Writes an image atomically, in the format of the extension (.png, .jpg).
bool picture_write(const char *path, const struct image *image);

// Encodes an image as PNG or JPEG (extension ".png" or ".jpg"; quality 0 to 100 for JPEG) into
// *bytes, which the caller frees. False (logged) on failure.
bool picture_encode(const struct image *image, const char *extension, int quality, uint8_t **bytes,
                    size_t *n);

// Converts to to->format: same size, any two formats, but from I420 only its luma, as full-range
// GREY8. A new X byte is 255. to is allocated by the caller and does not overlap from.
bool picture_convert(const struct image *from, struct image *to);

// Resizes into to's size (area averaging when smaller, bilinear when larger); formats must be
// equal.
bool picture_resize(const struct image *from, struct image *to);

// Rotates a GREY8 image about its centre, counterclockwise on the screen; same size, border pixels
// replicated. A point at (x, y) from the centre moves to
// (cos * x + sin * y, cos * y - sin * x). to does not overlap from.
bool picture_turn(const struct image *from, float radians, struct image *to);

// ---- cameras (V4L2, through OpenCV; what OpenCV does not read, through FFmpeg) ----

struct camera_format {
    int width, height; // pixels; 0: whatever the driver gives
    double rate_hz;    // 0: unknown
    char fourcc[5];    // as the driver says, e.g. "MJPG"
};

// What a device's pictures are, the best first.
enum camera_kind {
    CAMERA_COLOUR,
    CAMERA_VIRTUAL,    // colour that another program feeds in (v4l2loopback)
    CAMERA_GREY,       // grey, or infrared as its name says
    CAMERA_SENSOR,     // a sensor's raw values, which libcamera turns into pictures
    CAMERA_UNREADABLE, // other kinds that are not read here
    CAMERA_UNASKED,    // it may not be opened, or is opened already: taken for a camera
    CAMERA_NONE        // no camera, or one that is gone
};

// Asks the device at path, without switching it on. name:(n) is what its driver calls it, as it was
// when the device tells nothing.
enum camera_kind camera_ask(const char *path, char *name, size_t n);

// Why the camera at path cannot be opened, with the remedy, to follow "cannot open the camera
// PATH: "; valid until the thread's next call. NULL when it seems usable. Does not switch the
// camera on.
const char *camera_probe(const char *path);

// Writes which other program has the device open, such as "firefox (process 1234)", into who:(n).
// False without one, or when it belongs to another user.
bool camera_holder(const char *path, char *who, size_t n);

enum camera_status { CAMERA_FRAME, CAMERA_LOST };

struct camera;

// Opens /dev/videoN (or a stable path under /dev/v4l) with the requested size and rate, as MJPG
// from a width of 1280 up, and waits for the first frame. *got is what the driver really gives.
// NULL (logged with the remedy: not there, no permission, busy, not a camera, no frames) on
// failure.
struct camera *camera_open(const char *path, const struct camera_format *wanted,
                           struct camera_format *got);
void camera_close(struct camera *camera); // NULL is legal

// Waits for the next frame, at most about 1 s (holds back signals meanwhile, skips broken frames),
// and writes it into *frame as PIXEL_BGRX32, resizing its storage. *captured_ns is the driver's
// CLOCK_MONOTONIC time of capture. CAMERA_LOST (the caller reports it) when the camera was
// unplugged, stays silent, or, having moved before, has sent the same image for 4 s, to the byte
// and not of a single colour: close it and open it again.
enum camera_status camera_read(struct camera *camera, struct image *frame, int64_t *captured_ns);

#ifdef __cplusplus
}
#endif

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors

// Writes the demo face to standard output, frame by frame as raw BGRX, for ffmpeg to make a fake
// camera's film of.
//
// usage: demo_frames WIDTH HEIGHT RATE SECONDS

#include "app/sources/source.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    if (argc != 5) {
        fputs("usage: demo_frames WIDTH HEIGHT RATE SECONDS\n", stderr);
        return 1;
    }
    struct source_options wanted = {
        .width = atoi(argv[1]), .height = atoi(argv[2]), .rate_hz = atof(argv[3])};
    struct frame frame = {0};
    struct source *source = source_demo.create("", &wanted);
    long n = source ? (long)(atof(argv[4]) * wanted.rate_hz) : 0;
    bool good = n > 0;
    for (long k = 0; k < n && good; k++) {
        good = source_read(source, &frame) == SOURCE_FRAME &&
               fwrite(frame.picture.data, (size_t)frame.picture.stride,
                      (size_t)frame.picture.height, stdout) == (size_t)frame.picture.height;
    }
    image_finish(&frame.picture);
    source_close(source);
    return good && fflush(stdout) == 0 ? 0 : 1;
}

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// For tests of recordings: a short film of pictures that know their number, written by record and
// read back by source_file.

#include "app/video/media_time.h"
#include "app/sinks/record.h"
#include "app/sources/source.h"
#include "tests/support/scratch.h"

#define FILM_WIDTH 320
#define FILM_HEIGHT 240
#define FILM_FRAMES 75
#define FILM_TICKS_PER_S 90000

extern const struct analysis film_nothing; // nobody is in the picture

// Group setup and teardown: the scratch folder.
int film_setup(void **state);
int film_teardown(void **state);

// Eight blocks along the top, black or white: the number in binary. Below, a gradient that moves.
void film_draw(struct image *picture, int number);
int film_number(const struct image *picture);

// Mean absolute difference of two pictures' channels.
double film_difference(const struct image *a, const struct image *b);

// When the picture of that number is taken, ns: a camera that is now faster, now slower.
int64_t film_time(int number);

struct record_options film_options(void);

// Writes so many pictures from number first on.
void film_write(struct sink *sink, int first, int n, int width, int height);

// Until so many pictures of a live recording are written or dropped, or 20 s are over.
struct record_counts film_wait(struct sink *sink, int n);

// A whole file in the scratch folder. Returns its path.
const char *film_record(const char *name, struct record_options options);

struct source *film_open(const char *path);

struct film_reading {
    int n;
    enum source_status status;
    int64_t times[1024];
};

// Reads all of it; check: each picture is the one of its number.
void film_read(struct source *source, struct film_reading *reading, bool check);
void film_read_path(const char *path, struct film_reading *reading, bool check);

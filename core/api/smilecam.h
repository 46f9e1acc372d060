// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// libsmilecam-core: from a face chip to probabilities, for other programs. It needs no OpenCV, dlib
// or SDL2. Everything that the library exports begins with smilecam_.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SMILECAM_MAX_LABELS 16

struct smilecam_classifier;

// What a model expects and what it answers. Strings are valid until the classifier is destroyed.
struct smilecam_model {
    int chip_size;      // side of the square face chip, pixels
    float chip_padding; // margin around the mean face, as dlib's get_face_chip_details takes it
    int n_labels;
    const char *labels[SMILECAM_MAX_LABELS]; // in the order of the outputs
    int smile_label;                         // index of "smile" (or "happy"), -1 without one
    float threshold;                         // operating point of the smile probability
    int map_width, map_height; // of smilecam_classifier_map; 0: the network has no maps
    const char *description;
};

// A view of a GREY8 face chip, chip_size x chip_size pixels: row y begins at data + y * stride. The
// library reads it during a call and keeps nothing.
struct smilecam_chip {
    const uint8_t *data;
    ptrdiff_t stride; // bytes, at least chip_size
};

// Loads an ONNX model for at most max_batch faces a call. NULL (logged, naming the path) when the
// file cannot be read, is damaged, or is not a face classifier. Owned by the caller. Not
// thread-safe: one per thread.
struct smilecam_classifier *smilecam_classifier_create(const char *path, int max_batch);
void smilecam_classifier_destroy(struct smilecam_classifier *classifier); // NULL is legal

const struct smilecam_model *
smilecam_classifier_model(const struct smilecam_classifier *classifier);

// The threshold whose false alarm rate on held-out faces without a smile is rate, as recorded in
// the model file; NaN when the file has no such record.
double smilecam_classifier_threshold(const struct smilecam_classifier *classifier, double rate);

// n chips, 1 <= n <= max_batch -> probabilities:(n, n_labels); each row sums to 1. Allocates
// nothing; cannot fail.
void smilecam_classifier_run(struct smilecam_classifier *classifier,
                             const struct smilecam_chip *chips, int n, float *probabilities);

// The class activation map (Zhou et al., Learning Deep Features for Discriminative Localization,
// 2016) of a label for chip i of the last run, into the caller's map:(map_height, map_width), rows
// from the top, in log-odds: above 0 a place speaks for the label, below 0 against it. False
// (logged) when the network has no maps.
bool smilecam_classifier_map(const struct smilecam_classifier *classifier, int i, int label,
                             float *map);

enum smilecam_log_level {
    SMILECAM_LOG_ERROR,
    SMILECAM_LOG_WARNING,
    SMILECAM_LOG_INFO,
    SMILECAM_LOG_DEBUG
};

// Messages go to standard error, one sentence a line, until a writer takes them; NULL restores
// that. The writer is called on the thread that has something to report. Call before other threads
// use the library.
void smilecam_set_log_writer(void (*writer)(enum smilecam_log_level level, const char *line));

// Messages above this level are dropped; SMILECAM_LOG_INFO at start.
void smilecam_set_log_level(enum smilecam_log_level level);

#ifdef __cplusplus
}
#endif

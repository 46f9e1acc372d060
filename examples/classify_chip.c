// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
//
// Classifies a face chip, a binary PGM of the size that the model expects:
//   cc classify_chip.c $(pkg-config --cflags --libs smilecam-core) -o classify_chip
//   ./classify_chip smile.onnx face.pgm
#include <smilecam.h>

#include <stdio.h>
#include <stdlib.h>

// Returns size x size grey levels, row by row, to be freed by the caller. NULL (with a message) on
// failure.
static uint8_t *read_pgm(const char *path, int size) {
    int width = 0, height = 0, most = 0;
    size_t n = (size_t)size * (size_t)size;
    uint8_t *pixels = malloc(n);
    FILE *file = fopen(path, "rb");
    bool whole = pixels && file && fscanf(file, "P5 %d %d %d", &width, &height, &most) == 3 &&
                 fgetc(file) != EOF && width == size && height == size && most == 255 &&
                 fread(pixels, 1, n, file) == n;
    if (file) {
        fclose(file);
    }
    if (!whole) {
        fprintf(stderr, "%s: not a PGM of %dx%d pixels\n", path, size, size);
        free(pixels);
        return NULL;
    }
    return pixels;
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: classify_chip MODEL.onnx CHIP.pgm\n");
        return 1;
    }
    struct smilecam_classifier *classifier = smilecam_classifier_create(argv[1], 1);
    if (!classifier) {
        return 1; // the library has logged the reason
    }
    const struct smilecam_model *model = smilecam_classifier_model(classifier);
    uint8_t *pixels = read_pgm(argv[2], model->chip_size);
    if (pixels) {
        float probabilities[SMILECAM_MAX_LABELS];
        struct smilecam_chip chip = {pixels, model->chip_size};
        smilecam_classifier_run(classifier, &chip, 1, probabilities);
        for (int i = 0; i < model->n_labels; i++) {
            printf("%s %.2f\n", model->labels[i], (double)probabilities[i]);
        }
    }
    smilecam_classifier_destroy(classifier);
    bool read = pixels != NULL;
    free(pixels);
    return read ? 0 : 2;
}

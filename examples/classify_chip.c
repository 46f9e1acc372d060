// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
//
// Says what a face chip shows, a binary PGM as large as the model wants it:
//   cc classify_chip.c $(pkg-config --cflags --libs smilecam-core) -o classify_chip
//   ./classify_chip smile.onnx face.pgm
#include <smilecam/classifier.h>

#include <stdio.h>

static bool read_pgm(const char *path, int size, struct image *chip) {
    int width = 0, height = 0, most = 0, rows = 0;
    FILE *file = fopen(path, "rb");
    if (file && fscanf(file, "P5 %d %d %d", &width, &height, &most) == 3 && fgetc(file) != EOF &&
        width == size && height == size && most == 255 &&
        image_init(chip, size, size, PIXEL_GREY8)) {
        while (rows < size && fread(chip->data + rows * chip->stride, (size_t)size, 1, file) == 1) {
            rows++;
        }
    }
    if (file) {
        fclose(file);
    }
    if (rows == 0 || rows < size) {
        fprintf(stderr, "%s: not a PGM of %dx%d pixels\n", path, size, size);
    }
    return rows > 0 && rows == size;
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: classify_chip MODEL.onnx CHIP.pgm\n");
        return 1;
    }
    struct classifier *classifier = classifier_create(argv[1], 1);
    if (!classifier) {
        return 1; // the library has said why
    }
    const struct model_info *info = classifier_info(classifier);
    struct image chip = {0};
    float probabilities[MODEL_MAX_LABELS];
    bool read = read_pgm(argv[2], info->chip_size, &chip);
    if (read) {
        classifier_run(classifier, &chip, 1, probabilities);
    }
    for (int i = 0; read && i < info->n_labels; i++) {
        printf("%s %.2f\n", info->labels[i], (double)probabilities[i]);
    }
    image_finish(&chip);
    classifier_destroy(classifier);
    return read ? 0 : 2;
}

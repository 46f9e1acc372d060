// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
//
// Crops files, and each pixel of those that are accepted.
#include "core/train/dataset.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    unsigned sum = 0;
    struct dataset dataset;
    if (dataset_read(&dataset, fuzz_file("crops", bytes, len))) {
        for (int i = 0; i < dataset.n; i++) {
            const struct image chip = dataset_chip(&dataset, i);
            for (int k = 0; dataset.crops[i].found && k < chip.width * chip.height; k++) {
                sum += chip.data[k];
            }
        }
        dataset_finish(&dataset);
        static volatile unsigned seen; // each pixel has to be read
        seen = sum;
        (void)seen;
    }
    return 0;
}

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
//
// Files of scores (CSV).
#include "app/reports/score_file.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    struct score_list list = {0};
    score_list_read(&list, fuzz_file("scores.csv", bytes, len));
    score_list_finish(&list);
    return 0;
}

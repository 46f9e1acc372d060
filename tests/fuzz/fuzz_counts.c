// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
//
// What a kiosk has counted in earlier runs.
#include "app/sinks/counts.h"
#include "tests/support/scratch.h"
#include "tests/fuzz/fuzz.h"

#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    struct sink *sink = counts_create(fuzz_file("counts.csv", bytes, len));
    if (sink) {
        counts_smiles_today(sink);
        sink_close(sink);
    }
    unlink(scratch_path("counts.csv.damaged-1"));
    return 0;
}

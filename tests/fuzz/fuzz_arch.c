// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
//
// Architecture files.
#include "core/network/arch.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    graph_destroy(arch_read(fuzz_file("network.net", bytes, len)));
    return 0;
}

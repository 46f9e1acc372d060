// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/file_digest.h"

#include "core/base/log.h"

#include <errno.h>
#include <nettle/sha2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

bool file_digest(const char *path, char text[FILE_DIGEST_LEN]) {
    uint8_t bytes[8192], digest[SHA256_DIGEST_SIZE];
    struct sha256_ctx context;
    FILE *in = fopen(path, "re");
    sha256_init(&context);
    for (size_t n; in && (n = fread(bytes, 1, sizeof bytes, in)) > 0;) {
        sha256_update(&context, n, bytes);
    }
    if (!in || ferror(in)) {
        LOG(ERROR, "%s: cannot be read: %s", path, strerror(errno));
        if (in) {
            fclose(in);
        }
        return false;
    }
    fclose(in);
    sha256_digest(&context, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++) {
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    }
    return true;
}

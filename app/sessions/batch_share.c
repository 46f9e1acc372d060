// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/batch_share.h"

#include "core/base/log.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define VARIABLE "SMILECAM_BATCH_PLACE"

// Each number by itself is whole; that the three are of one moment is not needed.
struct shared_place {
    _Atomic double share, media_s;
    _Atomic int64_t n_frames;
};

struct batch_share {
    int memory; // file descriptor, which the processes inherit
    int n;
    struct shared_place *places;
};

static struct shared_place *map(int memory, int n) {
    void *at = mmap(NULL, (size_t)n * sizeof(struct shared_place), PROT_READ | PROT_WRITE,
                    MAP_SHARED, memory, 0);
    return at == MAP_FAILED ? NULL : at;
}

struct batch_share *batch_share_create(int places) {
    struct batch_share *share = calloc(1, sizeof *share);
    if (!share) {
        log_no_memory("the batch");
        return NULL;
    }
    share->n = places;
    share->memory = memfd_create("smilecam-batch", 0);
    off_t size = (off_t)((size_t)places * sizeof(struct shared_place));
    if (share->memory >= 0 && ftruncate(share->memory, size) == 0) {
        share->places = map(share->memory, places);
    }
    if (!share->places) {
        LOG(ERROR, "the batch: no memory to share: %s", strerror(errno));
        batch_share_destroy(share);
        return NULL;
    }
    return share;
}

void batch_share_destroy(struct batch_share *share) {
    if (!share) {
        return;
    }
    if (share->places) {
        munmap(share->places, (size_t)share->n * sizeof *share->places);
    }
    if (share->memory >= 0) {
        close(share->memory);
    }
    free(share);
}

struct batch_place batch_share_read(const struct batch_share *share, int place) {
    struct shared_place *from = &share->places[place];
    return (struct batch_place){
        .share = from->share, .media_s = from->media_s, .n_frames = from->n_frames};
}

void batch_share_tell(struct shared_place *place, const struct batch_place *at) {
    if (place) {
        place->share = at->share;
        place->media_s = at->media_s;
        place->n_frames = at->n_frames;
    }
}

void batch_share_clear(struct batch_share *share, int place) {
    batch_share_tell(&share->places[place], &(struct batch_place){0});
}

void batch_share_lend(const struct batch_share *share, int place) {
    char text[32];
    snprintf(text, sizeof text, "%d,%d", share->memory, place);
    setenv(VARIABLE, text, 1);
}

struct shared_place *batch_share_borrow(void) {
    const char *text = getenv(VARIABLE);
    int memory, place;
    struct stat status;
    if (!text || sscanf(text, "%d,%d", &memory, &place) != 2 || place < 0 ||
        fstat(memory, &status) != 0 || !S_ISREG(status.st_mode) ||
        (size_t)status.st_size < ((size_t)place + 1) * sizeof(struct shared_place)) {
        return NULL;
    }
    struct shared_place *places = map(memory, place + 1);
    return places ? &places[place] : NULL;
}

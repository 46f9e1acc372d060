// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
//
// Preloaded, it makes one allocation of the program itself fail, FAIL_ALLOC counting from 1; those
// of libraries are left alone. ALLOC_COUNT names a file that gets the number of all of them.
#include <errno.h>
#include <link.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *block, size_t n);
void *__libc_memalign(size_t alignment, size_t n);

static uintptr_t code_begin, code_end; // the program's
static atomic_long n_allocations;
static long failing;

static int find_code(struct dl_phdr_info *info, size_t size, void *arg) {
    (void)size;
    (void)arg;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type == PT_LOAD && part->p_flags & PF_X) {
            code_begin = info->dlpi_addr + part->p_vaddr;
            code_end = code_begin + part->p_memsz;
        }
    }
    return 1; // the program comes first
}

__attribute__((constructor)) static void start(void) {
    const char *text = getenv("FAIL_ALLOC");
    failing = text ? atol(text) : 0;
    dl_iterate_phdr(find_code, NULL);
}

__attribute__((destructor)) static void finish(void) {
    const char *path = getenv("ALLOC_COUNT");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (file) {
        fprintf(file, "%ld\n", atomic_load(&n_allocations));
        fclose(file);
    }
}

static bool fails(const void *caller) {
    bool ours = (uintptr_t)caller >= code_begin && (uintptr_t)caller < code_end;
    bool hit = ours && atomic_fetch_add(&n_allocations, 1) + 1 == failing;
    errno = hit ? ENOMEM : errno;
    return hit;
}
#define FAILS() fails(__builtin_return_address(0))

void *malloc(size_t n) {
    return FAILS() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size) {
    return FAILS() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *block, size_t n) {
    return FAILS() ? NULL : __libc_realloc(block, n);
}

void *aligned_alloc(size_t alignment, size_t n) {
    return FAILS() ? NULL : __libc_memalign(alignment, n);
}

char *strdup(const char *text) {
    size_t size = strlen(text) + 1;
    char *copy = FAILS() ? NULL : __libc_malloc(size);
    return copy ? memcpy(copy, text, size) : NULL;
}

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "core/kernels/cpu.h"

#include "core/base/cpu_limit.h"
#include "core/base/log.h"

#include <stdio.h>
#include <string.h>
#ifdef HAVE_KERNELS_X86
#include <cpuid.h>
#endif

static bool always(void) {
    return true;
}

#ifdef HAVE_KERNELS_X86
// The compiler's run-time check also asks the operating system whether it saves the wide registers.
static bool has_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static bool has_avx512(void) {
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}

static bool has_avx512_vnni(void) {
    return has_avx512() && __builtin_cpu_supports("avx512vnni");
}

// __builtin_cpu_supports knows "avxvnni" only in newer compilers: leaf 7, subleaf 1, bit 4 of eax.
static bool has_avx_vnni(void) {
    unsigned eax, ebx, ecx, edx;
    return has_avx2() && __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) && (eax >> 4 & 1);
}
#endif

static const struct {
    const struct kernels *kernels;
    bool (*supported)(void);
} tables[] = {
// best first
#ifdef HAVE_KERNELS_X86
    {&kernels_avx512, has_avx512},
    {&kernels_avx2, has_avx2},
#endif
#ifdef HAVE_KERNELS_ARM
    {&kernels_neon, always}, // a part of every 64-bit ARM processor
#endif
    {&kernels_scalar, always},
};

static const struct {
    const struct int8_kernels *int8;
    const struct kernels *beside;
    bool (*supported)(void);
} int8_tables[] = {
// best first
#ifdef HAVE_KERNELS_X86
    {&int8_avx512, &kernels_avx512, has_avx512_vnni},
    {&int8_avx, &kernels_avx2, has_avx_vnni},
    {&int8_avx2, &kernels_avx2, has_avx2},
#endif
    {&int8_scalar, NULL, always},
};

static const struct kernels *forced;

int cpu_list(const struct kernels **list, int capacity) {
    int n = 0;
    for (size_t i = 0; i < sizeof tables / sizeof *tables && n < capacity; i++) {
        if (tables[i].supported()) {
            list[n++] = tables[i].kernels;
        }
    }
    return n;
}

const struct kernels *cpu_kernels(void) {
    const struct kernels *best;
    cpu_list(&best, 1);
    return forced ? forced : best;
}

bool cpu_force(const char *name) {
    if (strcmp(name, "auto") == 0) {
        forced = NULL;
        cpu_limit_set("auto");
        return true;
    }
    const struct kernels *list[8];
    int n = cpu_list(list, 8);
    char names[128] = "auto";
    for (int i = 0; i < n; i++) {
        if (strcmp(list[i]->name, name) == 0) {
            forced = list[i];
            cpu_limit_set(forced->name);
            return true;
        }
        size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, ", %s", list[i]->name);
    }
    LOG(ERROR, "--cpu=%s: this processor has no such kernels; it has %s", name, names);
    return false;
}

int cpu_int8_list(const struct int8_kernels **list, int capacity) {
    int n = 0;
    for (size_t i = 0; i < sizeof int8_tables / sizeof *int8_tables && n < capacity; i++) {
        if (int8_tables[i].supported()) {
            list[n++] = int8_tables[i].int8;
        }
    }
    return n;
}

const struct int8_kernels *cpu_int8_kernels(const struct kernels *kernels) {
    for (size_t i = 0; i < sizeof int8_tables / sizeof *int8_tables; i++) {
        if (int8_tables[i].beside == kernels && int8_tables[i].supported()) {
            return int8_tables[i].int8;
        }
    }
    return NULL;
}

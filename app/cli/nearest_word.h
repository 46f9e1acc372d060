// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

// The word that somebody who mistyped may have meant.

struct nearest_word {
    const char *typed;
    const char *best; // NULL: none is near
    int distance;
};

// Takes a candidate, if it is near and nearer than those before. Begin with {.typed = ...}.
void nearest_word_try(struct nearest_word *nearest, const char *candidate);

// How many letters must be inserted, left out, replaced or exchanged with their neighbour to get
// from a to b (optimal string alignment; Boytsov 2011, section 2.2.1). Long words count as far.
int nearest_word_distance(const char *a, const char *b);

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include "app/reports/degrade.h"

#include "core/run/classifier.h"
#include "core/run/metrics.h"

// The results of an evaluation, as text or as one self-contained HTML page.

struct eval_item {
    const char *name, *label;       // the picture's, as its set calls it
    const char *attributes;         // "male=1;pose=3", or NULL
    int truth;                      // 1: its label means a smile
    float score;                    // of a smile; NaN without a face
    int top1;                       // of the model's labels; -1 without a face
    float pose[3];                  // yaw, pitch, roll in radians; NaN if unknown
    float face_px;                  // width of the face in the picture
    float brightness;               // mean grey of the chip
    float sharpness;                // face_quality.h
    float degraded[N_DEGRADATIONS]; // the score after each; NaN without a face
    struct image chip;              // GREY8; empty without a face
};

struct eval_report {
    const char *list, *model, *sha256; // what was measured, for the head of the page
    const char *scores;                // where held-out scores came from; NULL: the model's own
    const struct model_info *info;     // of the model
    float threshold;
    int n;
    const struct eval_item *items;
};

// Fills in brightness and sharpness of an item with a chip.
void eval_item_describe(struct eval_item *item);

// Metrics of the items' scores; degradation: of those after it, N_DEGRADATIONS: as they are.
// Without memory n is 0 (logged).
struct metrics eval_report_metrics(const struct eval_report *report, enum degradation degradation);

#define EVAL_MAX_LABELS 64

// Of the found faces with one label, how many were called a smile.
struct label_share {
    const char *label;
    int n, n_smiles;
};

// In the order in which the labels first come; those beyond EVAL_MAX_LABELS are left out. Returns
// their number.
int eval_label_shares(const struct eval_report *report, struct label_share shares[EVAL_MAX_LABELS]);

// Prints which label was called which, when the model has more than two.
void eval_print_confusion(const struct eval_report *report);

// Prints accuracy, hits and false alarms by attribute, when the items have some.
void eval_print_groups(const struct eval_report *report);

// Writes index.html and disputed.csv (the pictures whose label the scores contradict, the surest
// first) into the folder, which is made when it is not there. False (logged) on failure.
bool eval_report_write(const struct eval_report *report, const char *folder);

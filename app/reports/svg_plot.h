// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#pragma once

#include <stdio.h>

// Small plots as inline SVG, readable in black and white; the page's style colours them. Values are
// in the units of the axes. Nothing fails; the caller checks ferror(out) at the end.

struct plot {
    FILE *out;
    double x0, x1, y0, y1; // the ranges of the axes
};

struct plot_axis {
    const char *label;
    double from, to;
    int n_steps;  // between ticks; 0: none
    int decimals; // of their numbers
};

void plot_begin(struct plot *plot, FILE *out, const char *title, const struct plot_axis *x,
                const struct plot_axis *y);
void plot_end(const struct plot *plot);

// kind: a class of the page's style: "main", "thin", "dashed".
void plot_line(const struct plot *plot, const char *kind, const double *x, const double *y, int n);
void plot_dot(const struct plot *plot, double x, double y, const char *note);
// A bar from the axis to y, with the interval [low, high] and a word below.
void plot_bar(const struct plot *plot, double x, double width, double y, double low, double high,
              const char *word);

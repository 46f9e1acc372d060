// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/reports/svg_plot.h"
#include "app/system/markup_text.h"

#define WIDTH 360
#define HEIGHT 270
#define LEFT 52
#define RIGHT 12
#define TOP 30
#define BOTTOM 46

static double across(const struct plot *plot, double x) {
    return LEFT + (x - plot->x0) / (plot->x1 - plot->x0) * (WIDTH - LEFT - RIGHT);
}

static double down(const struct plot *plot, double y) {
    return HEIGHT - BOTTOM - (y - plot->y0) / (plot->y1 - plot->y0) * (HEIGHT - TOP - BOTTOM);
}

static void text(FILE *out, double x, double y, const char *anchor, const char *words) {
    fprintf(out, "<text x='%.1f' y='%.1f' text-anchor='%s'>", x, y, anchor);
    markup_text(out, words);
    fputs("</text>", out);
}

static void draw_ticks(const struct plot *plot, const struct plot_axis *axis, int is_y) {
    char words[32];
    for (int i = 0; axis->n_steps > 0 && i <= axis->n_steps; i++) {
        double value = axis->from + (axis->to - axis->from) * i / axis->n_steps;
        snprintf(words, sizeof words, "%.*f", axis->decimals, value);
        if (is_y) {
            double y = down(plot, value);
            fprintf(plot->out, "<path class='grid' d='M%d %.1fH%d'/>", LEFT, y, WIDTH - RIGHT);
            text(plot->out, LEFT - 6, y + 4, "end", words);
        } else {
            text(plot->out, across(plot, value), HEIGHT - BOTTOM + 16, "middle", words);
        }
    }
}

void plot_begin(struct plot *plot, FILE *out, const char *title, const struct plot_axis *x,
                const struct plot_axis *y) {
    *plot = (struct plot){out, x->from, x->to, y->from, y->to};
    fprintf(out, "<svg viewBox='0 0 %d %d' role='img'><title>", WIDTH, HEIGHT);
    markup_text(out, title);
    fputs("</title><g class='title'>", out);
    text(out, LEFT, 18, "start", title);
    fputs("</g>", out);
    draw_ticks(plot, x, 0);
    draw_ticks(plot, y, 1);
    fprintf(out, "<path class='axis' d='M%d %dV%dH%d'/>", LEFT, TOP, HEIGHT - BOTTOM,
            WIDTH - RIGHT);
    text(out, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10, "middle", x->label);
    fprintf(out, "<g transform='translate(13 %d) rotate(-90)'>", (TOP + HEIGHT - BOTTOM) / 2);
    text(out, 0, 0, "middle", y->label);
    fputs("</g>\n", out);
}

void plot_end(const struct plot *plot) {
    fputs("</svg>\n", plot->out);
}

void plot_line(const struct plot *plot, const char *kind, const double *x, const double *y, int n) {
    fprintf(plot->out, "<path class='%s' d='", kind);
    for (int i = 0; i < n; i++) {
        fprintf(plot->out, "%c%.1f %.1f", i ? 'L' : 'M', across(plot, x[i]), down(plot, y[i]));
    }
    fputs("'/>\n", plot->out);
}

void plot_dot(const struct plot *plot, double x, double y, const char *note) {
    fprintf(plot->out, "<circle class='dot' cx='%.1f' cy='%.1f' r='4'><title>", across(plot, x),
            down(plot, y));
    markup_text(plot->out, note);
    fputs("</title></circle>\n", plot->out);
}

void plot_bar(const struct plot *plot, double x, double width, double y, double low, double high,
              const char *word) {
    double left = across(plot, x - width / 2), right = across(plot, x + width / 2);
    double top = down(plot, y), middle = (left + right) / 2;
    fprintf(plot->out, "<rect class='bar' x='%.1f' y='%.1f' width='%.1f' height='%.1f'/>", left,
            top, right - left, HEIGHT - BOTTOM - top);
    fprintf(plot->out, "<path class='main' d='M%.1f %.1fV%.1fM%.1f %.1fh8M%.1f %.1fh8'/>", middle,
            down(plot, low), down(plot, high), middle - 4, down(plot, low), middle - 4,
            down(plot, high));
    text(plot->out, middle, HEIGHT - BOTTOM + 16, "middle", word);
    fputc('\n', plot->out);
}

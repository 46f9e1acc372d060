// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/draw/text_lines.h"

#include "app/draw/text_runs.h"

#include <stdlib.h>
#include <string.h>

#define MOST_LINES 8

struct line {
    SDL_Surface *runs[TEXT_MAX_RUNS];
    int ascents[TEXT_MAX_RUNS], n;
    int width, ascent, height;
};

// SDL2_ttf keeps a font's direction, and others draw with this font, too.
static void set_direction(TTF_Font *font, const struct text_run *run) {
#if SDL_TTF_VERSION_ATLEAST(2, 20, 0)
    TTF_SetFontDirection(font, run->rtl ? TTF_DIRECTION_RTL : TTF_DIRECTION_LTR);
    TTF_SetFontScriptName(font, run->rtl && run->script[0] ? run->script : "Zyyy");
#else
    (void)font, (void)run;
#endif
}

static void add_run(struct line *line, struct fonts *fonts, const char *words,
                    const struct text_run *run, int size, bool bold) {
    static const struct text_run usual = {0};
    SDL_Color white = {255, 255, 255, 255};
    char *part = strndup(words + run->begin, run->n);
    TTF_Font *font = part ? fonts_for(fonts, part, size, bold) : NULL;
    if (font) {
        set_direction(font, run);
        SDL_Surface *surface = TTF_RenderUTF8_Blended(font, part, white);
        set_direction(font, &usual);
        if (surface) {
            int ascent = TTF_FontAscent(font);
            line->runs[line->n] = surface;
            line->ascents[line->n++] = ascent;
            line->width += surface->w;
            line->ascent = ascent > line->ascent ? ascent : line->ascent;
            line->height = surface->h > line->height ? surface->h : line->height;
        }
    }
    free(part);
}

static struct line line_make(struct fonts *fonts, const char *words, size_t n, int size,
                             bool bold) {
    struct text_run runs[TEXT_MAX_RUNS];
    struct line line = {0};
    int n_runs = text_runs_split(words, n, runs);
    for (int i = 0; i < n_runs; i++) {
        add_run(&line, fonts, words, &runs[i], size, bold);
    }
    return line;
}

static void line_finish(struct line *line) {
    for (int i = 0; i < line->n; i++) {
        SDL_FreeSurface(line->runs[i]);
    }
    line->n = 0;
}

// As much of the words as fits, to a space if possible: the longest line, of one word at least.
static size_t line_fit(struct fonts *fonts, const char *words, int size, bool bold, int wrap,
                       struct line *line) {
    size_t n = strlen(words), kept = 0;
    *line = (struct line){0};
    for (size_t end = wrap > 0 ? 0 : n; kept < n;) {
        end += strspn(words + end, " ");
        end += strcspn(words + end, " ");
        struct line next = line_make(fonts, words, wrap > 0 ? end : n, size, bold);
        if (kept > 0 && next.width > wrap) {
            line_finish(&next);
            break;
        }
        line_finish(line);
        *line = next;
        kept = wrap > 0 ? end : n;
    }
    return kept;
}

static void line_blit(const struct line *line, SDL_Surface *to, int y) {
    for (int i = 0, x = 0; i < line->n; x += line->runs[i++]->w) {
        SDL_Rect at = {x, y + line->ascent - line->ascents[i], 0, 0};
        SDL_SetSurfaceBlendMode(line->runs[i], SDL_BLENDMODE_NONE);
        SDL_BlitSurface(line->runs[i], NULL, to, &at);
    }
}

SDL_Surface *text_lines_render(struct fonts *fonts, const char *words, int size, bool bold,
                               int wrap, int *ascent) {
    struct line lines[MOST_LINES];
    int n = 0, width = 0, height = 0;
    while (n < MOST_LINES && *(words += strspn(words, " "))) {
        words += line_fit(fonts, words, size, bold, wrap, &lines[n]);
        width = lines[n].width > width ? lines[n].width : width;
        height += lines[n++].height;
    }
    *ascent = n > 0 ? lines[0].ascent : 0;
    SDL_Surface *all =
        width > 0 ? SDL_CreateRGBSurfaceWithFormat(0, width, height, 32, SDL_PIXELFORMAT_ARGB8888)
                  : NULL;
    for (int i = 0, y = 0; i < n; y += lines[i++].height) {
        if (all) {
            line_blit(&lines[i], all, y);
        }
        line_finish(&lines[i]);
    }
    return all;
}

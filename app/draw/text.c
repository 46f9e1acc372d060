// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/draw/text.h"

#include "core/base/log.h"
#include "app/system/i18n.h"
#include "app/draw/palette.h"
#include "app/draw/text_fonts.h"
#include "app/draw/text_lines.h"
#include "app/draw/text_runs.h"

#include <stdlib.h>
#include <string.h>

#define N_PIECES 192
#define LONGEST_TEXT 1024 // bytes

// A piece of text that became a texture, white on nothing.
struct piece {
    char *words;
    int size, wrap;
    bool bold, centred;
    SDL_Texture *texture;
    SDL_Point extent; // of the texture
    int rise;         // how far above the given place the texture begins
    int height;       // of the text for those who arrange it
    unsigned used;
};

struct text {
    SDL_Renderer *renderer;
    struct fonts *fonts;
    struct piece pieces[N_PIECES];
    unsigned clock; // of the least recently used
    bool high_contrast;
};

// Rather another language than empty boxes.
static void choose_language(struct text *text) {
    if (!fonts_can_show(text->fonts, _("no smile"))) {
        LOG(INFO, "no installed font has the letters of this language, so it is English; "
                  "on Debian: apt install fonts-noto-cjk");
        i18n_stay_english();
    }
}

struct text *text_create(SDL_Renderer *renderer) {
    struct text *text = calloc(1, sizeof *text);
    if (!text) {
        log_no_memory("text");
        return NULL;
    }
    text->renderer = renderer;
    text->fonts = fonts_create();
    if (!text->fonts) {
        text_destroy(text);
        return NULL;
    }
    choose_language(text);
    return text;
}

static void piece_finish(struct piece *piece) {
    if (piece->texture) {
        SDL_DestroyTexture(piece->texture);
    }
    free(piece->words);
    *piece = (struct piece){0};
}

void text_destroy(struct text *text) {
    if (!text) {
        return;
    }
    for (int i = 0; i < N_PIECES; i++) {
        piece_finish(&text->pieces[i]);
    }
    fonts_destroy(text->fonts);
    free(text);
}

void text_set_contrast(struct text *text, bool high) {
    text->high_contrast = high;
}

static bool piece_is(const struct piece *piece, const char *words, struct text_style style) {
    return piece->words && piece->size == style.size && piece->bold == style.bold &&
           piece->wrap == style.wrap && piece->centred == style.centred &&
           strcmp(piece->words, words) == 0;
}

// A single line stands on the usual font's base line and takes its height, whatever the font.
static bool piece_arrange(struct text *text, struct piece *piece, TTF_Font **font) {
    TTF_Font *usual = fonts_for(text->fonts, NULL, piece->size, piece->bold);
    int height = usual ? TTF_FontHeight(usual) : 0, ascent = usual ? TTF_FontAscent(usual) : 0;
    *font = fonts_for(text->fonts, piece->words, piece->size, piece->bold);
    if (!usual || !*font) {
        return false;
    }
    piece->height = height;
    piece->rise = piece->wrap > 0 ? 0 : TTF_FontAscent(*font) - ascent;
    return true;
}

// Lines are centred only where there are several: then their texture is as wide as it may be.
static void align_lines(TTF_Font *font, const struct piece *piece) {
#if SDL_TTF_VERSION_ATLEAST(2, 20, 0)
    int width = 0;
    bool broken = TTF_SizeUTF8(font, piece->words, &width, NULL) == 0 && width > piece->wrap;
    TTF_SetFontWrappedAlign(font, piece->centred && broken ? TTF_WRAPPED_ALIGN_CENTER
                                                           : TTF_WRAPPED_ALIGN_LEFT);
#else
    (void)font, (void)piece;
#endif
}

static SDL_Surface *piece_paint(struct text *text, struct piece *piece, TTF_Font *font) {
    SDL_Color white = {255, 255, 255, 255};
    if (text_has_rtl(piece->words)) {
        int ascent, usual = TTF_FontAscent(font) - piece->rise;
        SDL_Surface *lines = text_lines_render(text->fonts, piece->words, piece->size, piece->bold,
                                               piece->wrap, &ascent);
        piece->rise = piece->wrap > 0 ? 0 : ascent - usual;
        return lines;
    }
    align_lines(font, piece);
    return piece->wrap > 0
               ? TTF_RenderUTF8_Blended_Wrapped(font, piece->words, white, (Uint32)piece->wrap)
               : TTF_RenderUTF8_Blended(font, piece->words, white);
}

static void piece_render(struct text *text, struct piece *piece) {
    TTF_Font *font;
    if (!piece_arrange(text, piece, &font)) {
        return;
    }
    SDL_Surface *surface = piece_paint(text, piece, font);
    if (surface) { // nothing to see in an empty text
        piece->extent = (SDL_Point){surface->w, surface->h};
        piece->height = piece->wrap > 0 ? surface->h : piece->height;
        piece->texture = SDL_CreateTextureFromSurface(text->renderer, surface);
    }
    SDL_FreeSurface(surface);
}

// Longer texts are cut at a whole character.
static char *copy_words(const char *words) {
    size_t n = strlen(words);
    if (n > LONGEST_TEXT) {
        for (n = LONGEST_TEXT; n > 0 && ((unsigned char)words[n] & 0xc0) == 0x80; n--) {
        }
    }
    return strndup(words, n);
}

static const struct piece *piece_find(struct text *text, const char *words,
                                      struct text_style style) {
    struct piece *oldest = &text->pieces[0];
    for (int i = 0; i < N_PIECES; i++) {
        struct piece *p = &text->pieces[i];
        if (piece_is(p, words, style)) {
            p->used = ++text->clock;
            return p;
        }
        if (p->used < oldest->used) {
            oldest = p;
        }
    }
    piece_finish(oldest);
    *oldest = (struct piece){copy_words(words), style.size,    style.wrap,
                             style.bold,        style.centred, .used = ++text->clock};
    if (oldest->words) {
        piece_render(text, oldest);
    }
    return oldest;
}

SDL_Point text_measure(struct text *text, const char *words, struct text_style style) {
    const struct piece *piece = piece_find(text, words, style);
    return (SDL_Point){piece->extent.x, piece->height};
}

static void piece_draw(struct text *text, const struct piece *piece, SDL_Color colour, int x,
                       int y) {
    colour = text->high_contrast ? palette_contrast(colour) : colour;
    if (piece->texture) {
        SDL_SetTextureColorMod(piece->texture, colour.r, colour.g, colour.b);
        SDL_SetTextureAlphaMod(piece->texture, colour.a);
        SDL_RenderCopy(text->renderer, piece->texture, NULL,
                       &(SDL_Rect){x, y - piece->rise, piece->extent.x, piece->extent.y});
    }
}

void text_draw(struct text *text, const char *words, struct text_style style, int x, int y) {
    piece_draw(text, piece_find(text, words, style), style.colour, x, y);
}

// Copies the first letter of words; returns how many bytes it takes.
static size_t letter_copy(char letter[5], const char *words) {
    size_t n = 1;
    while (n < 4 && ((unsigned char)words[n] & 0xc0) == 0x80) {
        n++;
    }
    memcpy(letter, words, n);
    letter[n] = '\0';
    return n;
}

// Walks over single letters; draws them when asked to.
static SDL_Point tabular_walk(struct text *text, const char *words, struct text_style style,
                              const SDL_Point *at) {
    style.wrap = 0;
    SDL_Point extent = {0, 0};
    int cell = text_measure(text, "0", style).x;
    while (*words) {
        char letter[5];
        bool digit = *words >= '0' && *words <= '9';
        words += letter_copy(letter, words);
        const struct piece *p = piece_find(text, letter, style);
        int advance = digit ? cell : p->extent.x;
        if (at) {
            piece_draw(text, p, style.colour, at->x + extent.x + (advance - p->extent.x) / 2,
                       at->y);
        }
        extent.x += advance;
        extent.y = p->height > extent.y ? p->height : extent.y;
    }
    return extent;
}

SDL_Point text_measure_tabular(struct text *text, const char *words, struct text_style style) {
    return text_has_rtl(words) ? text_measure(text, words, style)
                               : tabular_walk(text, words, style, NULL);
}

void text_draw_tabular(struct text *text, const char *words, struct text_style style, int x,
                       int y) {
    if (text_has_rtl(words)) {
        text_draw(text, words, style, x, y);
    } else {
        tabular_walk(text, words, style, &(SDL_Point){x, y});
    }
}

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "text.h"

#include "../core/log.h"

#include <SDL_ttf.h>
#include <fontconfig/fontconfig.h>
#include <stdlib.h>
#include <string.h>

#define N_FONTS 12
#define N_PIECES 192
#define LONGEST_TEXT 1024 // bytes

// A font file at one size.
struct font {
    TTF_Font *font;
    int size;
    bool bold;
    unsigned used;
};

// A piece of text that became a texture, white on nothing.
struct piece {
    char *words;
    int size, wrap;
    bool bold;
    SDL_Texture *texture;
    SDL_Point extent;
    unsigned used;
};

struct font_file {
    char *path;
    int index;
};

struct text {
    SDL_Renderer *renderer;
    bool library;              // TTF_Init succeeded
    struct font_file files[2]; // regular, bold
    struct font fonts[N_FONTS];
    struct piece pieces[N_PIECES];
    unsigned clock; // of the least recently used
};

static bool file_from_pattern(struct font_file *file, FcPattern *match) {
    FcChar8 *path;
    if (FcPatternGetString(match, FC_FILE, 0, &path) != FcResultMatch) {
        return false;
    }
    int index = 0;
    FcPatternGetInteger(match, FC_INDEX, 0, &index);
    file->path = strdup((const char *)path);
    file->index = index;
    return file->path != NULL;
}

static bool file_find(struct font_file *file, FcConfig *config, int weight) {
    static const char *const families[] = {"Inter", "Noto Sans", "DejaVu Sans", "sans-serif"};
    FcPattern *wanted = FcPatternCreate();
    if (!wanted) {
        return false;
    }
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        FcPatternAddString(wanted, FC_FAMILY, (const FcChar8 *)families[i]);
    }
    FcPatternAddInteger(wanted, FC_WEIGHT, weight);
    FcPatternAddInteger(wanted, FC_SLANT, FC_SLANT_ROMAN);
    FcPatternAddBool(wanted, FC_SCALABLE, FcTrue);
    FcConfigSubstitute(config, wanted, FcMatchPattern);
    FcDefaultSubstitute(wanted);
    FcResult result;
    FcPattern *match = FcFontMatch(config, wanted, &result);
    bool found = match && file_from_pattern(file, match);
    if (match) {
        FcPatternDestroy(match);
    }
    FcPatternDestroy(wanted);
    return found;
}

static void font_close(struct font *font) {
    if (font->font) {
        TTF_CloseFont(font->font);
    }
    *font = (struct font){0};
}

static TTF_Font *font_open(struct text *text, int size, bool bold) {
    struct font *oldest = &text->fonts[0];
    for (int i = 0; i < N_FONTS; i++) {
        struct font *f = &text->fonts[i];
        if (f->font && f->size == size && f->bold == bold) {
            f->used = ++text->clock;
            return f->font;
        }
        if (f->used < oldest->used) {
            oldest = f;
        }
    }
    font_close(oldest);
    const struct font_file *file = &text->files[bold];
    *oldest =
        (struct font){TTF_OpenFontIndex(file->path, size, file->index), size, bold, ++text->clock};
    if (oldest->font) {
        TTF_SetFontHinting(oldest->font, TTF_HINTING_LIGHT);
    }
    return oldest->font;
}

// A configuration of our own, since the library's shared one is never freed.
static bool files_find(struct text *text) {
    FcConfig *config = FcInitLoadConfigAndFonts();
    bool found = config && file_find(&text->files[0], config, FC_WEIGHT_REGULAR) &&
                 file_find(&text->files[1], config, FC_WEIGHT_DEMIBOLD);
    if (config) {
        FcConfigDestroy(config);
    }
    return found && font_open(text, 16, false) && font_open(text, 16, true);
}

struct text *text_create(SDL_Renderer *renderer) {
    struct text *text = calloc(1, sizeof *text);
    if (!text) {
        LOG(ERROR, "no memory for fonts");
        return NULL;
    }
    text->renderer = renderer;
    text->library = TTF_Init() == 0;
    if (!text->library) {
        LOG(ERROR, "SDL_ttf does not start: %s", TTF_GetError());
        goto fail;
    }
    if (files_find(text)) {
        return text;
    }
    LOG(ERROR, "no usable font is installed; install one, on Debian: "
               "apt install fonts-dejavu-core");
fail:
    text_destroy(text);
    return NULL;
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
    for (int i = 0; i < N_FONTS; i++) {
        font_close(&text->fonts[i]);
    }
    free(text->files[0].path);
    free(text->files[1].path);
    if (text->library) {
        TTF_Quit();
    }
    free(text);
}

static bool piece_is(const struct piece *piece, const char *words, struct text_style style) {
    return piece->words && piece->size == style.size && piece->bold == style.bold &&
           piece->wrap == style.wrap && strcmp(piece->words, words) == 0;
}

static void piece_render(struct text *text, struct piece *piece) {
    TTF_Font *font = font_open(text, piece->size, piece->bold);
    if (!font) {
        return;
    }
    piece->extent.y = TTF_FontHeight(font);
    SDL_Color white = {255, 255, 255, 255};
    SDL_Surface *surface =
        piece->wrap > 0
            ? TTF_RenderUTF8_Blended_Wrapped(font, piece->words, white, (Uint32)piece->wrap)
            : TTF_RenderUTF8_Blended(font, piece->words, white);
    if (surface) { // nothing to see in an empty text
        piece->extent = (SDL_Point){surface->w, surface->h};
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
    *oldest = (struct piece){copy_words(words), style.size, style.wrap, style.bold,
                             .used = ++text->clock};
    if (oldest->words) {
        piece_render(text, oldest);
    }
    return oldest;
}

SDL_Point text_measure(struct text *text, const char *words, struct text_style style) {
    return piece_find(text, words, style)->extent;
}

static void piece_draw(struct text *text, const struct piece *piece, SDL_Color colour, int x,
                       int y) {
    if (piece->texture) {
        SDL_SetTextureColorMod(piece->texture, colour.r, colour.g, colour.b);
        SDL_SetTextureAlphaMod(piece->texture, colour.a);
        SDL_RenderCopy(text->renderer, piece->texture, NULL,
                       &(SDL_Rect){x, y, piece->extent.x, piece->extent.y});
    }
}

void text_draw(struct text *text, const char *words, struct text_style style, int x, int y) {
    piece_draw(text, piece_find(text, words, style), style.colour, x, y);
}

// Walks over single letters; draws them when asked to.
static SDL_Point figures_walk(struct text *text, const char *words, struct text_style style,
                              const SDL_Point *at) {
    style.wrap = 0;
    SDL_Point extent = {0, 0};
    int cell = text_measure(text, "0", style).x;
    for (const char *c = words; *c; c++) {
        const struct piece *p = piece_find(text, (const char[]){*c, 0}, style);
        bool digit = *c >= '0' && *c <= '9';
        int advance = digit ? cell : p->extent.x;
        if (at) {
            piece_draw(text, p, style.colour, at->x + extent.x + (advance - p->extent.x) / 2,
                       at->y);
        }
        extent.x += advance;
        extent.y = p->extent.y > extent.y ? p->extent.y : extent.y;
    }
    return extent;
}

SDL_Point text_measure_figures(struct text *text, const char *words, struct text_style style) {
    return figures_walk(text, words, style, NULL);
}

void text_draw_figures(struct text *text, const char *words, struct text_style style, int x,
                       int y) {
    figures_walk(text, words, style, &(SDL_Point){x, y});
}

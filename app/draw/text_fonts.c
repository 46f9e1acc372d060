// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/draw/text_fonts.h"

#include "core/base/log.h"

#include <fontconfig/fontconfig.h>
#include <stdlib.h>
#include <string.h>

#define N_USUAL 2 // regular, bold
#define N_FILES 8
#define N_OPEN 12

struct font_file {
    char *path;
    int index;
    bool bold;
    FcCharSet *letters;
};

// A font file at one size.
struct open_font {
    TTF_Font *font;
    const struct font_file *file;
    int size;
    unsigned used;
};

struct fonts {
    FcConfig *config;                // our own, since the library's shared one is never freed
    bool library;                    // TTF_Init succeeded
    struct font_file files[N_FILES]; // the usual ones first
    int n_files;
    struct open_font open[N_OPEN];
    unsigned clock; // of the least recently used
};

// ---- files ----

static void file_finish(struct font_file *file) {
    free(file->path);
    if (file->letters) {
        FcCharSetDestroy(file->letters);
    }
    *file = (struct font_file){0};
}

static bool file_from_pattern(struct font_file *file, FcPattern *match, bool bold) {
    FcChar8 *path;
    FcCharSet *letters;
    int index = 0;
    if (FcPatternGetString(match, FC_FILE, 0, &path) != FcResultMatch ||
        FcPatternGetCharSet(match, FC_CHARSET, 0, &letters) != FcResultMatch) {
        return false;
    }
    FcPatternGetInteger(match, FC_INDEX, 0, &index);
    *file = (struct font_file){strdup((const char *)path), index, bold, FcCharSetCopy(letters)};
    return file->path && file->letters;
}

static FcPattern *pattern_make(bool bold, const FcCharSet *letters) {
    static const char *const families[] = {"Inter", "Noto Sans", "DejaVu Sans", "sans-serif"};
    FcPattern *wanted = FcPatternCreate();
    if (!wanted) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        FcPatternAddString(wanted, FC_FAMILY, (const FcChar8 *)families[i]);
    }
    FcPatternAddInteger(wanted, FC_WEIGHT, bold ? FC_WEIGHT_DEMIBOLD : FC_WEIGHT_REGULAR);
    FcPatternAddInteger(wanted, FC_SLANT, FC_SLANT_ROMAN);
    FcPatternAddBool(wanted, FC_SCALABLE, FcTrue);
    if (letters) {
        FcPatternAddCharSet(wanted, FC_CHARSET, letters);
    }
    return wanted;
}

// The installed font that comes closest; letters may be NULL.
static bool file_find(struct font_file *file, FcConfig *config, bool bold,
                      const FcCharSet *letters) {
    FcPattern *wanted = pattern_make(bold, letters);
    if (!wanted) {
        return false;
    }
    FcConfigSubstitute(config, wanted, FcMatchPattern);
    FcDefaultSubstitute(wanted);
    FcResult result;
    FcPattern *match = FcFontMatch(config, wanted, &result);
    bool found = match && file_from_pattern(file, match, bold);
    if (match) {
        FcPatternDestroy(match);
    }
    FcPatternDestroy(wanted);
    if (!found) {
        file_finish(file);
    }
    return found;
}

// ---- letters ----

// Moves on to the next letter; what is no UTF-8 is passed over byte by byte. 0 at the end.
static FcChar32 next_letter(const char **words) {
    while (**words) {
        FcChar32 letter;
        int n = FcUtf8ToUcs4((const FcChar8 *)*words, &letter, (int)strnlen(*words, 4));
        *words += n > 0 ? n : 1;
        if (n > 0 && letter >= ' ') {
            return letter;
        }
    }
    return 0;
}

static int count_missing(const struct font_file *file, const char *words) {
    int n = 0;
    for (FcChar32 letter; (letter = next_letter(&words));) {
        n += !FcCharSetHasChar(file->letters, letter);
    }
    return n;
}

// Looks through what is installed, and keeps what has more of the letters than best.
static const struct font_file *find_better(struct fonts *fonts, const char *words, bool bold,
                                           const struct font_file *best) {
    FcCharSet *letters = FcCharSetCreate();
    struct font_file found = {0};
    if (!letters || fonts->n_files == N_FILES) {
        goto out;
    }
    const char *rest = words;
    for (FcChar32 letter; (letter = next_letter(&rest));) {
        FcCharSetAddChar(letters, letter);
    }
    if (!file_find(&found, fonts->config, bold, letters)) {
        goto out;
    }
    if (count_missing(&found, words) < count_missing(best, words)) {
        best = memcpy(&fonts->files[fonts->n_files++], &found, sizeof found);
    } else {
        file_finish(&found);
    }
out:
    if (letters) {
        FcCharSetDestroy(letters);
    }
    return best;
}

static const struct font_file *file_for(struct fonts *fonts, const char *words, bool bold) {
    const struct font_file *best = &fonts->files[bold];
    int missing = words ? count_missing(best, words) : 0;
    for (int i = N_USUAL; i < fonts->n_files && missing > 0; i++) {
        int n = fonts->files[i].bold == bold ? count_missing(&fonts->files[i], words) : missing;
        if (n < missing) {
            best = &fonts->files[i];
            missing = n;
        }
    }
    return missing > 0 ? find_better(fonts, words, bold, best) : best;
}

bool fonts_can_show(struct fonts *fonts, const char *words) {
    return count_missing(file_for(fonts, words, false), words) == 0;
}

// ---- opened fonts ----

static void font_close(struct open_font *open) {
    if (open->font) {
        TTF_CloseFont(open->font);
    }
    *open = (struct open_font){0};
}

TTF_Font *fonts_for(struct fonts *fonts, const char *words, int size, bool bold) {
    const struct font_file *file = file_for(fonts, words, bold);
    struct open_font *oldest = &fonts->open[0];
    for (int i = 0; i < N_OPEN; i++) {
        struct open_font *open = &fonts->open[i];
        if (open->font && open->file == file && open->size == size) {
            open->used = ++fonts->clock;
            return open->font;
        }
        if (open->used < oldest->used) {
            oldest = open;
        }
    }
    font_close(oldest);
    *oldest = (struct open_font){TTF_OpenFontIndex(file->path, size, file->index), file, size,
                                 ++fonts->clock};
    if (oldest->font) {
        TTF_SetFontHinting(oldest->font, TTF_HINTING_LIGHT);
    }
    return oldest->font;
}

// ---- the whole ----

static bool find_usual(struct fonts *fonts) {
    for (int i = 0; i < N_USUAL; i++) {
        if (!file_find(&fonts->files[i], fonts->config, i == 1, NULL)) {
            return false;
        }
        fonts->n_files++;
    }
    return fonts_for(fonts, NULL, 16, false) && fonts_for(fonts, NULL, 16, true);
}

struct fonts *fonts_create(void) {
    struct fonts *fonts = calloc(1, sizeof *fonts);
    if (!fonts) {
        log_no_memory("fonts");
        return NULL;
    }
    fonts->library = TTF_Init() == 0;
    if (!fonts->library) {
        LOG(ERROR, "SDL_ttf does not start: %s", TTF_GetError());
        goto fail;
    }
    fonts->config = FcInitLoadConfigAndFonts();
    if (fonts->config && find_usual(fonts)) {
        return fonts;
    }
    LOG(ERROR, "no usable font is installed; install one, on Debian: "
               "apt install fonts-dejavu-core");
fail:
    fonts_destroy(fonts);
    return NULL;
}

void fonts_destroy(struct fonts *fonts) {
    if (!fonts) {
        return;
    }
    for (int i = 0; i < N_OPEN; i++) {
        font_close(&fonts->open[i]);
    }
    for (int i = 0; i < N_FILES; i++) {
        file_finish(&fonts->files[i]);
    }
    if (fonts->config) {
        FcConfigDestroy(fonts->config);
    }
    if (fonts->library) {
        TTF_Quit();
    }
    free(fonts);
}

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/reports/html_page.h"

#include "app/system/markup_text.h"

#include "core/base/log.h"
#include "vision/vision.h"

#include <errno.h>
#include <nettle/base64.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char style[] =
    "body{font:16px/1.5 system-ui,sans-serif;color:#1b2329;background:#fff;max-width:1120px;"
    "margin:0 auto;padding:24px}h1{font-size:26px;margin:0 0 4px}h2{font-size:20px;margin:36px 0 "
    "8px}p{max-width:46em}.quiet{color:#55626d;overflow-wrap:anywhere}table{border-collapse:"
    "collapse;margin:8px 0}"
    "td,th{padding:4px 14px 4px 0;text-align:right;border-bottom:1px solid #d5dbe0;"
    "font-variant-numeric:tabular-nums}td:first-child,th:first-child{text-align:left}th{"
    "font-weight:600}"
    ".plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(330px,1fr));gap:16px}"
    "svg{width:100%;height:auto}svg text{font:12px system-ui,sans-serif;fill:#38444d}.title text{"
    "font-weight:600;font-size:14px;fill:#1b2329}.axis,.main,.thin,.dashed,.grid{fill:none;stroke:"
    "#1b2329}.axis{stroke-width:1.2}.main{stroke-width:2}.thin{stroke-width:1}.dashed{stroke-width:"
    "1;stroke-dasharray:4 4}.grid{stroke:#e2e7eb;stroke-width:1}.bar{fill:#b7d9cc;stroke:#2f6f5a}"
    ".dot{fill:#1b2329}"
    ".faces{display:grid;grid-template-columns:repeat(auto-fill,minmax(128px,1fr));gap:14px}"
    "figure{margin:0;font-size:13px;line-height:1.35;overflow-wrap:anywhere}figure img{width:100%;"
    "display:block;border-radius:6px;image-rendering:auto}"
    "@media print{body{padding:0}.plots,figure{break-inside:avoid}}";

bool page_folder(const char *folder) {
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        LOG(ERROR, "%s: this folder cannot be made: %s", folder, strerror(errno));
        return false;
    }
    return true;
}

FILE *page_open(const char *folder, const char *name, char path[PATH_MAX]) {
    FILE *out =
        snprintf(path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX ? fopen(path, "we") : NULL;
    if (!out) {
        LOG(ERROR, "%s/%s: cannot be written: %s", folder, name, strerror(errno));
    }
    return out;
}

bool page_close(FILE *out, const char *path, bool whole) {
    bool written = !ferror(out);
    written = fclose(out) == 0 && written;
    if (!written) {
        LOG(ERROR, "%s: cannot be written: %s", path, strerror(errno));
    }
    if (!written || !whole) {
        remove(path);
    }
    return written && whole;
}

void page_begin(FILE *out, const char *title) {
    fputs("<!doctype html><html lang='en'><meta charset='utf-8'>"
          "<meta name='viewport' content='width=device-width,initial-scale=1'><title>",
          out);
    markup_text(out, title);
    fprintf(out, "</title><style>%s</style>\n", style);
}

bool page_picture(FILE *out, const struct image *image) {
    uint8_t *bytes = NULL;
    size_t n;
    if (!image->data || !picture_encode(image, ".jpg", 85, &bytes, &n)) {
        return !image->data;
    }
    size_t room = BASE64_ENCODE_RAW_LENGTH(n);
    char *text = malloc(room + 1);
    bool good = text != NULL;
    if (good) {
        base64_encode_raw(text, n, bytes);
        fprintf(out, "<img alt='' src='data:image/jpeg;base64,%.*s'>", (int)room, text);
    } else {
        log_no_memory("a picture of the report");
    }
    free(text);
    free(bytes);
    return good;
}

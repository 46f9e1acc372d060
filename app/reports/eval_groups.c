// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/reports/eval_report_private.h"
#include "app/system/markup_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_GROUPS 512
#define MAX_VALUES 12   // of an attribute that makes groups: others, such as coordinates, do not
#define MAX_BEHIND 0.05 // of the whole

// The items with one attribute.
struct group {
    char name[48];  // "male=1"
    size_t key_len; // of "male"
    bool kept;
    int n[2], n_found[2], n_smile[2]; // by truth: images, with a face, called a smile
};

struct groups {
    int n;
    struct group groups[MAX_GROUPS], all;
};

static void count(struct group *group, const struct eval_item *item, float threshold) {
    group->n[item->truth]++;
    group->n_found[item->truth] += !isnan(item->score);
    group->n_smile[item->truth] += !isnan(item->score) && item->score >= threshold;
}

static struct group *find(struct groups *groups, const char *name, size_t len) {
    int values = 0;
    size_t key_len = strcspn(name, "=");
    for (int i = 0; i < groups->n; i++) {
        struct group *group = &groups->groups[i];
        if (strlen(group->name) == len && memcmp(group->name, name, len) == 0) {
            return group;
        }
        values += group->key_len == key_len && memcmp(group->name, name, key_len) == 0;
    }
    if (groups->n == MAX_GROUPS || values > MAX_VALUES || len >= sizeof groups->all.name) {
        return NULL;
    }
    struct group *group = &groups->groups[groups->n++];
    *group = (struct group){.key_len = key_len};
    memcpy(group->name, name, len);
    return group;
}

static bool has_few_values(const struct groups *groups, const struct group *of) {
    int n = 0;
    for (int i = 0; i < groups->n; i++) {
        const struct group *group = &groups->groups[i];
        n += group->key_len == of->key_len && memcmp(group->name, of->name, of->key_len) == 0;
    }
    return n <= MAX_VALUES;
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct group *)a)->name, ((const struct group *)b)->name);
}

static void collect(const struct eval_report *report, struct groups *groups) {
    *groups = (struct groups){.all = {.name = "all"}};
    for (int i = 0; i < report->n; i++) {
        const struct eval_item *item = &report->items[i];
        count(&groups->all, item, report->threshold);
        for (const char *at = item->attributes; at && *at; at += strspn(at, ";")) {
            size_t len = strcspn(at, ";");
            struct group *group = find(groups, at, len);
            if (group) {
                count(group, item, report->threshold);
            }
            at += len;
        }
    }
    for (int i = 0; i < groups->n; i++) {
        groups->groups[i].kept = has_few_values(groups, &groups->groups[i]);
    }
    int n = 0;
    for (int i = 0; i < groups->n; i++) {
        if (groups->groups[i].kept) {
            groups->groups[n++] = groups->groups[i];
        }
    }
    groups->n = n;
    qsort(groups->groups, (size_t)groups->n, sizeof *groups->groups, by_name);
}

// Hits are of the images that show a smile, false alarms of the others; an image without a face is
// neither.
static double share(const struct group *group, int truth) {
    return group->n[truth] ? (double)group->n_smile[truth] / group->n[truth] : NAN;
}

static double margin(const struct group *group, int truth) {
    int n = group->n[truth];
    return n ? wilson_half_interval(share(group, truth), n) : NAN;
}

static double accuracy(const struct group *group) {
    int n = group->n[0] + group->n[1];
    int right = group->n_smile[1] + group->n_found[0] - group->n_smile[0];
    return (double)right / n;
}

// Whether a group is surely more than MAX_BEHIND worse than the whole.
static bool is_behind(const struct group *group, const struct group *all) {
    double p = accuracy(group), half = wilson_half_interval(p, group->n[0] + group->n[1]);
    return p + half < accuracy(all) - MAX_BEHIND;
}

static void print_share(const struct group *group, int truth) {
    if (group->n[truth] > 0) {
        printf("   %6.1f +-%4.1f of %-5d", 100 * share(group, truth), 100 * margin(group, truth),
               group->n[truth]);
    } else {
        printf("   %6s %15s", "-", "");
    }
}

static void print_group(const struct group *group, const struct group *all) {
    int n = group->n[0] + group->n[1];
    printf("%-28s %6d %7.2f +-%5.2f", group->name, n, 100 * accuracy(group),
           100 * wilson_half_interval(accuracy(group), n));
    print_share(group, 1);
    print_share(group, 0);
    puts(is_behind(group, all) ? " more than 5 points behind" : "");
}

void eval_print_groups(const struct eval_report *report) {
    struct groups groups;
    collect(report, &groups);
    if (groups.n == 0) {
        return;
    }
    printf("\n%-28s %6s %15s   %22s   %22s\n", "", "n", "accuracy", "smiles found", "false alarms");
    print_group(&groups.all, &groups.all);
    for (int i = 0; i < groups.n; i++) {
        print_group(&groups.groups[i], &groups.all);
    }
}

static void write_group(FILE *out, const struct group *group, const struct group *all) {
    int n = group->n[0] + group->n[1];
    fputs("<tr><td>", out);
    markup_text(out, group->name);
    fprintf(out, "<td>%d<td>%.2f %% &plusmn; %.2f", n, 100 * accuracy(group),
            100 * wilson_half_interval(accuracy(group), n));
    for (int truth = 1; truth >= 0; truth--) {
        if (group->n[truth] > 0) {
            fprintf(out, "<td>%.1f %% &plusmn; %.1f of %d", 100 * share(group, truth),
                    100 * margin(group, truth), group->n[truth]);
        } else {
            fputs("<td>&ndash;", out);
        }
    }
    fputs(is_behind(group, all) ? "<td>more than 5 points behind" : "<td>", out);
}

void eval_write_groups(FILE *out, const struct eval_report *report) {
    struct groups groups;
    collect(report, &groups);
    if (groups.n == 0) {
        return;
    }
    fputs("<h2>By group</h2><p>As the list of pictures names them; with 95 % intervals.</p>"
          "<table><tr><th>group<th>pictures<th>right<th>smiles found<th>false alarms<th>",
          out);
    write_group(out, &groups.all, &groups.all);
    for (int i = 0; i < groups.n; i++) {
        write_group(out, &groups.groups[i], &groups.all);
    }
    fputs("</table>\n", out);
}

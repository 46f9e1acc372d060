// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/system/opening_hours.h"

#include "core/base/log.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define DAY_MIN 1440

static void skip_spaces(const char **at) {
    *at += strspn(*at, " \t");
}

static bool take(const char **at, char c) {
    skip_spaces(at);
    bool there = **at == c;
    *at += there;
    return there;
}

// -1: none.
static int take_day(const char **at) {
    static const char *const names[] = {"sunday",   "monday", "tuesday", "wednesday",
                                        "thursday", "friday", "saturday"};
    skip_spaces(at);
    size_t n = 0;
    while (isalpha((unsigned char)(*at)[n])) {
        n++;
    }
    for (int day = 0; n >= 2 && day < 7; day++) {
        if (strncasecmp(*at, names[day], n) == 0) {
            *at += n;
            return day;
        }
    }
    return -1;
}

// One day or a range; 0: none.
static int take_range(const char **at) {
    int first = take_day(at), last = first >= 0 && take(at, '-') ? take_day(at) : first;
    if (first < 0 || last < 0) {
        return 0;
    }
    int days = 1 << last;
    for (int day = first; day != last; day = (day + 1) % 7) {
        days |= 1 << day;
    }
    return days;
}

// 0: none.
static int take_days(const char **at) {
    int days = 0, more;
    do {
        more = take_range(at);
        days |= more;
    } while (more && take(at, ','));
    return more ? days : 0;
}

static bool take_number(const char **at, int most, int *number) {
    *number = 0;
    int digits = 0;
    for (; isdigit((unsigned char)**at) && digits < 2; digits++, ++*at) {
        *number = 10 * *number + (**at - '0');
    }
    return digits > 0 && *number <= most;
}

static bool take_time(const char **at, int *minutes) {
    int hour, minute = 0;
    skip_spaces(at);
    bool good = take_number(at, 24, &hour) &&
                (**at != ':' || (++*at, take_number(at, hour < 24 ? 59 : 0, &minute)));
    *minutes = good ? 60 * hour + minute : 0;
    return good;
}

static bool take_span(const char **at, struct opening *opening) {
    bool good = take_time(at, &opening->from) && take(at, '-') && take_time(at, &opening->to);
    opening->to += opening->to <= opening->from ? DAY_MIN : 0;
    return good;
}

static bool take_entry(const char **at, struct opening_hours *hours) {
    struct opening opening = {.days = take_days(at)};
    if (opening.days == 0) {
        return false;
    }
    do {
        if (hours->n == MAX_OPENINGS || !take_span(at, &opening)) {
            return false;
        }
        hours->openings[hours->n++] = opening;
        skip_spaces(at);
    } while (isdigit((unsigned char)**at));
    return true;
}

bool opening_hours_parse(const char *text, struct opening_hours *hours) {
    const char *at = text;
    *hours = (struct opening_hours){0};
    bool good;
    do {
        good = take_entry(&at, hours);
    } while (good && take(&at, ','));
    if (!good || *at) {
        LOG(ERROR, "option '--hours': '%s' is not like 'mo-fr 8:00-18:00, sa 10:00-14:00'", text);
        return false;
    }
    return true;
}

bool opening_hours_contain(const struct opening_hours *hours, time_t now) {
    struct tm parts = {0};
    localtime_r(&now, &parts);
    int minute = 60 * parts.tm_hour + parts.tm_min, yesterday = (parts.tm_wday + 6) % 7;
    bool open = hours->n == 0;
    for (int i = 0; i < hours->n; i++) {
        const struct opening *o = &hours->openings[i];
        open = open || (o->days >> parts.tm_wday & 1 && o->from <= minute && minute < o->to) ||
               (o->days >> yesterday & 1 && minute + DAY_MIN < o->to);
    }
    return open;
}

// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/sessions/live_health.h"

#include "core/base/file.h"
#include "core/base/log.h"
#include "app/system/clock.h"
#include "app/system/json.h"
#include "app/system/log_limiter.h"
#include "app/system/service_manager.h"
#include "app/system/wall_time.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TELL_NS (10 * NS_PER_S)

static const char *const names[] = {"starting", "running", "waiting", "closed", "ended"};

// Bytes of this process in memory; 0: unknown.
static long long resident_bytes(void) {
    long long pages = 0;
    FILE *in = fopen("/proc/self/statm", "r");
    if (in) {
        pages = fscanf(in, "%*s %lld", &pages) == 1 ? pages : 0;
        fclose(in);
    }
    return pages * sysconf(_SC_PAGESIZE);
}

static json_t *describe(const struct live_health *health, const struct health_report *report,
                        const struct log_problem *problem) {
    char wall[WALL_TIME_LEN];
    wall_time_format(wall_time_now(), wall);
    json_t *line =
        json_pack("{s:i, s:s, s:s, s:o, s:o}", "v", 1, "wall", wall, "state", names[report->state],
                  "camera", json_text(report->camera), "fps", json_rounded(report->rate_hz, 1));
    json_object_set_new(line, "uptime",
                        json_integer((clock_now_ns() - health->begun_ns) / NS_PER_S));
    json_object_set_new(line, "smiles", json_integer(report->smiles));
    json_object_set_new(line, "memory", json_integer(resident_bytes()));
    if (problem->text[0]) {
        wall_time_format(problem->wall_s, wall);
        json_object_set_new(line, "problem", json_text(problem->text));
        json_object_set_new(line, "problem_wall", json_string(wall));
    }
    return line;
}

// Takes over the line.
static bool write_file(const struct live_health *health, json_t *line) {
    char *text = json_dumps(line, JSON_COMPACT);
    json_decref(line);
    size_t n = text ? strlen(text) : 0;
    if (!text) {
        return log_no_memory("writing %s", health->path);
    }
    text[n] = '\n'; // instead of the zero
    bool good = file_write(health->path, text, n + 1);
    free(text);
    return good;
}

static void tell_manager(const struct health_report *report, const struct log_problem *problem) {
    char text[512];
    bool trouble = problem->text[0] != '\0';
    snprintf(text, sizeof text, "STATUS=%s: %s, %.1f fps, %ld smiles%s%.300s", names[report->state],
             report->camera, report->rate_hz, report->smiles, trouble ? "; last problem: " : "",
             problem->text);
    service_manager_send(text);
}

bool live_health_tell(struct live_health *health, const struct health_report *report) {
    int64_t now = clock_now_ns();
    if (health->told_ns > 0 && now - health->told_ns < TELL_NS && health->state == report->state) {
        return true;
    }
    health->told_ns = now;
    health->state = report->state;
    struct log_problem problem = log_limiter_last_problem();
    bool good = !health->path || write_file(health, describe(health, report, &problem));
    tell_manager(report, &problem);
    return good;
}

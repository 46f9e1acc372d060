// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The smilecam authors
#include "app/video/media_input.h"

#include "core/base/log.h"
#include "app/video/media_time.h"

#include <errno.h>
#include <libavutil/log.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

void media_quieten(void) {
    av_log_set_level(log_get_level() >= LOG_DEBUG ? AV_LOG_WARNING : AV_LOG_QUIET);
}

// ---- addresses ----

// What an address of this scheme may open in turn. "file" is in none: a server's playlist must not
// read this machine's files.
struct scheme {
    const char *name, *protocols;
};

#define HTTP_PROTOCOLS "http,https,httpproxy,tcp,tls,crypto,data"
#define RTSP_PROTOCOLS "rtsp,rtsps,rtp,srtp,udp,tcp,tls,http,https,httpproxy"
#define RTMP_PROTOCOLS                                                                             \
    "rtmp,rtmpe,rtmps,rtmpt,rtmpte,rtmpts,ffrtmpcrypt,ffrtmphttp,http,https,httpproxy,tcp,tls"

static const struct scheme schemes[] = {
    {"rtsp", RTSP_PROTOCOLS}, {"rtsps", RTSP_PROTOCOLS},
    {"http", HTTP_PROTOCOLS}, {"https", HTTP_PROTOCOLS},
    {"rtmp", RTMP_PROTOCOLS}, {"rtmps", RTMP_PROTOCOLS},
    {"rtp", "rtp,srtp,udp"},  {"udp", "udp"},
    {"tcp", "tcp"},           {"srt", "srt,udp"},
};
#define N_SCHEMES (sizeof schemes / sizeof *schemes)

static size_t scheme_length(const char *argument) {
    size_t n =
        strspn(argument, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");
    return strncmp(argument + n, "://", 3) == 0 ? n : 0;
}

static const struct scheme *find_scheme(const char *argument, size_t n) {
    for (size_t i = 0; i < N_SCHEMES; i++) {
        if (strlen(schemes[i].name) == n && strncasecmp(schemes[i].name, argument, n) == 0) {
            return &schemes[i];
        }
    }
    LOG(ERROR,
        "%.*s:// is not a supported protocol; use rtsp, http(s), rtmp, rtp, udp, tcp "
        "or srt, or the path of a file",
        (int)n, argument);
    return NULL;
}

// rtsp://user:password@host/ -> rtsp://host/
static char *without_password(const char *argument, size_t scheme_len) {
    char *name = strdup(argument);
    if (!name || scheme_len == 0) {
        return name;
    }
    char *host = name + scheme_len + 3;
    char *end = host + strcspn(host, "/?#");
    for (char *at = end; at-- > host;) {
        if (*at == '@') {
            memmove(host, at + 1, strlen(at + 1) + 1);
            break;
        }
    }
    return name;
}

// ---- opening ----

static int is_over(void *opaque) {
    struct media_input *input = opaque;
    return atomic_load(&input->interrupted) ||
           (input->deadline_ns && clock_now_ns() > input->deadline_ns);
}

static void start_waiting(struct media_input *input) {
    input->deadline_ns = input->network ? clock_now_ns() + MEDIA_NETWORK_TIMEOUT_S * NS_PER_S : 0;
}

static bool is_standard(const char *argument) {
    return strcmp(argument, "-") == 0;
}

static bool stat_input(const char *argument, struct stat *status) {
    return (is_standard(argument) ? fstat(STDIN_FILENO, status) : stat(argument, status)) == 0;
}

bool media_input_is_pipe(const char *argument) {
    struct stat status;
    return stat_input(argument, &status) &&
           (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode) || S_ISCHR(status.st_mode));
}

// What FFmpeg calls the demuxer of a single picture, as "png_pipe".
static bool is_picture_format(const AVInputFormat *format) {
    static const char end[] = "_pipe";
    size_t n = format ? strlen(format->name) : 0;
    return n > strlen(end) && strcmp(format->name + n - strlen(end), end) == 0;
}

#define PROBED_BYTES 65536

bool media_input_is_picture(const char *path) {
    FILE *file = fopen(path, "rbe");
    uint8_t *bytes = file ? calloc(1, PROBED_BYTES + AVPROBE_PADDING_SIZE) : NULL;
    size_t n = bytes ? fread(bytes, 1, PROBED_BYTES, file) : 0;
    int score = 0;
    AVProbeData probed = {.filename = "", .buf = bytes, .buf_size = (int)n};
    bool picture = n > 0 && is_picture_format(av_probe_input_format3(&probed, 1, &score)) &&
                   score > AVPROBE_SCORE_RETRY;
    if (file) {
        fclose(file);
    }
    free(bytes);
    return picture;
}

static bool check_path(const char *path) {
    if (is_standard(path)) {
        if (isatty(STDIN_FILENO)) {
            LOG(ERROR, "standard input: is a terminal; pipe a video into it or name a file");
            return false;
        }
        return true;
    }
    struct stat status;
    if (stat(path, &status) != 0) {
        LOG(ERROR, "%s: cannot be opened: %s; check the name and the permissions", path,
            strerror(errno));
        return false;
    }
    if (S_ISDIR(status.st_mode)) {
        LOG(ERROR, "%s: is a folder, not a video; name a file in it", path);
        return false;
    }
    if (S_ISREG(status.st_mode) && status.st_size == 0) {
        LOG(ERROR, "%s: is empty; record or copy it again", path);
        return false;
    }
    return true;
}

static void report_why(const struct media_input *input, int error) {
    if (input->pipe && (error == AVERROR_INVALIDDATA || error == AVERROR_EOF)) {
        LOG(ERROR,
            "%s: this video cannot be read from a pipe; send Matroska, or an MP4 "
            "whose index is in front (ffmpeg -movflags +faststart)",
            input->name);
    } else if (error == AVERROR_INVALIDDATA || error == AVERROR_EOF) {
        LOG(ERROR,
            "%s: is not a video that FFmpeg knows, or its index is missing because the recording "
            "was cut off; record or copy it again",
            input->name);
    } else if (error == AVERROR_EXIT) {
        LOG(ERROR, "%s: no answer within %d s; check the address and the network", input->name,
            MEDIA_NETWORK_TIMEOUT_S);
    } else if (error == AVERROR(EPERM) && !input->network) {
        LOG(ERROR,
            "%s: refers to other files or addresses, which a file may not; name those themselves",
            input->name);
    } else if (error == AVERROR(ENOMEM)) {
        log_no_memory("opening %s", input->name);
    } else {
        LOG(ERROR, "%s: cannot be opened: %s; check the %s", input->name, av_err2str(error),
            input->network ? "address, the password and the network" : "name and the permissions");
    }
}

static AVDictionary *input_options(const char *protocols, bool network) {
    AVDictionary *options = NULL;
    av_dict_set(&options, "protocol_whitelist", protocols, 0);
    if (network) {
        av_dict_set(&options, "rtsp_flags", "prefer_tcp", 0); // UDP loses packets on busy Wi-Fi
    }
    return options;
}

// "file:" so that a colon in a name is never taken for a protocol. A file that a shell opened as
// standard input is reopened, so that it can be read from its start.
static char *make_url(const char *argument, bool network, bool pipe) {
    if (is_standard(argument)) {
        return strdup(pipe ? "pipe:0" : "file:/dev/stdin");
    }
    size_t size = strlen(argument) + sizeof "file:";
    char *url = malloc(size);
    if (url) {
        snprintf(url, size, "%s%s", network ? "" : "file:", argument);
    }
    return url;
}

static int open_container(struct media_input *input, const char *url, const char *protocols) {
    input->container = avformat_alloc_context();
    if (!input->container) {
        return AVERROR(ENOMEM);
    }
    input->container->interrupt_callback = (AVIOInterruptCB){is_over, input};
    AVDictionary *options = input_options(protocols, input->network);
    start_waiting(input);
    int error = avformat_open_input(&input->container, url, NULL, &options); // frees it on failure
    av_dict_free(&options);
    if (error < 0) {
        return error;
    }
    if (strcmp(input->container->iformat->name, "tty") == 0) {
        return AVERROR_INVALIDDATA; // FFmpeg plays any .txt as a typewriter
    }
    start_waiting(input);
    return avformat_find_stream_info(input->container, NULL);
}

bool media_input_init(struct media_input *input, const char *argument) {
    memset(input, 0, sizeof *input);
    media_quieten();
    size_t scheme_len = scheme_length(argument);
    const struct scheme *scheme = scheme_len ? find_scheme(argument, scheme_len) : NULL;
    if (scheme_len ? !scheme : !check_path(argument)) {
        return false;
    }
    input->network = scheme_len > 0;
    input->pipe = scheme_len == 0 && media_input_is_pipe(argument);
    input->name =
        is_standard(argument) ? strdup("standard input") : without_password(argument, scheme_len);
    char *url = make_url(argument, input->network, input->pipe);
    const char *protocols = scheme ? scheme->protocols : input->pipe ? "pipe" : "file";
    int error = input->name && url ? open_container(input, url, protocols) : AVERROR(ENOMEM);
    free(url);
    if (error < 0) {
        if (input->name) {
            report_why(input, error);
        } else {
            log_no_memory("opening a video");
        }
        media_input_finish(input);
        return false;
    }
    return true;
}

void media_input_finish(struct media_input *input) {
    avformat_close_input(&input->container);
    free(input->name);
    input->name = NULL;
}

// ---- reading ----

int media_input_find_video(const struct media_input *input) {
    int index = av_find_best_stream(input->container, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
    if (index < 0 ||
        (input->container->streams[index]->disposition & AV_DISPOSITION_ATTACHED_PIC)) {
        LOG(ERROR, "%s: has no moving picture in it; name a video", input->name);
        return -1;
    }
    return index;
}

static bool is_played(const AVStream *stream) {
    enum AVMediaType type = stream->codecpar->codec_type;
    return (type == AVMEDIA_TYPE_VIDEO || type == AVMEDIA_TYPE_AUDIO) &&
           !(stream->disposition & AV_DISPOSITION_ATTACHED_PIC);
}

// When a track ends, ns from the start of the file; -1: it does not say.
static int64_t track_end_ns(const AVFormatContext *container, const AVStream *stream) {
    int64_t start = media_start_ticks(container, stream);
    bool known = stream->duration > 0 && media_is_time(stream->duration, stream->time_base) &&
                 media_is_time(stream->start_time, stream->time_base) && start != AV_NOPTS_VALUE;
    return known ? media_ns_from_ticks(stream->start_time - start + stream->duration,
                                       stream->time_base)
                 : -1;
}

// Matroska says when it ends, others how long they are.
static int64_t file_end_ns(const AVFormatContext *container) {
    int64_t late = container->start_time;
    bool matroska = strstr(container->iformat->name, "matroska");
    int64_t us = container->duration - (matroska && late > 0 ? late : 0);
    return us > 0 && media_is_time(us, AV_TIME_BASE_Q) ? media_ns_from_ticks(us, AV_TIME_BASE_Q)
                                                       : 0;
}

int64_t media_input_duration_ns(const struct media_input *input) {
    const AVFormatContext *container = input->container;
    int64_t longest = 0;
    for (unsigned i = 0; i < container->nb_streams; i++) {
        const AVStream *stream = container->streams[i];
        int64_t end = is_played(stream) ? track_end_ns(container, stream) : 0;
        if (end < 0) {
            return file_end_ns(container);
        }
        longest = end > longest ? end : longest;
    }
    return longest > 0 ? longest : file_end_ns(container);
}

static void drop_senseless_times(AVPacket *packet, AVRational base) {
    packet->pts = media_is_time(packet->pts, base) ? packet->pts : AV_NOPTS_VALUE;
    packet->dts = media_is_time(packet->dts, base) ? packet->dts : AV_NOPTS_VALUE;
    packet->duration =
        packet->duration > 0 && media_is_time(packet->duration, base) ? packet->duration : 0;
}

int media_input_read(struct media_input *input, AVPacket *packet) {
    start_waiting(input);
    int error = is_over(input) ? AVERROR_EXIT : av_read_frame(input->container, packet);
    if (error >= 0) {
        drop_senseless_times(packet, input->container->streams[packet->stream_index]->time_base);
    }
    return error;
}

void media_input_interrupt(struct media_input *input) {
    atomic_store(&input->interrupted, true);
}

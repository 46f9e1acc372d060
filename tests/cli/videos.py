#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""Strangers' video files as players show them: shapes of pixels, lengths, tracks, colours, fields. Prints TAP.

Each is made by ffmpeg of the drawn face, which smiles from second 2 to 5, and annotated.

usage: videos.py SMILECAM MODEL [PART...]   (the names of functions below; all of them by default)
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

number, failures = 0, 0


def check(description, good, detail=""):
    global number, failures
    number += 1
    failures += not good
    print(f"{'ok' if good else 'not ok'} {number} - {description}{': ' + str(detail) if detail and not good else ''}",
          flush=True)


def ffmpeg(*words):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *words], check=True)


def probe(path, *words):
    out = subprocess.run(["ffprobe", "-v", "error", "-of", "json", *words, path], stdout=subprocess.PIPE, check=True)
    return json.loads(out.stdout)


def video_of(path):
    return next(s for s in probe(path, "-show_streams")["streams"] if s["codec_type"] == "video")


def duration_of(path):
    return float(probe(path, "-show_format")["format"]["duration"])


class Annotated:
    """A film annotated: exit code, what was said, events, and the path of the output."""

    def __init__(self, smilecam, film, output, *words):
        result = subprocess.run([smilecam, "annotate", film, "-o", output, "--overwrite", "--events", "-", *words],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        self.code, self.said, self.path = result.returncode, result.stderr.decode(), output
        self.events = [json.loads(line) for line in result.stdout.splitlines()][1:]  # behind the session

    def smiles(self):
        return [event["t"] for event in self.events if event["event"] == "smile_start"]

    def smiles_near(self, second, tolerance=0.4):
        return len(self.smiles()) == 1 and abs(self.smiles()[0] - second) < tolerance

    def __str__(self):
        return f"exit code {self.code}, smiles at {self.smiles()}, {self.said!r}"


def shapes(smilecam, film, plain):
    box = plain.events[0]["box"]
    for name, filters, size in (("pal", "scale=720:576,setsar=16/15", (768, 576)),
                                ("half", "scale=320:480,setsar=2", (640, 480)),
                                ("flat", "scale=640:240,setsar=1/2", (640, 480))):
        ffmpeg("-i", film, "-vf", filters, "-c:v", "libx264", "-crf", "12", f"{name}.mp4")
        seen = Annotated(smilecam, f"{name}.mp4", f"{name}-seen.mp4")
        video = video_of(seen.path)
        check(f"{name}: the smile at its time", seen.code == 0 and seen.smiles_near(plain.smiles()[0]), seen)
        check(f"{name}: the recording has square pixels",
              (video["width"], video["height"], video["sample_aspect_ratio"]) == (*size, "1:1"), video)
        wanted = [x * size[0] / 640 for x in box]
        check(f"{name}: boxes count square pixels",
              all(abs(a - b) < 20 for a, b in zip(seen.events[0]["box"], wanted)), seen.events[0])


def lengths(smilecam, film, _):
    with open("chapters", "w", encoding="ascii") as chapters:
        chapters.write(";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=4900\ntitle=all of it\n")
    for kind in "mp4", "mov", "mkv":
        ffmpeg("-i", film, "-i", "chapters", "-map_chapters", "1", "-c", "copy", f"chapters.{kind}")
        seen = Annotated(smilecam, f"chapters.{kind}", f"chapters-seen.{kind}")
        check(f"{kind}: a chapter longer than the film does not make it cut short", seen.code == 0, seen)
    ffmpeg("-i", film, "-movflags", "faststart", "-c", "copy", "faststart.mp4")
    with open("faststart.mp4", "rb") as whole, open("half.mp4", "wb") as half:
        half.write(whole.read(os.path.getsize("faststart.mp4") // 2))
    seen = Annotated(smilecam, "half.mp4", "half-seen.mp4")
    check("a film that is cut short is still told", seen.code == 3, seen)


def subtitles_of(path, index):
    out = subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-i", path, "-map", f"0:s:{index}", "-f", "srt", "-"],
                         stdout=subprocess.PIPE, check=True).stdout.decode()
    return [lines.split("\n", 2)[1:] for lines in out.strip().split("\n\n")]


def tracks(smilecam, film, _):
    """Subtitles, chapters and sound get into each kind of file."""
    with open("lines.srt", "w", encoding="ascii") as lines:
        lines.write("1\n00:00:00,200 --> 00:00:01,000\nHello\n\n2\n00:00:01,200 --> 00:00:03,000\nwide world\n")
    with open("parts", "w", encoding="ascii") as parts:
        parts.write(";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=3000\ntitle=Part one\n"
                    "[CHAPTER]\nTIMEBASE=1/1000\nSTART=3000\nEND=4000\ntitle=Part two\n")
    for kind, text in (("mp4", "mov_text"), ("mkv", "subrip"), ("webm", "webvtt")):
        sound, video = {"mp4": ("mp3", "copy"), "mkv": ("pcm_s16le", "copy"), "webm": ("libopus", "libvpx")}[kind]
        ffmpeg("-i", film, "-f", "lavfi", "-i", "sine=d=4", "-i", "lines.srt", "-i", "parts", "-map", "0:v", "-map", "1",
               "-map", "2", "-map_chapters", "3", "-c:v", video, "-deadline", "realtime", "-c:a", sound, "-c:s", text,
               f"tracks.{kind}")
        for output in "mp4", "mkv", "mov", "webm":
            seen = Annotated(smilecam, f"tracks.{kind}", f"tracks-{kind}.{output}", "--quality", "low")
            what = f"{kind} to {output}: "
            check(f"{what}nothing is lost", seen.code == 0 and "cannot be kept" not in seen.said and
                  ".part" not in seen.said, seen)
            shown = subtitles_of(seen.path, 0)
            check(f"{what}subtitles", [words.strip() for _, words in shown] == ["Hello", "wide world"] and
                  shown[0][0].startswith("00:00:00,2") and shown[0][0].split(",")[0] == "00:00:00", shown)
            titles = [chapter["tags"]["title"] for chapter in probe(seen.path, "-show_chapters")["chapters"]]
            check(f"{what}chapters beside ours", titles == ["Part one", "smile 1", "Part two"], titles)
            streams = probe(seen.path, "-show_streams")["streams"]
            sounds = [stream["codec_name"] for stream in streams if stream["codec_type"] == "audio"]
            told = "becomes" in seen.said
            same = sounds == [{"libopus": "opus"}.get(sound, sound)] or (sound == "mp3" and sounds == ["mp2"])
            check(f"{what}sound", len(sounds) == 1 and (same or (told and sounds[0] in ("aac", "opus"))), sounds)
            check(f"{what}as long as it was", abs(duration_of(seen.path) - 4.01) < 0.06, duration_of(seen.path))


def ends(smilecam, film, _):
    ffmpeg("-i", film, "-t", "0.5", "-c", "copy", "short.mp4")
    for output in "mp4", "mkv", "webm":
        seen = Annotated(smilecam, "short.mp4", f"short-seen.{output}")
        check(f"{output}: notes do not outlast the film", abs(duration_of(seen.path) - 0.5) < 0.04, duration_of(seen.path))
    # A picture after a pause of an hour.
    ffmpeg("-i", film, "-vf", "setpts='if(lt(N,60),N,N+3600*30)/30/TB'", "-frames:v", "61", "-fps_mode", "passthrough",
           "-c:v", "libx264", "paused.mp4")
    for output in "mp4", "mkv":
        seen = Annotated(smilecam, "paused.mp4", f"paused-seen.{output}")
        check(f"{output}: nor does the last picture after a pause",
              abs(duration_of(seen.path) - duration_of("paused.mp4")) < 0.1, duration_of(seen.path))


def names(smilecam, film, _):
    for kind in "mkv", "mp4":
        longest = "ü" * 122 + f"long.{kind}"  # 253 bytes
        seen = Annotated(smilecam, film, longest)
        check(f"{kind}: a name as long as one may be", seen.code == 0 and os.path.isfile(longest), seen)
        os.unlink(longest)
    check("and nothing else is left", not [name for name in os.listdir(".") if ".part" in name], os.listdir("."))


def likeness(path, other):
    """PSNR of the first picture, dB."""
    out = subprocess.run(["ffmpeg", "-nostdin", "-i", path, "-i", other, "-frames:v", "1", "-lavfi",
                          "[0:v]format=gbrp[a];[1:v]format=gbrp[b];[a][b]psnr", "-f", "null", "-"],
                         stderr=subprocess.PIPE, check=True).stderr.decode()
    return float(out.split("average:")[1].split()[0])


def colours(smilecam, film, plain):
    """HDR comes out as the film that it was made of."""
    known = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv,"
    for curve in "smpte2084", "arib-std-b67", "bt2020-10":
        ffmpeg("-i", film, "-t", "2.5", "-vf",
               f"{known}zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt2020:m=bt2020nc:r=tv:npl=203:"
               f"t={'2020_10' if curve == 'bt2020-10' else curve},format=yuv420p10le", "-c:v", "libx265", "-crf", "12",
               "-x265-params", f"log-level=none:colorprim=bt2020:transfer={curve}:colormatrix=bt2020nc", "hdr.mp4")
        seen = Annotated(smilecam, "hdr.mp4", "hdr-seen.mp4")
        check(f"{curve}: the smile at its time", seen.code == 0 and seen.smiles_near(plain.smiles()[0]), seen)
        like = likeness("hdr-seen.mp4", plain.path)
        check(f"{curve}: the colours of BT.709", like > 24, f"{like} dB")
        check(f"{curve}: which the file says", video_of(seen.path)["color_transfer"] == "bt709", video_of(seen.path))


def fields(smilecam, film, plain):
    """No combs are left of interlaced film."""
    for codec, name in (("libx264", "fields.mp4"), ("mpeg2video", "fields.mpg"), ("dvvideo", "fields.dv")):
        size = "scale=720:576,setsar=16/15,fps=50," if codec == "dvvideo" else ""
        order = "bottom" if codec == "dvvideo" else "top"
        more = ["-pix_fmt", "yuv420p"] if codec == "dvvideo" else ["-q:v", "3"]
        ffmpeg("-i", film, "-vf", f"{size}scroll=h=0.01,tinterlace=interleave_{order},fieldorder={order[0]}ff", "-c:v",
               codec, *more, "-flags", "+ilme+ildct", name)
        seen = Annotated(smilecam, name, f"{name}-seen.mkv", "--quality", "best")
        out = subprocess.run(["ffmpeg", "-nostdin", "-i", seen.path, "-vf", "idet", "-f", "null", "-"],
                             stderr=subprocess.PIPE, check=True).stderr.decode()
        found = out.split("Multi frame detection:")[1].split("\n")[0].split()
        combed, clean = int(found[1]) + int(found[3]), int(found[5])
        check(f"{name}: no combs", seen.code == 0 and clean > 10 * combed, f"{seen}, {found}")
        pictures = int(probe(seen.path, "-count_packets", "-show_streams")["streams"][0]["nb_read_packets"])
        stored = int(probe(name, "-count_packets", "-show_streams")["streams"][0]["nb_read_packets"])
        check(f"{name}: no picture is lost", pictures == stored, (pictures, stored))


def pictures(smilecam, film, plain):
    """Numbered pictures are a film, a picture is one, a folder of videos is its videos."""
    os.makedirs("frames", exist_ok=True)
    ffmpeg("-i", film, "-vf", "scale=320:240", "frames/f_%04d.png")
    for name, rate in (("frames/f_%04d.png", ["--rate", "30"]), ("frames", ["--rate", "30"]), ("frames/f_%04d.png", [])):
        seen = Annotated(smilecam, name, "frames.mp4", *rate)
        hz = 30 if rate else 25
        check(f"{name} at {hz} Hz: a film", seen.code == 0 and seen.smiles_near(plain.smiles()[0] * 30 / hz) and
              abs(duration_of(seen.path) - 120 / hz) < 0.02, seen)
    seen = Annotated(smilecam, "frames/g_%04d.png", "none.mp4")
    check("none of that name", seen.code == 2 and "no file of such a name" in seen.said, seen)

    ffmpeg("-ss", "3", "-i", film, "-frames:v", "1", "-update", "1", "smiling.png")
    shutil.copy("smiling.png", "picture.mp4")
    for name in "smiling.png", "picture.mp4":
        seen = Annotated(smilecam, name, "still.mkv")
        check(f"{name}: one picture gives its event", seen.code == 0 and len(seen.smiles()) == 1, seen)
    live = subprocess.run([smilecam, "live", "-q", "--source", "smiling.png", "--headless", "--duration", "5", "--record",
                           "stays.mkv"], stdout=subprocess.PIPE, check=False)
    check("and stays as long as asked for", live.returncode == 0 and abs(duration_of("stays.mkv") - 5) < 0.3,
          duration_of("stays.mkv"))

    os.makedirs("films", exist_ok=True)
    for name in "a.mp4", "b.MP4", "._a.mp4", "c.part.mp4":
        shutil.copy(film, f"films/{name}")
    shutil.copy("smiling.png", "films")
    result = subprocess.run([smilecam, "annotate", "films", "-o", "seen"], stderr=subprocess.PIPE, check=False)
    check("the videos of a folder", result.returncode == 0 and sorted(os.listdir("seen")) == ["a.mkv", "b.mkv"] and
          b"its pictures (1) are not" in result.stderr, result.stderr)


def clocks(smilecam, _film, _plain):
    """What the events and the table tell is found at that time in the recording."""
    result = subprocess.run([smilecam, "live", "-q", "--source", "demo", "--realtime", "yes", "--headless", "--width",
                             "320", "--height", "240", "--duration", "4.5", "--record", "live.mkv", "--csv", "live.csv",
                             "--events", "-", "--segment", "3s"], stdout=subprocess.PIPE, check=True)
    events = [json.loads(line) for line in result.stdout.splitlines()]
    starts = [event for event in events if event["event"] == "recording_start"]
    check("each file of a live recording is told", [start["file"] for start in starts] ==
          ["live-001.mkv", "live-002.mkv"], events)
    smile = next(event["t"] for event in events if event["event"] == "smile_start")
    chapter = next(float(chapter["start_time"]) for chapter in probe("live-001.mkv", "-show_chapters")["chapters"]
                   if chapter["tags"]["title"] == "smile 1")
    check("the smile is at its time in the file", abs(smile - starts[0]["t"] - chapter) < 0.05,
          (smile, starts, chapter))
    with open("live.csv", encoding="ascii") as table:
        times = [float(line.split(",")[1]) for line in table.read().splitlines()[1:]]
    check("the table begins with the recording", abs(times[0] - starts[0]["t"]) < 0.002, (times[0], starts))
    seconds = float(video_of("live-001.mkv")["tags"]["DURATION"].split(":")[2])
    check("the next file begins where the first ends", abs(starts[1]["t"] - starts[0]["t"] - seconds) < 0.1,
          (starts, seconds))


def packets_of(path, entries, stream="v:0"):
    out = subprocess.run(["ffprobe", "-v", "error", "-select_streams", stream, "-show_entries", f"frame={entries}", "-of",
                          "csv=p=0", path], stdout=subprocess.PIPE, check=True).stdout.decode()
    return [line.strip(",") for line in out.split()]


def reports(smilecam, film, plain):
    """What users of other programs have reported: docs/compatibility.md."""
    ffmpeg("-f", "lavfi", "-i", "sine=d=4", "-c:a", "aac", "tone.m4a")
    ffmpeg("-i", film, "-vf", "setpts='(N+mod(N,5)*0.3)/30/TB'", "-fps_mode", "vfr", "-c:v", "libx264", "uneven.mp4")
    Annotated(smilecam, "uneven.mp4", "out.mkv", "--csv", "uneven.csv")
    with open("uneven.csv", encoding="ascii") as table:
        told = [float(line.split(",")[1]) for line in table.read().splitlines()[1:]]
    real = [float(t) for t in packets_of("uneven.mp4", "best_effort_timestamp_time")]
    check("frames at uneven times: the table has them", len(told) == len(real) and
          all(abs(a - b) < 0.002 for a, b in zip(told, real)), (told[:5], real[:5]))

    ffmpeg("-i", film, "-c:v", "libx264", "-bf", "3", "-f", "avi", "frames-b.avi")
    seen = Annotated(smilecam, "frames-b.avi", "out.mkv")
    check("an AVI with B-frames is whole", seen.code == 0 and seen.smiles_near(plain.smiles()[0]), seen)

    ffmpeg("-i", film, "-i", "tone.m4a", "-map", "0", "-map", "1", "-map", "1", "-c", "copy", "-metadata:s:a:0",
           "title=Voice", "-metadata:s:a:1", "title=Game", "two.mkv")
    for kind, tag in (("mkv", "title"), ("mp4", "handler_name")):
        seen = Annotated(smilecam, "two.mkv", f"two-seen.{kind}")
        titles = [stream["tags"].get(tag) for stream in probe(seen.path, "-show_streams")["streams"]
                  if stream["codec_type"] == "audio"]
        check(f"{kind}: both tracks of sound keep their names", titles == ["Voice", "Game"], titles)

    ffmpeg("-i", film, "-i", "tone.m4a", "-map", "0", "-map", "1", "-map", "1", "-c", "copy", "phone.mov")
    with open("phone.mov", "rb") as file:
        phone = file.read()
    at = [i for i in range(16, len(phone) - 4) if phone[i:i + 4] == b"mp4a" and phone[i - 16:i - 12] == b"stsd"][-1]
    rest = phone[at + 4:].replace(b"esds", b"dapa").replace(b"wave", b"wavx")
    with open("phone.mov", "wb") as file:
        file.write(phone[:at] + b"apac" + rest)
    seen = Annotated(smilecam, "phone.mov", "out.mp4")
    sounds = [stream["codec_name"] for stream in probe(seen.path, "-show_streams")["streams"]
              if stream["codec_type"] == "audio"]
    check("spatial sound is left out, and said; the other stays", seen.code == 0 and "apac" in seen.said and
          sounds == ["aac"], (seen, sounds))

    ffmpeg("-itsoffset", "1.5", "-i", film, "-i", "tone.m4a", "-map", "0:v", "-map", "1:a", "-c", "copy", "late.mp4")
    seen = Annotated(smilecam, "late.mp4", "late-seen.mp4")
    check("pictures that begin after the sound keep their time", seen.smiles_near(plain.smiles()[0] + 1.5) and
          abs(duration_of(seen.path) - 5.5) < 0.05, seen)


def main():
    smilecam, model = os.path.abspath(sys.argv[1]), sys.argv[2]
    if not os.path.isfile(model) or not shutil.which("ffmpeg"):
        print("1..0 # SKIP no model or no ffmpeg")
        return
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        subprocess.run([smilecam, "live", "-q", "--source", "demo", "--headless", "--width", "640", "--height", "480",
                        "--duration", "4", "--quality", "best", "--record", "film.mkv"], check=True,
                       stdout=subprocess.DEVNULL)
        ffmpeg("-i", "film.mkv", "-map", "0:v", "-map_chapters", "-1", "-c", "copy", "plain.mp4")
        plain = Annotated(smilecam, "plain.mp4", "plain-seen.mp4")
        check("a plain film", plain.code == 0 and plain.smiles_near(2, 0.6), plain)
        parts = [shapes, lengths, tracks, ends, names, colours, fields, pictures, clocks, reports]
        for part in parts:
            if len(sys.argv) < 4 or part.__name__ in sys.argv[3:]:
                part(smilecam, "plain.mp4", plain)
    print(f"1..{number}")
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()

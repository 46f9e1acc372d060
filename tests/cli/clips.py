#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""Annotates the clips of the shared data: the smile at its time, sound, stamps and duration kept.

usage: clips.py SMILECAM MODEL   (SMILECAM_DATA names the folder of the data)
"""
import json
import os
import subprocess
import sys
import tempfile

SKIPPED = 77


def probe(path, stream):
    """Packet times of a stream in seconds, and the stream's codec."""
    out = subprocess.run(["ffprobe", "-v", "error", "-select_streams", stream, "-of", "json", "-show_packets",
                          "-show_entries", "packet=pts_time:stream=codec_name", path],
                         stdout=subprocess.PIPE, check=True).stdout
    data = json.loads(out)
    times = sorted(float(packet["pts_time"]) for packet in data["packets"])
    return times, data["streams"][0]["codec_name"]


def annotate(smilecam, clip, output):
    result = subprocess.run([smilecam, "annotate", clip, "-o", output, "--events", "-"],
                            stdout=subprocess.PIPE, check=False)
    if result.returncode != 0:
        sys.exit(f"annotate {clip}: exit code {result.returncode}")
    return [json.loads(line) for line in result.stdout.splitlines()]


def check_same_times(clip, output, stream, tolerance):
    before, codec = probe(clip, stream)
    after, copied = probe(output, stream)
    if len(before) != len(after):
        sys.exit(f"{output}, stream {stream}: {len(after)} packets instead of {len(before)}")
    # A container may begin at another zero; every distance must stay.
    worst = max(abs((a - after[0]) - (b - before[0])) for a, b in zip(after, before))
    print(f"{os.path.basename(output)}, stream {stream} ({copied}): {len(after)} packets, off by {worst:.6f} s at most")
    if worst > tolerance:
        sys.exit(f"stream {stream}: a packet is off by {worst} s")
    if stream.startswith("a") and codec not in (copied, "mp3"):
        sys.exit(f"sound was {codec} and became {copied}")


def check_smile(smilecam, data, folder):
    events = annotate(smilecam, f"{data}/clips/webcam_smile.mp4", f"{folder}/smile.mkv")
    starts = [event["t"] for event in events if event["event"] == "smile_start"]
    ends = [event["t"] for event in events if event["event"] == "smile_end" and not event.get("cut")]
    print(f"smile_start at {starts}, smile_end at {ends}")
    if len(starts) != 1 or not 0.5 <= starts[0] <= 1.2 or ends:
        sys.exit("expected exactly one smile_start between 0.5 and 1.2 s, and no end")


def check_stage(smilecam, data, folder):
    clip = f"{data}/clips/stage_faces.mp4"
    for name, tolerance in (("stage.mkv", 0.00101), ("stage.mp4", 0.000002)):
        annotate(smilecam, clip, f"{folder}/{name}")
        check_same_times(clip, f"{folder}/{name}", "v:0", tolerance)
        check_same_times(clip, f"{folder}/{name}", "a:0", tolerance)


def main():
    smilecam, data = sys.argv[1], os.environ.get("SMILECAM_DATA", "")
    if not os.path.isdir(f"{data}/clips"):
        print("SKIPPED: the clips of the shared data are not there (SMILECAM_DATA)")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory() as folder:
        check_smile(smilecam, data, folder)
        check_stage(smilecam, data, folder)


if __name__ == "__main__":
    main()

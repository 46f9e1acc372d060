#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""The demo face smiles on a fixed schedule; the events must say the same, each smile once, and so must they on
processors without vector instructions.

usage: demo_schedule.py SMILECAM MODEL
"""
import json
import os
import subprocess
import sys
import tempfile

FIRST_SMILE_S, PERIOD_S, SMILE_S = 2.0, 6.0, 3.0  # app/sources/demo/demo_face.h
DURATION_S, SLOW_S, DIM_S, TOLERANCE_S = 20.0, 6.0, 8.0, 0.3
SKIPPED = 77


def run(smilecam, *more, duration=DURATION_S):
    command = [smilecam, "live", "--source", "demo", "--headless", "--duration", str(duration),
               "--events", "-", *more]
    result = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit code {result.returncode}")
    return result.stdout.decode()


def of_kind(events, kind):
    return [event for event in events if event["event"] == kind]


def check_times(kind, found, wanted):
    if len(found) != len(wanted):
        sys.exit(f"{kind}: {len(found)} times instead of {len(wanted)}: {[e['t'] for e in found]}")
    for event, t in zip(found, wanted):
        print(f"{kind}: {event['t']:.3f} s, scheduled {t:.3f} s")
        if abs(event["t"] - t) > TOLERANCE_S:
            sys.exit(f"{kind} at {event['t']} s is off by more than {TOLERANCE_S} s")


def check_events(events, n_smiles=3):
    starts = [FIRST_SMILE_S + k * PERIOD_S for k in range(n_smiles)]
    check_times("smile_start", of_kind(events, "smile_start"), starts)
    check_times("smile_end", of_kind(events, "smile_end"), [t + SMILE_S for t in starts])
    if len(of_kind(events, "face_enter")) != 1 or any(
            not event.get("cut") for event in of_kind(events, "face_leave")):
        sys.exit("there is one face, and it stays")
    times = [event["t"] for event in events]
    if times != sorted(times):
        sys.exit("the times run backwards")
    if events[0]["event"] != "session" or len(of_kind(events, "session")) != 1:
        sys.exit("the first line does not say where the events come from")
    for event in events[1:]:
        if list(event)[:6] != ["v", "t", "event", "face", "score", "box"] or event["v"] != 1:
            sys.exit(f"keys out of order: {event}")
        if "wall" in event:
            sys.exit("the demo face has no time of day")
    for event in of_kind(events, "smile_end"):
        if abs(event["duration"] - SMILE_S) > TOLERANCE_S or not event["peak"] >= event["score"]:
            sys.exit(f"wrong duration or peak: {event}")


def check_dim(smilecam):
    """With an eighth of the light each smile is told as well."""
    with tempfile.TemporaryDirectory() as folder:
        light, dim = os.path.join(folder, "light.mkv"), os.path.join(folder, "dim.mkv")
        subprocess.run([smilecam, "live", "--source", "demo", "--width", "640", "--height", "360", "--headless",
                        "--realtime", "no", "--duration", str(DIM_S), "--record", light], check=True)
        subprocess.run(["ffmpeg", "-v", "error", "-i", light, "-vf", "lutyuv=y=16+(val-16)/8", dim], check=True,
                       stdin=subprocess.DEVNULL)
        events = subprocess.run([smilecam, "live", "--source", dim, "--headless", "--realtime", "no", "--events", "-"],
                                stdout=subprocess.PIPE, check=True).stdout.decode()
    check_events([json.loads(line) for line in events.splitlines()], n_smiles=1)


def main():
    smilecam, model = sys.argv[1:3]
    if not os.path.exists(model):
        print(f"{model} is not there: skipped")
        sys.exit(SKIPPED)
    first = run(smilecam)
    check_events([json.loads(line) for line in first.splitlines()])
    if run(smilecam) != first:
        sys.exit("a second run gave other events")
    slow = run(smilecam, "--cpu", "scalar", duration=SLOW_S)
    check_events([json.loads(line) for line in slow.splitlines()], n_smiles=1)
    check_dim(smilecam)


if __name__ == "__main__":
    main()

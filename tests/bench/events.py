#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""How well smiles are detected in bad images: the demo face, whose smiles are known, made worse by ffmpeg.

    tests/bench/events.py BUILD_FOLDER [--smiles N]

Prints for each way how late (negative: early) smiles begin by the events, how many are missed or false, and
how often a minute the state changes. The demo face smiles from 2 s to 5 s of every 6 s: 20 times a minute; once it
is silent between, once it talks.
"""
import argparse
import json
import pathlib
import subprocess
import tempfile

PERIOD_S, SMILE_S = 6, (2, 5)
NEAR_S = 1  # an event further from the truth is a false one

WAYS = {
    "as drawn": "null",
    "noise, sigma 15": "noise=alls=26:allf=t",
    "noise, sigma 30": "noise=alls=52:allf=t",
    "blur, sigma 4": "gblur=sigma=4",
    "an eighth of the light": "lutyuv=y=16+(val-16)/8",
    "320x180": "scale=320:180",
    "10 pictures a second": "fps=10",
    "pauses of 0.4 s": "select=gte(mod(t+0.9\\,1.7)\\,0.4)",
}


def record(smilecam, source, path, smiles):
    subprocess.run([smilecam, "live", "-s", source, "--width", "640", "--height", "360", "--headless", "--realtime", "no",
                    "-q", "-t", str(smiles * PERIOD_S), "-r", path], check=True)


def events_of(smilecam, path):
    out = subprocess.run([smilecam, "live", "-s", path, "--headless", "--realtime", "no", "-q", "-e", "-"],
                         check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def judge(events, smiles):
    """Onset delays, false starts, and all changes of the state."""
    delays, false = {}, 0
    starts = [e["t"] for e in events if e["event"] == "smile_start"]
    for t in starts:
        smile = int(t // PERIOD_S)
        delay = t - smile * PERIOD_S - SMILE_S[0]
        if abs(delay) > NEAR_S or smile in delays or smile >= smiles:
            false += 1
        else:
            delays[smile] = delay
    ends = sum(e["event"] == "smile_end" and not e.get("cut") for e in events)
    return list(delays.values()), false, len(starts) + ends


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--smiles", type=int, default=5)
    args = parser.parse_args()
    smilecam = pathlib.Path(args.build).resolve() / "app/smilecam"
    print("| the demo face | smiles begin, s late | missed | false | changes a minute |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        drawn, worse = f"{folder}/drawn.mkv", f"{folder}/worse.mkv"
        for source, manner in (("demo", ""), ("demo:talking", "talking, ")):
            record(smilecam, source, drawn, args.smiles)
            for name, filters in WAYS.items():
                subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", drawn, "-map", "0:v", "-vf", filters, "-vsync", "vfr",
                                "-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", worse], check=True)
                delays, false, changes = judge(events_of(smilecam, worse), args.smiles)
                span = f"{min(delays):+.2f} to {max(delays):+.2f}" if delays else "-"
                minutes = args.smiles * PERIOD_S / 60
                print(f"| {manner}{name} | {span} | {args.smiles - len(delays)} | {false} | {changes / minutes:.0f} |",
                      flush=True)


if __name__ == "__main__":
    main()

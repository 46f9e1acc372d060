#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""What the program writes about smiles: a smile that lasts to the end has an end.

usage: results.py SMILECAM MODEL
"""
import csv
import io
import json
import os
import sys
import tempfile

from typed import expect, run

SECONDS = 4  # the demo face smiles from the second one on


def events_of(text):
    return [json.loads(line) for line in text.splitlines()]


def ends_what_is_still_on(smilecam):
    for command in (("annotate", "demo.mkv", "-o", "drawn.mkv", "--events", "-"),
                    ("live", "--source", "demo.mkv", "--headless", "--events", "-")):
        events = events_of(run(smilecam, *command).stdout)
        kinds = [event["event"] for event in events]
        expect(kinds == ["face_enter", "smile_start", "smile_end", "face_leave"], f"{command[0]}: what begins ends")
        start, end, leave = events[1:]
        expect(end["cut"] and leave["cut"] and end["t"] == leave["t"], "and is marked where only the film ended")
        expect(abs(end["t"] - (SECONDS - 1 / 30)) < 0.002, "at the last frame")
        expect(abs(end["duration"] - (end["t"] - start["t"])) < 0.002 and end["peak"] >= start["score"],
               "with its duration and peak")
    whole = events_of(run(smilecam, "live", "--source", "demo", "--headless", "--duration", "5.8", "--events", "-").stdout)
    expect([event.get("cut") for event in whole] == [None, None, None, True], "a smile that ended by itself is not")
    said = run(smilecam, "live", "--source", "demo", "--headless", "--duration", "4").stderr
    expect("has smiled for" in said, "without events, the terminal hears of it")


def leaves_what_nobody_has_empty(smilecam):
    """A frame without a face must not count as a smile of 0 in a mean."""
    rows = list(csv.DictReader(io.StringIO(run(smilecam, "annotate", "demo.mkv", "--csv", "-", "--min-face", "239").stdout)))
    expect(len(rows) == SECONDS * 30, "a row for each frame")
    expect(all(row["face"] == "0" and row["success"] == "0" for row in rows), "without a face")
    expect(all(row[column] == "" for row in rows for column in ("x", "width", "smile", "smiling")), "and nothing of one")


def main():
    smilecam = os.path.abspath(sys.argv[1])
    if not os.path.exists(sys.argv[2]):
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        run(smilecam, "live", "--source", "demo", "--headless", "--width", "320", "--height", "240", "--duration",
            str(SECONDS), "--record", "demo.mkv")
        ends_what_is_still_on(smilecam)
        leaves_what_nobody_has_empty(smilecam)


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""Lets the live program run for MINUTES of its own time (4) with its clock SPEED times as fast (4): somebody comes,
smiles three times and goes, over and over, at RATE pictures a second (30); the camera is unplugged, comes back under
another number, stalls. All of it is recorded, in a file for each minute, of which the last few are kept. Every smile
that nothing hides must be told once, every file be whole, and nothing may grow. Prints TAP, and a summary.

usage: soak.py SMILECAM MODEL LIBRARY DEMO_FRAMES
"""

import glob
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from live_run import PERIOD_S, SMILE_S, SMILES_S, LiveRun

TOLERANCE_S = 0.6  # by the program's clock
AWAY_S = 20.0
ROUND_S = 300.0  # from one fault to the next, at most
SEGMENT_S = 60
KEPT = 3  # recorded files
SETTLING_KB = 16384


class Latencies:
    """Of all frames, by hours of media time, from the program's table of times through a pipe."""

    def __init__(self, path):
        self.hours = {}
        os.mkfifo(path)
        self.thread = threading.Thread(target=self._read, args=[path], daemon=True)
        self.thread.start()

    def _read(self, path):
        with open(path, encoding="ascii") as lines:
            next(lines)
            for line in lines:
                _, media, _, _, _, latency = line.split(",")
                self.hours.setdefault(int(media) // 3600000000000, []).append(int(latency))

    def percentile_99_ms(self, hour, speed):
        values = sorted(self.hours[hour])
        return values[int(0.99 * len(values))] * 1e-6 / speed

    def count(self):
        return sum(map(len, self.hours.values()))


class Recordings:
    """Looks at each file when a later one has been begun, and removes the oldest."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "live.mkv")
        self.options = ["--record", self.path, "--segment", f"{SEGMENT_S}s", "--keep-free", "50MB"]
        self.seen, self.bad, self.seconds = set(), [], 0.0

    def _look(self, path):
        said = subprocess.run(["ffprobe", "-v", "error", "-of", "csv=p=0", "-show_entries", "format=duration", path],
                              capture_output=True, text=True, check=False)
        try:
            self.seconds += float(said.stdout)
        except ValueError:
            self.bad.append(os.path.basename(path))
        if said.stderr:
            self.bad.append(f"{os.path.basename(path)}: {said.stderr.strip()}")
        self.seen.add(path)

    def rotate(self, over=False):
        there = sorted(glob.glob(self.path.replace(".mkv", "-*.mkv")), key=lambda path: int(path.rsplit("-", 1)[1][:-4]))
        for path in there if over else there[:-2]:  # the last is written, the one before may still be closed
            if path not in self.seen:
                self._look(path)
        for path in there[:-KEPT]:
            os.unlink(path)

    def check(self, minutes):
        self.rotate(over=True)
        print(f"# {len(self.seen)} files recorded, {self.seconds / 60:.1f} of {minutes:g} minutes, not whole: {self.bad[:5]}")
        return not self.bad and self.seconds > 60 * minutes - SEGMENT_S


def trouble(run, recordings, until_s, round_s):
    """Unplugs and stalls in turn, once a round, until the program ends."""
    faults = 0
    while run.process.poll() is None and run.now_s() < until_s:
        for _ in range(20):
            time.sleep(round_s / run.speed / 20)
            run.sample()
            recordings.rotate()
        if run.process.poll() is not None or run.now_s() > until_s - 2 * AWAY_S:
            continue
        faults += 1
        if faults % 2:
            run.unplug()
            time.sleep(AWAY_S / run.speed)
            run.plug((run.number + 1) % 5)
        else:
            run.set_fault("stall")
            time.sleep(AWAY_S / run.speed)
            run.set_fault("")
    return faults


def of_kind(events, kind):
    return [event["t"] for event in events if event["event"] == kind]


def hidden(events):
    """Stretches of time, in which the camera was lost or the program began to look again."""
    stretches = [(-1e9, events[0]["t"] + 3)]
    back = iter(of_kind(events, "camera_back"))
    for lost in of_kind(events, "camera_lost"):
        stretches.append((lost - 4, next(back, 1e12) + 3))
    return stretches


def film_offset(starts):
    """What to add to media time to get the film's: the shift that fits most smiles."""
    def fit(offset):
        return sum(min(abs((t + offset) % PERIOD_S - s) for s in SMILES_S) < TOLERANCE_S for t in starts)
    candidates = [s - t for t in starts[:12] for s in SMILES_S]
    return max(candidates, key=fit)


def schedule(offset, end_s, stretches):
    k = 0
    while True:
        for smile in SMILES_S:
            t = smile - offset % PERIOD_S + k * PERIOD_S
            if t > end_s - SMILE_S - 1:
                return
            if t > 0 and not any(a < t + SMILE_S and t < b for a, b in stretches):
                yield t
        k += 1


def check_smiles(run):
    events = run.events
    starts, stretches = of_kind(events, "smile_start"), hidden(events)
    wanted = list(schedule(film_offset(starts), events[-1]["t"], stretches))
    # How late each was told, while it lasted: a busy machine counts SPEED times.
    delays = [[s - t for s in starts if -TOLERANCE_S < s - t < SMILE_S] for t in wanted]
    missed = [round(t, 1) for t, delay in zip(wanted, delays) if not delay]
    twice = sum(len(delay) > 1 for delay in delays)
    late = sorted(delay[0] for delay in delays if delay)
    print(f"# {len(wanted)} smiles scheduled in full view, {len(missed)} missed {missed[:20]}, {twice} told twice")
    print(f"# told after {late[len(late) // 2]:.2f} s in the median, at most {late[-1]:.2f} s" if late else "# none told")
    return bool(late) and not missed and not twice


def megabytes_a_day(samples):
    xs, ys = [s[0] / 86400 for s in samples], [s[1] / 1024 for s in samples]
    return statistics.linear_regression(xs, ys).slope if len(xs) > 2 else 0.0


def check_growth(run):
    warm = run.samples[len(run.samples) // 5:]
    slope, hours = megabytes_a_day(warm), (warm[-1][0] - warm[0][0]) / 3600
    resident, files, threads = ([s[i] for s in warm] for i in (1, 2, 3))
    fifth = max(1, len(warm) // 5)  # a file that is being closed has memory and a thread for a moment
    growth = [statistics.median(held[-fifth:]) - statistics.median(held[:fifth]) for held in (resident, files, threads)]
    print(f"# resident {resident[0]} kB to {resident[-1]} kB over {hours:.2f} h after warm-up: {slope:+.2f} MB a day")
    print(f"# files {min(files)} to {max(files)}, threads {min(threads)} to {max(threads)}, {len(warm)} samples")
    # The heap takes half an hour to find its size: a shorter run sees only what is lost in great pieces.
    return growth[1] <= 0 and growth[2] <= 0 and (slope < 1 if hours > 6 else growth[0] < SETTLING_KB)


def check_faults(run, faults):
    lost, back = (len(of_kind(run.events, kind)) for kind in ("camera_lost", "camera_back"))
    print(f"# {faults} times unplugged or stalled, {lost} losses, {back} returns")
    return lost == back == faults


def report(number, good, what):
    print(f"{'ok' if good else 'not ok'} {number} - {what}", flush=True)
    return good


def main():
    smilecam, model, library, demo_frames = sys.argv[1:5]
    if not os.path.exists(model):
        print("1..0 # SKIP no model")
        return
    minutes, speed = float(os.environ.get("MINUTES", "4")), int(os.environ.get("SPEED", "4"))
    print("1..5")
    with tempfile.TemporaryDirectory() as folder:
        times = os.path.join(folder, "times")
        latencies = Latencies(times)
        recordings = Recordings(folder)
        run = LiveRun(smilecam, library, demo_frames, folder, speed, "--duration", str(minutes * 60), "--frametimes", times,
                      *recordings.options)
        run.wait_for("face_enter")
        faults = trouble(run, recordings, run.now_s() + minutes * 60, min(ROUND_S, minutes * 60 / 4))
        code = run.process.wait(600)
        latencies.thread.join(600)
        frames, hours = latencies.count(), sorted(latencies.hours)
        print(f"# {minutes / 60:.2f} h of the program's time, {frames} frames analysed ({frames / minutes / 60:.1f} a second)")
        print(f"# latency, 99th percentile: first hour {latencies.percentile_99_ms(hours[0], speed):.1f} ms, "
              f"last {latencies.percentile_99_ms(hours[-1], speed):.1f} ms of real time")
        good = [report(1, code == 0, f"exit code {code}"), report(2, check_smiles(run), "every smile"),
                report(3, check_growth(run), "nothing grows"), report(4, check_faults(run, faults), "every fault is healed"),
                report(5, recordings.check(minutes), "every recorded file is whole")]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()

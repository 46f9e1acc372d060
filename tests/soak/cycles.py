#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""Unplugs the camera and plugs it in again, each time under another number, then stalls it and lets it go on, CYCLES
times each (CYCLES in the environment, 5): every loss must be told, every return too, and nothing may grow.
Prints TAP.

usage: cycles.py SMILECAM MODEL LIBRARY DEMO_FRAMES
"""

import os
import statistics
import sys
import tempfile

from live_run import LiveRun

SPEED = 4


def unplug(run):
    run.unplug()
    return "camera_lost"


def plug(run):
    run.plug((run.number + 1) % 5)
    return "camera_back"


def stall(run):
    run.set_fault("stall")
    return "camera_lost"


def resume(run):
    run.set_fault("")
    return "camera_back"


def seconds_until_told(run, action):
    """By the program's clock; what Python and a busy machine take is in it, SPEED times."""
    begin_s = run.now_s()
    return run.wait_for(action(run))["heard_s"] - begin_s


def describe(times):
    times = sorted(times)
    return f"median {times[len(times) // 2]:.2f} s, 99 % {times[int(len(times) * 0.99)]:.2f} s, longest {times[-1]:.2f} s"


def cycle(run, n, lose, regain):
    lost, back, kept = [], [], []
    for _ in range(n):
        lost.append(seconds_until_told(run, lose))
        back.append(seconds_until_told(run, regain))
        kept.append(run.sample()[1:])
    print(f"# {lose.__name__}, {n} times: told after {describe(lost)}")
    print(f"# {regain.__name__}, {n} times: told after {describe(back)}")
    for i, what in enumerate(("kilobytes", "files", "threads")):
        values = [k[i] for k in kept]
        print(f"# {what}: first {values[0]}, tenth part on {values[n // 10]}, last {values[-1]}, most {max(values)}")
    return kept


SETTLED = 250


def check_kept(kept):
    """The heap settles within some 200 cycles, at 70 MB more; fewer can only show that nothing grows without end."""
    many = len(kept) >= 2 * SETTLED
    warm = kept[SETTLED if many else len(kept) // 10:]
    assert warm[-1][1] <= warm[0][1] and warm[-1][2] <= warm[0][2], f"files or threads grow: {warm[0]}, {warm[-1]}"
    third = max(1, len(warm) // 3)
    growth = statistics.median(k[0] for k in warm[-third:]) - statistics.median(k[0] for k in warm[:third])
    assert growth < (8192 + 2 * len(warm) if many else 100000), f"{growth} kB more after {len(warm)} cycles"


def main():
    smilecam, model, library, demo_frames = sys.argv[1:5]
    if not os.path.exists(model):
        print("1..0 # SKIP no model")
        return
    n = int(os.environ.get("CYCLES", "5"))
    print("1..3")
    with tempfile.TemporaryDirectory() as folder:
        run = LiveRun(smilecam, library, demo_frames, folder, SPEED)
        run.wait_for("face_enter")
        check_kept(cycle(run, n, unplug, plug))
        print("ok 1 - unplugged and plugged in again", flush=True)
        check_kept(cycle(run, n, stall, resume))
        print("ok 2 - stalled and resumed", flush=True)
        run.wait_for("smile_start")  # still at work
        assert run.stop() == 4, run.errors[-3:]
        print("ok 3 - smiles are seen, and it ends when told to")


if __name__ == "__main__":
    main()

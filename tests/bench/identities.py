#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""Whether a face keeps its number: videos composed from photographs by ffmpeg.

    tests/bench/identities.py BUILD_FOLDER FACES.tar.gz [--people N]

Two people pass each other, one in front; a face is hidden for a quarter of a second; a face blinks away for a frame at a time;
a head turns to profile and back (five people stand in for one, since a video has a place and not a person to go by).
Prints for each scene how many of N videos have as many faces as people, and, of the passes, in how many nobody has
swapped numbers.
"""
import argparse
import csv
import io
import json
import pathlib
import subprocess
import tarfile
import tempfile

WIDTH, HEIGHT, FACE, RATE = 1280, 720, 220, 30
POSES = (3, 4, 5, 4, 3)
FURNITURE = ",".join(f"drawbox=x={x}:y={y}:w={w}:h={h}:color={colour}:t=fill" for x, y, w, h, colour in (
    (0, 520, WIDTH, 200, "0x504030"), (60, 60, 200, 300, "0xe0e8f0"), (1000, 120, 220, 420, "0x403848"), (560, 0, 90, 160, "0xd0c090")))


def photographs(archive, per_pose):
    """The first frontal faces of LFW, and AFLW's by pose."""
    with tarfile.open(archive) as tar:
        rows = list(csv.DictReader(io.TextIOWrapper(tar.extractfile("faces/points.csv"), "utf-8")))
        wanted = {3: [], 4: [], 5: []}
        for row in rows:
            pose = int(row["pose"])
            if pose in wanted and len(wanted[pose]) < per_pose and row["path"].startswith("lfw/" if pose == 3 else "aflw/"):
                wanted[pose].append("faces/" + row["path"])
        return {pose: [tar.extractfile(path).read() for path in paths] for pose, paths in wanted.items()}


def compose(video, pictures, graph, seconds, folder):
    """The pictures, all at one size, put into a furnished room by a filter graph."""
    inputs = []
    for i, data in enumerate(pictures):
        path = f"{folder}/{i}.jpg"
        pathlib.Path(path).write_bytes(data)
        inputs += ["-loop", "1", "-framerate", str(RATE), "-t", str(seconds), "-i", path]
    sized = ";".join(f"[{i}]crop=iw*0.64:ih*0.64,scale={FACE}:{FACE}[p{i}]" for i in range(len(pictures)))
    room = f"color=0xa09888:{WIDTH}x{HEIGHT}:rate={RATE}:d={seconds},{FURNITURE}[room]"
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *inputs, "-filter_complex", f"{room};{sized};{graph}", "-map", "[out]",
                    "-c:v", "libx264", "-preset", "ultrafast", "-crf", "14", "-pix_fmt", "yuv420p", video], check=True)


def passing(front):
    """Two people change sides within 3 s."""
    there, back = f"x=120+(t*{(WIDTH - FACE - 240) / 3:.0f}):y=200", f"x={WIDTH - FACE - 120}-(t*{(WIDTH - FACE - 240) / 3:.0f}):y=220"
    return f"[room][p0]overlay={there}[a];[a][p1]overlay={back}[out]" if front else \
           f"[room][p1]overlay={back}[a];[a][p0]overlay={there}[out]"


HIDDEN = "[room][p0]overlay=x=480:y=200:enable='not(between(t,1,1.25))'[out]"
BLINKING = "[room][p0]overlay=x=480:y=200:enable='gt(mod(n,15),1)'[out]"
TURNING = "[room]null[b0];" + ";".join(
    f"[b{i}][p{i}]overlay=x=480:y=200:enable='between(t,{i * 0.5},{i * 0.5 + 0.5})'[{f'b{i + 1}' if i < 4 else 'out'}]" for i in range(5))


def faces_of(smilecam, video):
    """The numbers of the faces that appeared, and the table of places."""
    out = subprocess.run([smilecam, "annotate", video, "--csv", video + ".csv", "-e", "-", "-q"], check=True, capture_output=True,
                         text=True).stdout
    events = [json.loads(line) for line in out.splitlines()]
    with open(video + ".csv", encoding="utf-8") as table:
        rows = [row for row in csv.DictReader(line for line in table if not line.startswith("#")) if row["x"]]
    return {e["face"] for e in events if e["event"] == "face_enter"}, rows


def swapped(rows):
    """Whether a face is on the side at the end that it began on."""
    places = {}
    for row in rows:
        places.setdefault(row["face"], []).append(float(row["x"]))
    return any((xs[0] < WIDTH / 2) == (xs[-1] + FACE / 2 < WIDTH / 2) for xs in places.values())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("faces")
    parser.add_argument("--people", type=int, default=10)
    args = parser.parse_args()
    smilecam = pathlib.Path(args.build).resolve() / "app/smilecam"
    n = args.people
    faces = photographs(args.faces, 2 * n)
    scenes = {
        "passing, the first in front": lambda i: ([faces[3][2 * i], faces[3][2 * i + 1]], passing(False), 3, 2),
        "passing, the second in front": lambda i: ([faces[3][2 * i], faces[3][2 * i + 1]], passing(True), 3, 2),
        "hidden for a quarter of a second": lambda i: ([faces[3][i]], HIDDEN, 3, 1),
        "gone for two of fifteen frames": lambda i: ([faces[3][i]], BLINKING, 3, 1),
        "turning to profile and back": lambda i: ([faces[pose][i] for pose in POSES], TURNING, 2.5, 1),
    }
    print(f"| scene | as many faces as people, of {n} | numbers swapped |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, scene in scenes.items():
            right = swaps = 0
            for i in range(n):
                pictures, graph, seconds, people = scene(i)
                video = f"{folder}/scene.mp4"
                compose(video, pictures, graph, seconds, folder)
                found, rows = faces_of(smilecam, video)
                pathlib.Path(video + ".csv").unlink()
                right += len(found) == people
                swaps += people == 2 and swapped(rows)
            print(f"| {name} | {right} | {swaps if 'passing' in name else '-'} |", flush=True)


if __name__ == "__main__":
    main()

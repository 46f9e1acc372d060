#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""What the program writes about smiles: a smile that lasts to the end has an end.

usage: results.py SMILECAM MODEL
"""
import base64
import csv
import io
import json
import os
import re
import subprocess
import sys
import tempfile
from datetime import datetime
from xml.etree import ElementTree

from typed import expect, read, run

SECONDS = 4  # the demo face smiles from the second one on


def events_of(text):
    """Without the first line, which says where they come from."""
    first, *events = [json.loads(line) for line in text.splitlines()]
    known = ["v", "t", "event", "version", "model", "model_sha256", "threshold", "source", "rate"]
    if list(first) != known or first["event"] != "session" or len(first["model_sha256"]) != 64 or first["threshold"] != 0.5:
        sys.exit(f"the first line does not say where the events come from: {first}")
    return events


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


def seconds(text):
    hours, minutes, rest = text.replace(",", ".").split(":")
    return 3600 * int(hours) + 60 * int(minutes) + float(rest)


def near(got, wanted):
    return len(got) == len(wanted) and all(abs(a - b) < 0.0021 for x, y in zip(got, wanted) for a, b in zip(x, y))


def spans_of_eaf(path):
    """Also checks what ELAN's schema asks for: each reference has its target, every required attribute is there."""
    root = ElementTree.parse(path).getroot()
    expect([child.tag for child in root if child.tag != "TIER"] == ["HEADER", "TIME_ORDER", "LINGUISTIC_TYPE"], "the parts of an EAF file")
    expect(all(root.get(name) for name in ("AUTHOR", "DATE", "VERSION", "FORMAT")), "whose root says who made it and when")
    media = root.find("HEADER/MEDIA_DESCRIPTOR")
    expect(media.get("MEDIA_URL").startswith("file:///") and media.get("MIME_TYPE"), "it names the video")
    slots = {slot.get("TIME_SLOT_ID"): int(slot.get("TIME_VALUE")) / 1000 for slot in root.iter("TIME_SLOT")}
    types = {kind.get("LINGUISTIC_TYPE_ID") for kind in root.iter("LINGUISTIC_TYPE")}
    spans, ids = [], set()
    for tier in root.iter("TIER"):
        expect(tier.get("TIER_ID") and tier.get("LINGUISTIC_TYPE_REF") in types, "a tier has a name and a known type")
        for annotation in tier.iter("ALIGNABLE_ANNOTATION"):
            ids.add(annotation.get("ANNOTATION_ID"))
            spans.append((slots[annotation.get("TIME_SLOT_REF1")], slots[annotation.get("TIME_SLOT_REF2")]))
    expect(len(ids) == len(spans), "annotations have identifiers of their own")
    return spans


def spans_of_textgrid(path, end):
    """Intervals must follow one another without a gap from xmin to xmax in every tier."""
    with open(path, encoding="utf-8") as lines:
        text = lines.read()
    expect(text.startswith('File type = "ooTextFile"\nObject class = "TextGrid"\n'), "a TextGrid")
    spans = []
    for tier in text.split("    item [")[1:]:
        found = re.findall(r'xmin = ([\d.]+)\s+xmax = ([\d.]+)\s+text = "(.*)"', tier)
        count = int(re.search(r"intervals: size = (\d+)", tier).group(1))
        times = [(float(a), float(b)) for a, b, _ in found]
        expect(count == len(found) and times[0][0] == 0 and abs(times[-1][1] - end) < 0.001, "a tier is whole")
        expect(all(a[1] == b[0] for a, b in zip(times, times[1:])) and all(a < b for a, b in times), "without gaps")
        spans += [times[i] for i, (_, _, words) in enumerate(found) if words == "smile"]
    return spans


def exports_agree(smilecam):
    """Every export has the smiles that the events tell of."""
    run(smilecam, "live", "--source", "demo", "--headless", "--width", "320", "--height", "240", "--duration", "9.5",
        "--record", 'two "smiles", <&>.mkv')
    film = 'two "smiles", <&>.mkv'
    events = events_of(run(smilecam, "annotate", film, "--events", "-", "--summary", "s.csv", "--intervals", "i.csv", "--vtt",
                           "v.vtt", "--srt", "s.srt", "--eaf", "e.eaf", "--textgrid", "t.TextGrid").stdout)
    said = run(smilecam, "annotate", film, "--events", "again.jsonl").stderr
    expect(re.search(r"1 face: seen for 9\.\d s, 2 smiles, 4\.\d s \(\d\d %\); longest 3\.\d s, first at 2\.\d s", said), "annotate sums up")
    starts = [event["t"] for event in events if event["event"] == "smile_start"]
    ends = [event for event in events if event["event"] == "smile_end"]
    wanted = [(start, end["t"]) for start, end in zip(starts, ends)]
    expect(len(wanted) == 2, f"two smiles: {wanted}")
    with open("i.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    expect(near([(float(row["start"]), float(row["end"])) for row in rows], wanted), "the table of smiles has them")
    with open("i.csv.meta.json", encoding="utf-8") as file:
        meta = json.load(file)
    shared = ("v", "version", "model", "model_sha256", "threshold", "source", "rate")
    events_first = json.loads(read("again.jsonl").splitlines()[0])
    expect(all(meta[key] == events_first[key] for key in shared), "beside it is what the first event says")
    expect(set(meta) == set(shared), "a film without a date has no start")
    expect(all(row["video"] == film for row in rows) and [row["cut"] for row in rows] == ["0", "1"], "their video, and what was cut")
    expect(all(float(row["mean"]) <= float(row["peak"]) == end["peak"] for row, end in zip(rows, ends)), "mean and peak")
    for path, point in (("v.vtt", "."), ("s.srt", ",")):
        with open(path, encoding="utf-8") as lines:
            text = lines.read()
        cues = re.findall(r"(\d\d:\d\d:\d\d[.,]\d{3}) --> (\d\d:\d\d:\d\d[.,]\d{3})\nface 1 smiles\n", text)
        expect(near([(seconds(a), seconds(b)) for a, b in cues], wanted), f"{path} has them")
        expect(all(point in a for a, _ in cues) and (path != "v.vtt" or text.startswith("WEBVTT\n")), "as its format wants it")
    expect(near(spans_of_eaf("e.eaf"), wanted), "ELAN's file has them")
    expect(near(spans_of_textgrid("t.TextGrid", events[-1]["t"]), wanted), "Praat's file has them")
    with open("s.csv", encoding="utf-8", newline="") as file:
        everyone, face = list(csv.DictReader(file))
    length = sum(end["duration"] for end in ends)
    expect(everyone["face"] == "all" and face["face"] == "1" and face["smiles"] == "2", "the summary has a row for all and for each face")
    expect(abs(float(face["smiling"]) - length) < 0.005 and abs(float(face["first"]) - starts[0]) < 0.002, "with its times")
    expect(abs(float(face["share"]) - length / float(face["seen"])) < 0.001, "and the share of the time seen")
    run(smilecam, "live", film, "--headless", "--summary", "s.json")
    with open("s.json", encoding="utf-8") as file:
        summary = json.load(file)
    expect(summary["video"] == film and summary["all"]["smiles"] == 2 and len(summary["model_sha256"]) == 64, "also from live, as JSON")
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", film, "-c", "copy", "-metadata",
                    "creation_time=2024-02-29T12:34:56.5Z", "dated.mkv"], check=True)
    run(smilecam, "annotate", "dated.mkv", "--csv", "dated.csv", "--events", "dated.jsonl")
    date = datetime.fromisoformat("2024-02-29T12:34:56.500+00:00")
    with open("dated.csv.meta.json", encoding="utf-8") as file:
        expect(datetime.fromisoformat(json.load(file)["start"]) == date, "when a file was recorded")
    expect(datetime.fromisoformat(json.loads(read("dated.jsonl").splitlines()[0])["start"]) == date, "is told by events, too")
    run(smilecam, "live", "--source", "demo.mkv", "--headless", "--csv", "/dev/null")
    expect(not os.path.exists("/dev/null.meta.json"), "nothing is written beside a device")
    run(smilecam, "annotate", "demo.mkv", "--min-face", "239", "--summary", "none.csv", "--eaf", "none.eaf", "--textgrid", "none.TextGrid")
    with open("none.csv", encoding="utf-8", newline="") as file:
        (nobody,) = csv.DictReader(file)
    expect(nobody["share"] == nobody["first"] == nobody["peak"] == "", "with nobody there, nothing is made up")
    expect(not spans_of_eaf("none.eaf"), "nor in ELAN's file")


def sums_up_batches(smilecam, film):
    """One table for all videos, to which later ones are added."""
    run(smilecam, "annotate", "demo.mkv", film, "--summary", "all.csv", "-j", "2")
    with open("all.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    expect(sorted((row["video"], row["face"]) for row in rows) == sorted((name, face) for name in ("demo.mkv", film) for face in ("all", "1")),
           "one table has the rows of all videos, and one header")
    os.link("demo.mkv", "other.mkv")
    said = run(smilecam, "annotate", "demo.mkv", "other.mkv", film, "--summary", "all.csv").stderr
    expect("1 annotated, 2 already there" in said, "those that have rows are done")
    expect(len(read("all.csv").splitlines()) == 7, "and a new one is added")
    run(smilecam, "annotate", "demo.mkv", film, "--summary", "all.json", "--events", "events2")
    run(smilecam, "annotate", "demo.mkv", film, "--summary", "all.json")
    with open("all.json", encoding="utf-8") as lines:
        expect(sorted(json.loads(line)["video"] for line in lines) == sorted(("demo.mkv", film)), "as JSON, a line for each video")
    expect(not [name for name in os.listdir(".") if ".part" in name], "nothing is left over")


def reports_are_whole(smilecam):
    """The page of a video needs nothing else, and shows each smile."""
    film = 'two "smiles", <&>.mkv'
    run(smilecam, "annotate", film, "--report", "page", "--events", "with.jsonl")
    run(smilecam, "annotate", film, "--events", "without.jsonl")
    expect(read("with.jsonl") == read("without.jsonl"), "a report changes no event")
    page = read("page/index.html").decode()
    expect(os.listdir("page") == ["index.html"] and "http" not in page, "one file, which needs nothing else")
    expect("two &quot;smiles&quot;, &lt;&amp;&gt;.mkv" in page, "names are escaped")
    expect(page.count("<svg") == page.count("</svg>") == 1 and page.count("<rect class='dot'") == 2, "a block for each smile")
    expect(page.count("data:image/jpeg;base64,") == 2 and "2. face 1" in page and "cut off" in page, "and a still")
    still = base64.b64decode(re.search(r"base64,([^']+)'", page).group(1))
    means = subprocess.run(["convert", "jpg:-", "-scale", "1x1!", "-depth", "8", "txt:-"], input=still, capture_output=True, check=False)
    if means.returncode == 0:
        red, green, blue = map(int, re.search(rb"\((\d+),(\d+),(\d+)", means.stdout).groups())
        expect(red > green > blue, f"in the colours of a face: {red}, {green}, {blue}")
    run(smilecam, "annotate", "demo.mkv", film, "--report", "pages", "--events", "events")
    expect(all(os.path.exists(f"pages/{name}/index.html") for name in ("demo", film[:-4])), "a batch has a page for each video")
    sums_up_batches(smilecam, film)
    again = run(smilecam, "annotate", "demo.mkv", film, "--report", "pages", "--events", "events").stderr
    expect("0 annotated, 2 already there" in again, "which is made once")


def fails_in_a_sentence(smilecam):
    """Where there was no frame, there is nothing to write at the end."""
    with open("bad.onnx", "w", encoding="utf-8") as out:
        out.write("no model")
    outputs = ("--summary", "bad.csv", "--eaf", "bad.eaf", "--vtt", "bad.vtt", "--report", "bad", "--events", "bad.jsonl")
    for command in (("annotate", "demo.mkv"), ("live", "demo.mkv", "--headless")):
        failed = run(smilecam, *command, "--model", "bad.onnx", *outputs, code=1)
        expect("bad.onnx: not an ONNX model" in failed.stderr and not read("bad.csv"), f"{command[0]} without a model ends in a sentence")


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
        exports_agree(smilecam)
        reports_are_whole(smilecam)
        fails_in_a_sentence(smilecam)


main()

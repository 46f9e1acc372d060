#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""Reads every #include of the product and of the tests.

A file may include files of its own room and of rooms above it in CONTRIBUTING.md's table of rooms, which is the one
list of the order; vision takes only core/base and core/image. Includes are written from the root of the tree. Within a
room no files may include one another in a circle, NAME.c, NAME.h and NAME_private.h counting as one, and no other room
includes NAME_private.h.

usage: rooms.py [ROOT]
"""
import os
import re
import sys

ROOT = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), ".."))
VISION_TAKES = {"core/base", "core/image"}
GENERATED = {"core/onnx/onnx.pb-c.h": "core/onnx", "app/commit.h": "app"}


def order_of_rooms():
    with open(os.path.join(ROOT, "CONTRIBUTING.md"), encoding="utf-8") as text:
        return re.findall(r"^\| `((?:core|vision|app)(?:/[a-z]+)*)/` \|", text.read(), re.M)


def sources(top):
    for folder, _, names in os.walk(os.path.join(ROOT, top)):
        for name in sorted(names):
            if re.search(r"\.(c|h|cpp|hpp|h\.in)$", name):
                yield os.path.relpath(os.path.join(folder, name), ROOT)


def includes(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as text:
        return re.findall(r'^\s*#\s*include\s+"([^"]+)"', text.read(), re.M)


def room_of(path, rooms):
    """The deepest room that a file lies in; app/main.c and its neighbours stand in app itself, after all rooms."""
    folder = os.path.dirname(path)
    while folder and folder not in rooms:
        folder = os.path.dirname(folder)
    return folder or os.path.dirname(path)


def unit_of(path):
    return re.sub(r"(_private)?\.[a-z.]+$", "", path)


def circles(graph):
    """Strongly connected components of more than one file (Tarjan 1972)."""
    index, low, stack, found = {}, {}, [], []

    def visit(v):
        index[v] = low[v] = len(index)
        stack.append(v)
        for w in sorted(graph.get(v, ())):
            if w not in index:
                visit(w)
                low[v] = min(low[v], low[w])
            elif w in stack:
                low[v] = min(low[v], index[w])
        if low[v] == index[v]:
            at = stack.index(v)
            if len(stack) - at > 1:
                found.append(sorted(stack[at:]))
            del stack[at:]

    for v in sorted(graph):
        if v not in index:
            visit(v)
    return found


def main():
    rooms = order_of_rooms()
    place = {room: i for i, room in enumerate(rooms)}
    faults, graph, n = [], {}, 0
    for top in ("core", "vision", "app", "tests", "examples"):
        for path in sources(top):
            product = top in ("core", "vision", "app")
            here = room_of(path, place)
            if product and here not in place and here != "app":
                faults.append(f"{path}: its room {here} is not in CONTRIBUTING.md's table")
            unit = unit_of(path)
            for name in includes(path):
                n += 1
                if name not in GENERATED and not os.path.isfile(os.path.join(ROOT, name)):
                    faults.append(f'{path} includes "{name}": write the path from the root of the tree')
                    continue
                if not product:
                    continue
                there = GENERATED.get(name) or room_of(name, place)
                if name.endswith("_private.h") and there != here:
                    faults.append(f"{path} includes {name}, which is private to {there}")
                elif there.startswith("tests"):
                    faults.append(f"{path} includes {name}: the product takes nothing from the tests")
                elif there == here:
                    other = unit_of(name)
                    if other != unit:
                        graph.setdefault(unit, set()).add(other)
                elif here in place and place.get(there, len(rooms)) > place[here]:
                    faults.append(f"{path} includes {name}: {here} stands before {there}")
                elif top == "vision" and there not in VISION_TAKES:
                    faults.append(f"{path} includes {name}: vision takes only {' and '.join(sorted(VISION_TAKES))}")
    faults += [f"these include one another in a circle: {', '.join(circle)}" for circle in circles(graph)]
    if len(rooms) < 10 or n < 100:
        faults.append(f"read only {len(rooms)} rooms and {n} includes: is {ROOT} the tree?")
    print("\n".join(faults) or f"{n} includes, {len(rooms)} rooms: all in order")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

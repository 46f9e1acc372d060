#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""Checks that what documents refer to exists: links, headings and `paths/in/backticks` of each .md file, and documents
that sources name (docs/kiosk.md).

usage: links.py [ROOT]
"""
import glob
import os
import re
import sys

ROOT = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), ".."))
TOP = ("app", "core", "data", "debian", "docs", "examples", "models", "po", "tests", "vision")


def files(*endings):
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if not name.startswith(("build", "."))]
        yield from (os.path.join(folder, name) for name in sorted(names) if name.endswith(endings))


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def anchors(path):
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", read(path), flags=re.M | re.S), re.M)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]


def faults_of(path):
    text = re.sub(r"^```.*?^```", "", read(path), flags=re.M | re.S)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        name, _, anchor = link.partition("#")
        target = os.path.normpath(os.path.join(os.path.dirname(path), name)) if name else path
        if "://" not in link and not os.path.exists(target):
            yield f"links to {link}, which does not exist"
        elif "://" not in link and anchor and anchor not in anchors(target):
            yield f"links to {link}, which has no such heading"
    for name in re.findall(r"`([\w.]+/[\w./*-]+)[^`]*`", text):
        if name.split("/")[0] in TOP and "NAME" not in name and not glob.glob(os.path.join(ROOT, name)):
            yield f"names {name}, which does not exist"


def main():
    documents = list(files(".md"))
    faults = [f"{os.path.relpath(path, ROOT)} {fault}" for path in documents for fault in faults_of(path)]
    for path in files(".c", ".h", ".cpp", ".hpp", ".py", ".sh", ".in"):
        for name in re.findall(r"\b(?:docs|models)/\w+\.md\b", read(path)):
            if not os.path.exists(os.path.join(ROOT, name)):
                faults.append(f"{os.path.relpath(path, ROOT)} names {name}, which does not exist")
    print("\n".join(faults) or f"{len(documents)} documents: every link leads somewhere")
    return 1 if faults or len(documents) < 10 else 0


if __name__ == "__main__":
    sys.exit(main())

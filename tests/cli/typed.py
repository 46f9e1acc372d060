# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The smilecam authors
"""What tests that type commands share."""
import subprocess
import sys


def run(*command, code=0):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if result.returncode != code:
        sys.exit(f"{' '.join(command)}: exit code {result.returncode} instead of {code}\n{result.stderr}")
    return result


def expect(condition, what):
    print(("ok: " if condition else "FAILED: ") + what)
    if not condition:
        sys.exit(1)


def read(path):
    with open(path, "rb") as file:
        return file.read()

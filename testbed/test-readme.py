#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0
"""Types the commands of README's first example into the shell of "make vm", and compares what its console shows with what
README shows, character by character. Prints a line per case.
"""

import difflib
import os
import pathlib
import re
import select
import subprocess
import sys

TESTBED = pathlib.Path(__file__).resolve().parent
PROMPT = "# "
# What a line editor sends to a terminal besides text.
CONTROL = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|\r")
# Seconds without a character, which only a bug exceeds: the module and the tool may be built first.
PATIENCE = 600


def example():
    """The lines of the indented block that begins with a prompt."""
    page = (TESTBED.parent / "README.md").read_text()
    found = re.search(r"^    # (?:.*\n    )*.*\n", page, re.MULTILINE)
    return [line[4:] for line in found[0].splitlines()]


class Console:
    """The console of make vm. What it has shown since the first prompt is in "shown"."""

    def __init__(self):
        self.machine = subprocess.Popen([TESTBED / "vm.sh"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.shown = ""
        self.wait()
        self.shown = PROMPT

    def wait(self):
        """Waits for a prompt."""
        new = b""
        while not (text := CONTROL.sub(b"", new).decode(errors="replace")).endswith("\n" + PROMPT):
            if not select.select([self.machine.stdout], [], [], PATIENCE)[0]:
                sys.exit(f"the console stays silent after:\n{self.shown}{text}")
            if not (read := os.read(self.machine.stdout.fileno(), 4096)):
                sys.exit(f"the console ends with:\n{self.shown}{text}")
            new += read
        self.shown += text

    def type(self, line):
        self.machine.stdin.write(line.encode() + b"\n")
        self.machine.stdin.flush()

    def leave(self):
        self.type("exit")
        self.machine.stdout.read()
        return self.machine.wait()


def main():
    expected = example()
    commands = [line.removeprefix(PROMPT) for line in expected if line.startswith(PROMPT)]
    console = Console()
    for command in commands:
        console.type(command)
        console.wait()
    difference = list(difflib.unified_diff(expected, console.shown.removesuffix("\n" + PROMPT).splitlines(),
                                           "README.md", "console", lineterm=""))
    for line in difference:
        print(f"    | {line}")
    print(f"{'not ok' if difference else 'ok'} readme: the first example, {len(commands)} commands, shows what README shows")
    print(f"{'not ok' if console.leave() else 'ok'} readme: exit ends the VM")


if __name__ == "__main__":
    main()

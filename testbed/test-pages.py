#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0
"""Does what the pages say: saves their programs, runs their commands, and compares what is printed with what they show, character
by character. Prints a line per page.

    test-pages.py [PAGE...]         from the top of the tree; those of PAGES by default

A block whose first line begins with "$ " or "# " is a session: "$ " is a command on this machine, at the top of the tree; "# " is one
in the shell of "make vm", in a machine that the page starts by a command "make vm", or in one without files of its own. Other
blocks are not run. A block behind "`build/NAME`:" is a program, which is saved there. KERNEL is passed to "make vm".
"""

import difflib
import os
import pathlib
import re
import select
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGES = ("README.md", "docs/tutorial.md", "docs/operating.md", "docs/samples.md")
HERE, THERE = "$ ", "# "
BLOCK = re.compile(r"(?:`(?P<file>build/[\w.]+)`:\n\n)?^(?:```.*\n(?P<fenced>(?:.*\n)*?)```$|(?P<indented>    .*\n(?:    .*\n|\n(?=    ))*))",
                   re.MULTILINE)
# What a line editor sends to a terminal besides text.
CONTROL = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|\r")
# Seconds without a character, which only a bug exceeds: the module and the tool may be built first.
PATIENCE = 600
# make must not see what a make that runs this has told it.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}


class Console:
    """The console of make vm."""

    def __init__(self, command):
        self.machine = subprocess.Popen(command, shell=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=ENVIRONMENT)
        self.wait()
        self.type("stty cols 1000")     # the line editor must not wrap
        self.wait()

    def wait(self):
        """Waits for a prompt, and returns what the console has shown before it."""
        new = b""
        while not (text := CONTROL.sub(b"", new).decode(errors="replace")).endswith("\n" + THERE):
            if not select.select([self.machine.stdout], [], [], PATIENCE)[0]:
                sys.exit(f"the console stays silent after:\n{text}")
            if not (read := os.read(self.machine.stdout.fileno(), 4096)):
                sys.exit(f"the console ends with:\n{text}")
            new += read
        return text.removesuffix(THERE)

    def type(self, line):
        self.machine.stdin.write(line.encode() + b"\n")
        self.machine.stdin.flush()

    def leave(self):
        self.type("exit")
        self.machine.stdout.read()
        return self.machine.wait()


class Machines:
    """This machine and, once a page needs it, the VM."""

    def __init__(self):
        self.console = None
        self.status = 0

    def start(self, command):
        self.leave()
        self.console = Console(command)

    def leave(self):
        if self.console:
            self.status |= self.console.leave()
        self.console = None

    def run(self, line):
        """Runs a line of a session that begins with a prompt, and returns what is shown, the line included."""
        prompt, command = line[:2], line[2:]
        if prompt == HERE and re.match("make vm( |$)", command):
            self.start(command)
            return line + "\n"
        if prompt == HERE:
            done = subprocess.run(["bash", "-c", command], cwd=ROOT, env=ENVIRONMENT, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            return line + "\n" + done.stdout
        if command == "exit":
            self.leave()
            return line + "\n"
        if not self.console:
            self.start("make vm")
        self.console.type(command)
        return THERE + self.console.wait()


def blocks(text):
    """The files and the sessions of a page: pairs of a file's name, or None, and text."""
    for found in BLOCK.finditer(text):
        block = found["fenced"] if found["indented"] is None else re.sub(r"^    ", "", found["indented"], flags=re.MULTILINE)
        if found["file"] or block.startswith((HERE, THERE)):
            yield found["file"], block.rstrip("\n") + "\n"


def try_page(page):
    machines = Machines()
    commands = 0
    expected = shown = ""
    for file, block in blocks((ROOT / page).read_text()):
        if file:
            (ROOT / "build").mkdir(exist_ok=True)
            (ROOT / file).write_text(block)
            continue
        expected += block
        for line in block.splitlines():
            if line.startswith((HERE, THERE)):
                commands += 1
                shown += machines.run(line)
    machines.leave()
    difference = list(difflib.unified_diff(expected.splitlines(), shown.splitlines(), page, "shown", lineterm=""))
    for line in difference:
        print(f"    | {line}")
    print(f"{'not ok' if difference or not commands else 'ok'} pages: {page}: {commands} commands show what the page shows")
    print(f"{'not ok' if machines.status else 'ok'} pages: {page}: exit ends the VM", flush=True)


def main():
    for page in sys.argv[1:] or PAGES:
        try_page(page)


if __name__ == "__main__":
    main()

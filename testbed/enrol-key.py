#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0
"""Sits before a machine whose firmware shows the MOK manager, since "mokutil --import" ran there, and confirms that the key
is to be enrolled. The machine ends when the MOK manager restarts it.

    enrol-key.py PASSWORD COMMAND...    the command is the machine, with its console as standard input and output
"""

import os
import re
import select
import subprocess
import sys

ENTER = b"\r"
DOWN = b"\x1b[B"
# Seconds without a character after which a screen is complete, and after which there is none.
PAUSE, PATIENCE = 2, 120
CONTROL = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")


def steps(password):
    """What a screen shows, and what is typed then: the second line of each menu is the one that leads on."""
    return [
        ("Press any key to perform MOK management", ENTER),
        ("Enroll MOK", DOWN + ENTER),
        ("View key 0", DOWN + ENTER),
        ("Enroll the key", DOWN + ENTER),
        ("Password:", password.encode() + ENTER),
        ("Reboot", ENTER),
    ]


def read(machine, seconds):
    """What the console shows within this time; nothing at its end."""
    if not select.select([machine.stdout], [], [], seconds)[0]:
        return None
    shown = os.read(machine.stdout.fileno(), 4096)
    sys.stdout.buffer.write(shown)
    return shown


def wait_for(machine, text):
    """Waits for a text. The first screen counts seconds; any other is complete when the console is silent."""
    shown = b""
    while text.encode() not in CONTROL.sub(b"", shown):
        if not (more := read(machine, PATIENCE)):
            sys.exit(f"\nthe machine does not show: {text}")
        shown += more
    while "any key" not in text and read(machine, PAUSE):
        pass


def enrol(machine, password):
    """Goes through all steps, to the end of the machine. Returns its status."""
    for text, keys in steps(password):
        wait_for(machine, text)
        machine.stdin.write(keys)
        machine.stdin.flush()
    while read(machine, PATIENCE):
        pass
    return machine.wait(PATIENCE)


def main():
    machine = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        sys.exit(enrol(machine, sys.argv[1]))
    finally:
        machine.terminate()


if __name__ == "__main__":
    main()

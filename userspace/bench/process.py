# SPDX-License-Identifier: GPL-2.0
"""The measured processes, one for each kind of table (see main.c)."""

import contextlib
import json
import subprocess
import sys

from plan import GO_RIVALS, PEERS


class Process:
    """Sleeps until it gets a command."""

    def __init__(self, directory, peer):
        self.peer = peer
        program = "go-native" if peer in GO_RIVALS else "native"
        self.process = subprocess.Popen([f"{directory}/{program}", peer], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    @property
    def pid(self):
        return self.process.pid

    def tell(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"{self.peer} died at: {command}")
        return json.loads(answer)

    def end(self):
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def processes(directory, peers=PEERS):
    """A new process for each of the peers."""
    started = []
    try:
        for peer in peers:
            started.append(Process(directory, peer))
        yield started
    finally:
        for process in started:
            process.end()


def in_turn(started, rounds):
    """Rounds of all processes. Each round starts with another process."""
    for number in range(rounds):
        first = number % len(started)
        yield started[first:] + started[:first]

# SPDX-License-Identifier: GPL-2.0
"""CPU time of other processes during a measurement, which makes figures less reliable."""

import os


def busy_ticks():
    """Ticks of all CPUs in use by any process, stolen time included."""
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, _idle, _waiting, irq, softirq, stolen = map(int, file.readline().split()[1:9])
    return user + nice + system + irq + softirq + stolen


def own_ticks(processes):
    ticks = 0
    for process in processes:
        with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
            ticks += sum(map(int, file.read().rpartition(")")[2].split()[11:13]))
    return ticks


class Others:
    """The share of the CPUs that other processes have used since the object was created."""

    def __init__(self, processes):
        self.processes = processes
        self.began = self.look()

    def look(self):
        return busy_ticks() - own_ticks(self.processes), os.times().elapsed

    def share(self):
        (ticks_before, before), (ticks, now) = self.began, self.look()
        available = (now - before) * os.sysconf("SC_CLK_TCK") * os.cpu_count()
        return max(0.0, (ticks - ticks_before) / available)

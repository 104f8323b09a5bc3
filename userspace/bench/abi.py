# SPDX-License-Identifier: GPL-2.0
"""abi.py FORM OUT ROOT REPORT ACCELERATOR: the report of the bench of system calls.

REPORT is the output of the guest. Prints tables, and writes abi.json to OUT. ROOT is the tree that was measured.
"""

import json
import sys
import textwrap

import compare
import charts
import figures
from machine import describe
from plan import MILLION
from report import show_goals

HOW = (
    "Keys and values of 8 bytes, in a VM with Debian's kernel 6.12 and two CPUs. A program without libraries calls ioctl(2) on "
    "bucketmap and bpf(2) on BPF_MAP_TYPE_HASH, in turns; processes are pinned and start together; figures are the median "
    "of 512 slices of at least 64 operations per process, then of the rounds. hit, miss: lookups of random keys; overwrite: values "
    "of random entries; churn: removes a random entry and inserts the one removed the longest time ago, which count as two; "
    "WORKLOAD/N: in batches of N entries, per entry; walk: over all entries (SCAN; BPF_MAP_LOOKUP_BATCH: BPF cannot look up "
    "given keys in batches). mapped: bucketmap with xxh64, read by the "
    "library through a mapping. lmdb: LMDB, read through a mapping, a transaction for each lookup. Memory: as INFO reports it while "
    "a bucketmap grows; BPF: memlock of a map created for just that many entries, since it cannot grow.")

BASE = "bpf"
MAPPED = "mapped"
OURS = ("bucketmap-xxh64", "bucketmap-siphash")
PROCESSES = (1, 2)
SINGLE = ("hit", "miss", "overwrite", "churn")
# bucketmap's, and BPF's that it is compared with.
BATCHES = (("hit/1024", "walk/1024"), ("overwrite/1024", "overwrite/1024"), ("walk/1024", "walk/1024"))


def goals(results):
    for processes in PROCESSES:
        medians = figures.medians(results["times"], MILLION, processes)
        for ours in OURS:
            for workload in SINGLE:
                yield figures.goal(f"{ours}, {workload}, {processes} processes", BASE,
                                   medians[workload, ours] / medians[workload, BASE], 1)
            for workload, against in BATCHES:
                yield figures.goal(f"{ours}, {workload}, {processes} processes", f"{BASE}'s {against}",
                                   medians[workload, ours] / medians[against, BASE], 0.4)
        for against in (BASE, OURS[0]):
            yield figures.goal(f"{MAPPED}, hit, {processes} processes", against,
                               medians["hit", MAPPED] / medians["hit", against], 1 / 8)
        yield figures.goal(f"{MAPPED}, hit, {processes} processes", "lmdb",
                           medians["hit", MAPPED] / medians["hit", "lmdb"], 1 / 3)
    averages = figures.averages(results["memory"])
    yield figures.goal("bytes per entry, 1 K to 4 M", BASE, averages[OURS[0]] / averages[BASE], 0.6)


def show(results):
    print(f"bucketmap, bench of system calls, {results['form']} form, {results['machine']['date']}, {results['machine']['cpu']}, "
          f"VM by {results['accelerator']}\n")
    print(textwrap.fill(HOW, 118, initial_indent="   ", subsequent_indent="   "))
    compare.show_times(results["times"], BASE, "processes")
    compare.show_memory(results["memory"])
    show_goals(results["goals"])


def main(form, out, root, report, accelerator):
    found = figures.read(report)
    results = {"form": form, "machine": describe(root), "accelerator": accelerator, "how": HOW,
               "times": figures.times(found), "memory": figures.memory(found)}
    results["goals"] = list(goals(results))
    with open(f"{out}/abi.json", "w", encoding="utf-8") as file:
        json.dump(results, file, indent=1)
        file.write("\n")
    show(results)
    charts.draw_abi(out, results)


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    main(*sys.argv[1:])

# SPDX-License-Identifier: GPL-2.0
"""kernel.py FORM OUT ROOT ACCELERATOR UML VM: the report of the kernel bench.

UML and VM are the outputs of the guests, ACCELERATOR is that of the VM.
Prints tables, and writes kernel.json to OUT. ROOT is the tree that was measured.
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
    "Keys and values of 8 bytes. bucketmap and rhashtable (jhash2, automatic shrinking, objects of 24 bytes from kmalloc, freed by "
    "kfree_rcu_mightsleep) are called by one kernel module, in turns. Threads are pinned and start together; figures "
    "are the median of 128 slices of 512 operations per thread, then of the rounds. hit, miss: lookups of random keys; overwrite: "
    "values of random entries; insert: new keys, with free slots for them; churn: removes a random entry and inserts the one removed the "
    "longest time ago, which count as two; grow: inserts into an empty table, all of its time. Memory: tables, records and locks as "
    "bucketmap counts them; rhashtable's bucket tables and objects as allocated; during growth, resizes included.")

MACHINES = {"uml": "User-mode Linux, one CPU, native code", "vm": "VM, Debian's kernel 6.12, two CPUs"}
BASE = "rhashtable"
LIMITS = {"bucketmap-xxh64": (0.45, 0.5), "bucketmap-siphash": (0.65, 0.65)}


def goals(results):
    medians = figures.medians(results["uml"]["times"], MILLION, 1)
    for ours, (lookup, insert) in LIMITS.items():
        for workload, most in (("hit", lookup), ("miss", lookup), ("insert", insert), ("grow", insert)):
            ratio = medians[workload, ours] / medians[workload, BASE]
            yield figures.goal(f"{ours}, {workload}, 1 M entries, User-mode Linux", BASE, ratio, most)
    for machine in MACHINES:
        averages = figures.averages(results[machine]["memory"])
        yield figures.goal(f"bytes per entry, 1 K to 4 M, {machine}", BASE, averages["bucketmap-xxh64"] / averages[BASE], 1)


def show(results):
    print(f"bucketmap, kernel bench, {results['form']} form, {results['machine']['date']}, {results['machine']['cpu']}\n")
    print(textwrap.fill(HOW, 118, initial_indent="   ", subsequent_indent="   "))
    for machine, name in MACHINES.items():
        print(f"\n== {name}")
        compare.show_times(results[machine]["times"], BASE, "threads")
        compare.show_memory(results[machine]["memory"])
    show_goals(results["goals"])


def main(form, out, root, accelerator, *reports):
    results = {"form": form, "machine": describe(root), "accelerator": accelerator, "how": HOW}
    for machine, path in zip(MACHINES, reports):
        found = figures.read(path)
        results[machine] = {"times": figures.times(found), "memory": figures.memory(found)}
    results["goals"] = list(goals(results))
    with open(f"{out}/kernel.json", "w", encoding="utf-8") as file:
        json.dump(results, file, indent=1)
        file.write("\n")
    show(results)
    charts.draw_kernel(out, results)


if __name__ == "__main__":
    if len(sys.argv) != 7:
        sys.exit(__doc__)
    main(*sys.argv[1:])

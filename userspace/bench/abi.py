# SPDX-License-Identifier: GPL-2.0
"""abi.py FORM OUT ROOT ACCELERATOR PLACE=REPORT...: the report of the bench of tables that processes share.

A place is the name of a kernel that a VM ran, or "native"; REPORT is what the program wrote there. Prints tables, and writes
abi.json to OUT. ROOT is the tree that was measured.
"""

import json
import sys
import textwrap

import compare
import charts
import figures
from machine import describe
from plan import MILLION, OURS, OURS_SAFE
from report import show_goals

HOW = (
    "Keys and values of 8 bytes, in VMs with two CPUs and Debian's kernels, and without a VM what needs no module. One program "
    "measures all tables in turns; processes are pinned to a CPU each and start together; figures are the median of the slices of at "
    "least 64 operations, 512 for each process or as many as begin in a quarter of a second, then of the rounds. hit, miss: lookups of "
    "random keys; overwrite: values of random entries; churn: removes a random entry and inserts the one removed the longest time ago, "
    "which count as two; WORKLOAD/N: in batches of N entries, per entry; walk: over all entries. bucketmap: ioctl(2); mapped: bucketmap "
    "with xxh64, read by the library through a mapping; bpf, rhash: BPF_MAP_TYPE_HASH and BPF_MAP_TYPE_RHASH by bpf(2), which cannot "
    "look up given keys in batches, but walks (BPF_MAP_LOOKUP_BATCH); lmdb: LMDB in memory, a transaction for each call; mutex: an array "
    "in shared memory under one robust mutex, which a batch takes once; redis: Redis by hiredis over a Unix socket, batches by MGET and "
    "MSET; memcached: by libmemcached over a Unix socket, batches by multi-get and by sets without answers. The servers run on the same "
    "CPUs. Memory: as INFO reports it while a bucketmap grows; BPF: memlock of a map created for just that many entries, since it "
    "cannot grow.")

BASE = "bpf"
BPF = (BASE, "rhash")
MAPPED = "mapped"
PROCESSES = (1, 2)
SINGLE = ("hit", "miss", "overwrite", "churn")
# bucketmap's, and BPF's that it is compared with.
BATCHES = (("hit/1024", "walk/1024"), ("overwrite/1024", "overwrite/1024"), ("walk/1024", "walk/1024"))
COMPARED = (*((workload, workload, 0.6) for workload in SINGLE), *((*workloads, 0.25) for workloads in BATCHES))


def comparisons():
    """A workload of a table, the same of another one that it is compared with, and the goal."""
    for ours in (OURS, OURS_SAFE):
        for base in BPF:
            for workload, against, most in COMPARED:
                yield (workload, ours), (against, base), most
    for against, most in ((BASE, 1 / 8), (OURS, 1 / 8), ("lmdb", 1 / 3)):
        yield ("hit", MAPPED), ("hit", against), most


def goals(places):
    for place, found in places.items():
        for processes in PROCESSES:
            medians = figures.medians(found["times"], MILLION, processes)
            for ours, other, most in comparisons():
                if ours in medians and other in medians:
                    title, against = f"{ours[1]}, {ours[0]}", other[1] if ours[0] == other[0] else f"{other[1]}'s {other[0]}"
                    yield {**figures.goal(f"{title}, {charts.count(processes, 'process')}, {place}", against,
                                          medians[ours] / medians[other], most), "title": title, "place": place}
        averages = figures.averages(found["memory"])
        if averages:
            title = "bytes per entry, 1 K to 4 M"
            yield {**figures.goal(f"{title}, {place}", BASE, averages[OURS] / averages[BASE], 0.6), "title": title, "place": place}


def left_out(path):
    """Tables that the machine does not have: lines "left out TABLE REASON"."""
    with open(path, encoding="utf-8", errors="replace") as lines:
        return dict(line[len("left out "):].strip().split(" ", 1) for line in lines if line.startswith("left out "))


def read(path):
    found = figures.read(path)
    return {"times": figures.times(found), "memory": figures.memory(found), "left_out": left_out(path)}


def show(results):
    print(f"bucketmap, bench of tables that processes share, {results['form']} form, {results['machine']['date']}, "
          f"{results['machine']['cpu']}, VM by {results['accelerator']}\n")
    print(textwrap.fill(HOW, 118, initial_indent="   ", subsequent_indent="   "))
    for place, found in results["places"].items():
        print(f"\n== {place}")
        for table, reason in found["left_out"].items():
            print(f"\n{table} is left out, as this kernel refuses to make it: {reason}")
        compare.show_times(found["times"], BASE, "processes")
        if found["memory"]:
            compare.show_memory(found["memory"])
    show_goals(results["goals"])


def main(form, out, root, accelerator, *reports):
    places = {place: read(path) for place, _, path in (report.partition("=") for report in reports)}
    results = {"form": form, "machine": describe(root), "accelerator": accelerator, "how": HOW, "places": places,
               "goals": list(goals(places))}
    with open(f"{out}/abi.json", "w", encoding="utf-8") as file:
        json.dump(results, file, indent=1)
        file.write("\n")
    show(results)
    charts.draw_abi(out, results)


if __name__ == "__main__":
    if len(sys.argv) < 6:
        sys.exit(__doc__)
    main(*sys.argv[1:])

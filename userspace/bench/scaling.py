# SPDX-License-Identifier: GPL-2.0
"""scaling.py PROGRAMS OUT ROOT: the native bench by numbers of threads.

Measures each table with 1, 2, 4, ... threads, up to the number of CPUs, with the programs in PROGRAMS; prints tables, and
writes scaling.json to OUT. ROOT is the tree that they were built from.
"""

import json
import os
import sys
from dataclasses import dataclass

import measure
from machine import describe
from plan import BATCH_PEERS, BATCH_READS, MILLION, OURS, OURS_SAFE, READS, RIVALS, thread_counts
from process import processes
from report import NAMES, amount, row, show_goals, spread, title

PEERS = (OURS, OURS_SAFE, *RIVALS)
SIZES = (1000, 100_000, MILLION)
GROWTHS = (1000, 10_000, 100_000, MILLION)

# The threads of "disjoint" write to keys of their own, those of "one" to the same key. Churn has disjoint keys too.
RUNS = (READS, ("50/50", "uniform"), ("0/100", "disjoint"), ("0/100", "one"), ("churn", "uniform"))

# The throughput of two threads that use disjoint keys, over that of one.
TWO_OVER_ONE = 1.9


@dataclass(frozen=True)
class Plan:
    """As plan.Plan, which has more to measure."""

    rounds: int = 3
    seconds: float = 0.1
    warm_up: float = 0.05


def measured(programs, plan):
    results = []
    with processes(programs, PEERS) as started:
        for entries in GROWTHS:
            for threads in thread_counts():
                measure.say(f"growth to {entries} entries, {threads} threads")
                results += measure.measure_growth(started, entries, threads, plan)
    for entries in SIZES:
        results += measure.measure_filled(programs, PEERS, (entries, thread_counts()), plan, RUNS)
    return results


def find(results):
    return {(result["entries"], result["workload"], result["keys"], result["threads"], result["peer"]): result
            for result in results}


def goals(results):
    found = find(results)
    for entries in SIZES:
        for workload, keys in (READS, ("0/100", "disjoint"), ("churn", "uniform")):
            one, two = (found.get((entries, workload, keys, threads, OURS)) for threads in (1, 2))
            if two:
                ratio = two["median"] / one["median"]
                yield {"what": f"{title(workload, keys)}, {amount(entries)} entries, two threads", "against": "one",
                       "is": ratio, "goal": f"at least {TWO_OVER_ONE}", "met": ratio >= TWO_OVER_ONE}


def show(results):
    found = find(results["throughput"])
    cells = [(GROWTHS, "growth", "uniform"), *((SIZES, *run) for run in (*RUNS, BATCH_READS))]
    for sizes, workload, keys in cells:
        peers = [peer for peer in PEERS if (workload, keys) != BATCH_READS or peer in BATCH_PEERS]
        print(f"\n{title(workload, keys)}: million operations per second, ± half the spread\n")
        row("entries, threads", [NAMES.get(peer, peer) for peer in peers])
        for entries in sizes:
            for threads in results["threads"]:
                of_peers = [found[entries, workload, keys, threads, peer] for peer in peers]
                row(f"{amount(entries)}, {threads}", [f"{result['median']:.1f} ±{spread(result):.0f}%" for result in of_peers])
    show_goals(results["goals"])


def main(programs, out, root):
    plan = Plan()
    throughput = measured(programs, plan)
    results = {"rounds": plan.rounds, "machine": describe(root), "threads": thread_counts(), "throughput": throughput,
               "load_after": os.getloadavg()[0], "goals": list(goals(throughput))}
    with open(f"{out}/scaling.json", "w", encoding="utf-8") as file:
        json.dump(results, file, indent=1)
        file.write("\n")
    machine = results["machine"]
    print(f"bucketmap, native bench by threads, {machine['date']}")
    print(f"{machine['cpu']}, {machine['cpus']} CPUs, Linux {machine['kernel']}, {machine['compiler']}; commit {machine['commit']}")
    show(results)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])

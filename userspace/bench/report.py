# SPDX-License-Identifier: GPL-2.0
"""Prints results as text."""

import textwrap

from measure import PERCENTILES, SIZED_OPERATIONS
from plan import (BATCH_PEERS, BATCH_READS, ENTRY_COUNTS, HOW, KEY_SIZES, OURS, PEERS, READS, RUNS, SIZED_PEERS, TITLES,
                  VALUE_SIZES)

WIDTH = 12
NAMES = {"bucketmap-xxh64": "xxh64", "bucketmap-siphash": "siphash", "absl-sharded": "absl"}


def amount(entries):
    for size, unit in ((1_000_000, "M"), (1000, "K")):
        if entries >= size:
            return f"{entries / size:g} {unit}"
    return str(entries)


def measured_with(results, workload):
    """Pairs of entries and threads, in order. Batches have some that other workloads do not have."""
    return dict.fromkeys((result["entries"], result["threads"]) for result in results if result["workload"] == workload)


def recorded(peers, results):
    """Those that the record has: it may be older than a peer."""
    measured = {result["peer"] for result in results}
    return [peer for peer in peers if peer in measured]


def others(results, entries, threads):
    """The largest share in these measurements."""
    share = max(result["cpu_share_of_others"] for result in results
                if (result["entries"], result["threads"]) == (entries, threads))
    return f"other processes used {100 * share:.0f} % of the CPUs"


def title(workload, keys):
    return TITLES.get((workload, keys), f"{workload} {keys}")


def heading(text, how):
    print(f"\n== {text}\n")
    print(textwrap.fill(HOW[how], 118, initial_indent="   ", subsequent_indent="   "))


def columns():
    print(f"{'':27}" + "".join(f"{NAMES.get(peer, peer):>{WIDTH}}" for peer in PEERS))


def row(name, cells):
    print(f"{name:27}" + "".join(f"{cell:>{WIDTH}}" for cell in cells))


def spread(result):
    """Half of the range, in percent of the median."""
    return 50 * (result["max"] - result["min"]) / result["median"]


def throughput_group(results, entries, threads):
    found = {(result["workload"], result["keys"], result["peer"]): result for result in results
             if (result["entries"], result["threads"]) == (entries, threads)}
    print(f"\n{amount(entries)} entries, {threads} threads: million operations per second, ± half the spread; "
          f"below, the ratio to bucketmap with xxh64; {others(results, entries, threads)}\n")
    columns()
    for workload, keys in (*RUNS, ("growth", "uniform")):
        row_of = [found[workload, keys, peer] for peer in PEERS]
        base = found[workload, keys, OURS]["median"]
        row(title(workload, keys), [f"{result['median']:.2f} ±{spread(result):.0f}%" for result in row_of])
        row("", [f"{result['median'] / base:.2f}" for result in row_of])


def show_throughput(results):
    heading("throughput", "throughput")
    for entries, threads in measured_with(results, "growth"):
        throughput_group(results, entries, threads)


def show_batches(results):
    heading("reads in batches", "batches")
    print("\nmillion keys per second, ± half the spread; share of the CPUs that other processes used\n")
    row("", ["", "single", "batches", "ratio", "others"])
    found = {(result["entries"], result["threads"], result["peer"], (result["workload"], result["keys"])): result
             for result in results}
    for entries, threads in measured_with(results, BATCH_READS[0]):
        for peer in BATCH_PEERS:
            single, batches = (found[entries, threads, peer, run] for run in (READS, BATCH_READS))
            row(f"{amount(entries)} entries, {threads} threads",
                [NAMES.get(peer, peer), *(f"{result['median']:.2f} ±{spread(result):.0f}%" for result in (single, batches)),
                 f"{batches['median'] / single['median']:.2f}", f"{100 * batches['cpu_share_of_others']:.0f} %"])


def show_latency(results):
    heading("latency of inserts while a table grows from empty", "latency")
    for entries, threads in dict.fromkeys((result["entries"], result["threads"]) for result in results):
        print(f"\ngrowth to {amount(entries)} entries, {threads} threads: microseconds, median of the rounds; "
              f"{others(results, entries, threads)}\n")
        columns()
        found = {result["peer"]: result for result in results
                 if (result["entries"], result["threads"]) == (entries, threads)}
        for name in PERCENTILES:
            row(name, [f"{found[peer]['insert'][name]['median'] / 1000:.2f}" for peer in PEERS])
        row("max, least of the rounds", [f"{found[peer]['insert']['max']['min'] / 1000:.2f}" for peer in PEERS])
        row("nothing: max", [f"{found[peer]['nothing']['max']['median'] / 1000:.2f}" for peer in PEERS])
        row("nothing: max, least", [f"{found[peer]['nothing']['max']['min'] / 1000:.2f}" for peer in PEERS])
        row("the table's own threads", [f"{found[peer]['own_threads']['median'] / 1000:.0f}" for peer in PEERS])


def show_memory(results):
    heading("memory: bytes per entry", "memory")
    points = [1 << power for power in (10, 14, 17, 20, 22, 24)]
    for kind in ("resident", "counted"):
        of_kind = {result["peer"]: result for result in results if result["kind"] == kind}
        per_entry = {peer: {size["entries"]: size["bytes"] / size["entries"] for size in result["sizes"]}
                     for peer, result in of_kind.items()}
        print(f"\n{kind}\n")
        columns()
        for entries in points:
            if entries in per_entry[OURS]:
                row(f"{entries} entries", [f"{per_entry[peer][entries]:.1f}" if peer in per_entry else "" for peer in PEERS])
        row("average, 1 K to 4 M", [f"{of_kind[peer]['average_bytes_per_entry_to_4M']:.1f}" if peer in of_kind else ""
                                    for peer in PEERS])


def wide_row(name, cells):
    row(name, [f"{cell:>16}" for cell in cells])


def show_sizes(results):
    heading("cost by size of keys and values, and by entries", "sizes")
    print(f"\none thread: ns, ± half the spread; other processes used {100 * results[0]['cpu_share_of_others']:.0f} % of the CPUs")
    found = {(result["key_size"], result["value_size"], result["entries"], result["peer"]):
             [result[name] for name in SIZED_OPERATIONS] for result in results}
    for sizes in (KEY_SIZES, VALUE_SIZES, ENTRY_COUNTS):
        print()
        wide_row("", [NAMES[peer] for peer in SIZED_PEERS for _ in SIZED_OPERATIONS])
        wide_row("key, value, entries", SIZED_OPERATIONS * len(SIZED_PEERS))
        for size in sizes:
            wide_row(f"{size[0]}, {size[1]}, {size[2]}", [f"{result['median']:.1f} ±{spread(result):.0f}%"
                                                       for peer in SIZED_PEERS for result in found[*size, peer]])


def show_goals(found):
    print("\n== goals\n")
    for goal in found:
        print(f"{'met   ' if goal['met'] else 'MISSED'} {goal['what']}: {goal['is']:.2f} of {goal['against']}, "
              f"goal {goal['goal']}")


def show(results):
    machine = results["machine"]
    print(f"bucketmap, native bench, {results['form']} form, {machine['date']}")
    print(f"{machine['cpu']}, {machine['cpus']} CPUs, Linux {machine['kernel']}, {machine['compiler']}")
    print(f"commit {machine['commit']}{' with changes' if machine['modified'] else ''}; "
          f"load average {results['load_before']:.1f} before, {results['load_after']:.1f} after; {results['rounds']} rounds")
    show_throughput(results["throughput"])
    show_batches(results["throughput"])
    show_latency(results["latency"])
    show_memory(results["memory"])
    show_sizes(results["sizes"])
    show_goals(results["goals"])

# SPDX-License-Identifier: GPL-2.0
"""Runs the measurements of a plan. Results are lists and dictionaries, which become the JSON file."""

import math
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict

from others import Others
from plan import (BATCH_PEERS, BATCH_READS, ENTRY_COUNTS, KEY_SIZES, PEERS, READERS, READS, RUNS, SIZED_PEERS, VALUE_SIZES,
                  takes_part)
from process import in_turn, processes

PERCENTILES = ("p50", "p99", "p99.9", "p99.99", "max")
SIZED_OPERATIONS = ("lookup", "store", "delete+insert")


STARTED = time.monotonic()


def say(text):
    print(f"== {time.monotonic() - STARTED:4.0f} s: {text}", file=sys.stderr, flush=True)


def summary(samples):
    return {"median": statistics.median(samples), "min": min(samples), "max": max(samples), "samples": samples}


def rate(process, command):
    """Returns million operations per second."""
    answer = process.tell(command)
    if answer["missed"]:
        sys.exit(f"{process.peer}: {command}: {answer['missed']} operations found the table in a wrong state")
    return answer["operations"] / answer["seconds"] / 1e6


def record(samples, entries, threads, others):
    share = others.share()
    return [{"entries": entries, "threads": threads, "workload": workload, "keys": keys, "peer": peer,
             "unit": "million operations per second", "cpu_share_of_others": share, **summary(values)}
            for (workload, keys, peer), values in samples.items()]


def fill(started, directory, entries):
    with tempfile.NamedTemporaryFile() as ranks:
        subprocess.run([f"{directory}/zipf", str(entries)], stdout=ranks, check=True)
        for process in started:
            process.tell(f"fill {entries} {ranks.name}")


def measure_runs(started, entries, threads, plan, runs):
    samples = defaultdict(list)
    others = Others(started)
    for order in in_turn(started, plan.rounds):
        for process in order:
            process.tell(f"run reads uniform {threads} {plan.warm_up}")
        for workload, keys in (BATCH_READS, *runs):
            for process in order:
                if takes_part(process.peer, (workload, keys)):
                    samples[workload, keys, process.peer].append(
                        rate(process, f"run {workload} {keys} {threads} {plan.seconds}"))
    return record(samples, entries, threads, others)


def measure_filled(directory, peers, size, plan, runs):
    entries, thread_counts = size
    results = []
    with processes(directory, peers) as started:
        say(f"filling tables with {entries} entries")
        fill(started, directory, entries)
        for threads in thread_counts:
            say(f"workloads on {entries} entries, {threads} threads")
            results += measure_runs(started, entries, threads, plan, runs)
    return results


def measure_growth(started, entries, threads, plan):
    samples = defaultdict(list)
    others = Others(started)
    for order in in_turn(started, plan.rounds):
        for process in order:
            samples["growth", "uniform", process.peer].append(
                rate(process, f"grow {entries} {threads} {plan.seconds}"))
    return record(samples, entries, threads, others)


def throughput(directory, plan):
    results = []
    for entries, thread_counts in plan.sizes:
        with processes(directory) as started:
            for threads in thread_counts:
                say(f"growth to {entries} entries, {threads} threads")
                results += measure_growth(started, entries, threads, plan)
        results += measure_filled(directory, PEERS + READERS, (entries, thread_counts), plan, RUNS)
    for size in plan.batch_sizes:
        results += measure_filled(directory, BATCH_PEERS, size, plan, (READS,))
    return results


def summarize_latency(answers):
    return {"own_threads": summary([answer.get("others_ns", math.nan) for answer in answers]),
            **{kind: {name: summary([answer[kind][name] for answer in answers]) for name in PERCENTILES}
               for kind in ("insert", "nothing")}}


def latency(directory, plan):
    results = []
    for entries, thread_counts in plan.latencies:
        for threads in thread_counts:
            say(f"latency of inserts while growing to {entries} entries, {threads} threads")
            answers = defaultdict(list)
            with processes(directory) as started:
                others = Others(started)
                for order in in_turn(started, plan.latency_rounds):
                    for process in order:
                        answers[process.peer].append(process.tell(f"latency {entries} {threads}"))
                share = others.share()
            results += [{"entries": entries, "threads": threads, "peer": peer, "unit": "ns", "cpu_share_of_others": share,
                         **summarize_latency(answers[peer])} for peer in PEERS]
    return results


def average_per_entry(sizes, up_to):
    """Each doubling has the same number of sizes."""
    each = [size["bytes"] / size["entries"] for size in sizes if size["bytes"] and size["entries"] <= up_to]
    return statistics.fmean(each) if each else math.nan


def memory(directory, plan):
    results = []
    for peer in PEERS:
        say(f"memory of {peer}")
        rounds = []
        for _ in range(plan.memory_rounds):
            with processes(directory, (peer,)) as (process,):
                rounds.append(process.tell(f"memory {plan.memory_entries}")["sizes"])
        for column, kind in ((1, "resident"), (2, "counted")):
            sizes = [{"entries": samples[0][0], "bytes": statistics.median(sample[column] for sample in samples)}
                     for samples in zip(*rounds)]
            average = average_per_entry(sizes, 1 << 22)
            if not math.isnan(average):
                results.append({"peer": peer, "kind": kind, "sizes": sizes, "average_bytes_per_entry_to_4M": average})
    return results


def sizes(directory, plan):
    say("other sizes of keys and values, and other numbers of entries")
    answers = defaultdict(list)
    with processes(directory, SIZED_PEERS) as started:
        others = Others(started)
        for order in in_turn(started, plan.rounds):
            for size in dict.fromkeys(KEY_SIZES + VALUE_SIZES + ENTRY_COUNTS):
                for process in order:
                    answers[*size, process.peer].append(
                        process.tell(f"sizes {size[0]} {size[1]} {size[2]} {plan.seconds}"))
        share = others.share()
    return [{"key_size": key_size, "value_size": value_size, "entries": entries, "threads": 1, "peer": peer,
             "unit": "ns", "cpu_share_of_others": share,
             **{name: summary([answer[name] for answer in rounds]) for name in SIZED_OPERATIONS}}
            for (key_size, value_size, entries, peer), rounds in answers.items()]

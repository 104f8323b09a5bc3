# SPDX-License-Identifier: GPL-2.0
"""What the native benchmark measures, in its short form and in its long one."""

import os
from dataclasses import dataclass

OURS = "bucketmap-xxh64"
OURS_SAFE = "bucketmap-siphash"
C_PEERS = (OURS, OURS_SAFE, "rculfhash", "libcuckoo", "tbb")
GO_PEERS = ("go-sync.Map", "go-rwmutex", "go-sharded")
PEERS = C_PEERS + GO_PEERS

MILLION = 1_000_000

READS = ("reads", "uniform")
# The same in batches, for the peers that have them.
BATCH_READS = ("batch-reads", "uniform")
BATCH_PEERS = (OURS, OURS_SAFE)

# Bytes of keys, bytes of values, entries: one of them varies at a time. The largest tables take 270 MB and 2.4 GB.
SIZED_PEERS = (OURS, OURS_SAFE)
SIZED_ENTRIES = 40_000
KEY_SIZES = tuple((size, 8, SIZED_ENTRIES) for size in (8, 16, 32, 64, 256))
VALUE_SIZES = tuple((8, size, SIZED_ENTRIES) for size in (0, 8, 64, 256, 1024, 4096))
ENTRY_COUNTS = tuple((8, 8, entries) for entries in (1000, 4000, 16_000, 64_000, MILLION // 4, MILLION, 4 * MILLION,
                                                     16 * MILLION))

# Workload, choice of keys. Those that delete and insert come last: Go's
# sync.Map needs a million lookups to recover from them.
RUNS = (
    READS,
    ("95/5", "uniform"),
    ("90/10", "uniform"),
    ("50/50", "uniform"),
    ("reads", "zipf"),
    ("95/5", "zipf"),
    ("90/10", "zipf"),
    ("50/50", "zipf"),
    ("ycsb-f", "zipf"),
    ("ycsb-d", "zipf"),
    ("churn", "uniform"),
)

TITLES = {
    ("reads", "zipf"): "reads zipf (YCSB C)",
    ("95/5", "zipf"): "95/5 zipf (YCSB B)",
    ("50/50", "zipf"): "50/50 zipf (YCSB A)",
    ("ycsb-f", "zipf"): "read-modify-write (YCSB F)",
    ("ycsb-d", "zipf"): "latest, inserts (YCSB D)",
    ("churn", "uniform"): "insert/delete churn",
    ("growth", "uniform"): "growth from empty",
}

HOW = {
    "throughput":
        "Keys and values of 8 bytes. Each kind of table has a process of its own, filled by one thread; processes "
        "take turns for every figure, in an order that rotates from round to round, while the others sleep. Threads are "
        "pinned, start together, work for a quarter of the time to warm up and then for a fixed time; operations of all "
        "threads, divided by the time from the first start to the last end. N/M: N % lookups, M % overwrites of entries that are there. Churn: removes a random entry, "
        "inserts the one removed longest ago; both count. YCSB D: 5 % inserts, 95 % lookups that prefer the newest. YCSB F: "
        "half of the operations are a lookup and an overwrite, and count once. Growth: inserts into an empty table, without a "
        "hint about its size. Zipf: exponent 0.99, scattered over the table. Go is measured by a Go program that does the same.",
    "batches":
        "The reads of throughput, uniform keys: one by one, and in batches of 128 keys, in the same rounds; a key counts once. "
        "With 16 M entries the table is larger than most caches; the short form measures nothing else with so many.",
    "latency":
        "Threads insert into one empty table; CLOCK_MONOTONIC before and after each insert; HdrHistogram, three digits "
        "(Go: all samples, sorted). 'nothing': the same threads read the clock as often as they can for as long as the growth "
        "took, right after it. Where the table grows by a thread of its own, another stands in for that: woken by those who read the clock, "
        "it gets and clears memory for each doubling, and is busy for as long. So its maximum is what the scheduler and other "
        "machines on the host add. Where there are CPUs that nobody is measured on, a table's own threads keep to these (but for Go's).",
    "memory":
        "One thread inserts into an empty table. Resident: pages of the process that hold data (Anonymous in "
        "smaps_rollup), less what there was before, at the moment of looking, resizes included. Counted: bucketmap's "
        "own figure (tables, records, locks); Go's live heap after a collection. Average: of four looks for each doubling.",
    "sizes":
        "bucketmap alone: the other tables have keys and values of 8 bytes. One thread, uniform keys; each round makes a new "
        "table, with room for its entries from the start. There are as many of each size: large ones leave the caches, which "
        "is part of their cost. A key is a number, and zeros behind it. Lookup: finds its key. Store: overwrites an entry "
        "that is there. Delete+insert: churn, the time of both together; one delete in sixteen finds nothing to remove. By "
        "entries: the same with keys and values of 8 bytes.",
}


@dataclass(frozen=True)
class Plan:
    """Sizes come with the numbers of threads, those for batches alone too; seconds are of each measurement."""

    rounds: int
    seconds: float
    sizes: tuple
    batch_sizes: tuple
    latencies: tuple
    latency_rounds: int
    memory_entries: int
    memory_rounds: int


def thread_counts():
    """1, 2, 4 and so on, and as many as there are CPUs."""
    cpus = len(os.sched_getaffinity(0))
    counts = {1 << power for power in range(cpus.bit_length()) if 1 << power <= cpus}
    return tuple(sorted(counts | {cpus}))


def plans():
    threads = thread_counts()
    return {
        "short": Plan(
            rounds=3, seconds=0.15,
            sizes=((1000, threads[-1:]), (MILLION, threads)),
            batch_sizes=((16 * MILLION, threads),),
            latencies=((4 * MILLION, threads),), latency_rounds=5,
            memory_entries=1 << 22, memory_rounds=1),
        "long": Plan(
            rounds=11, seconds=1.0,
            sizes=((1000, threads), (MILLION, threads), (16 * MILLION, threads)),
            batch_sizes=(),
            latencies=((4 * MILLION, threads), (16 * MILLION, threads)), latency_rounds=7,
            memory_entries=1 << 24, memory_rounds=3),
    }

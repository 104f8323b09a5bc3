# SPDX-License-Identifier: GPL-2.0
"""What the native bench measures, in its short and its long form."""

import os
from dataclasses import dataclass

OURS = "bucketmap-xxh64"
OURS_SAFE = "bucketmap-siphash"
RIVALS = ("rculfhash", "libcuckoo", "tbb", "boost", "absl-sharded")
GO_RIVALS = ("go-sync.Map", "go-rwmutex", "go-sharded")
PEERS = (OURS, OURS_SAFE, *RIVALS, *GO_RIVALS)

# These are only read: bucketmap through a mapping, whose writes are bucketmap's, and an array, which is no table.
MAPPED = "mapped"
LIMIT = "array"
READERS = (MAPPED, LIMIT)

MILLION = 1_000_000

READS = ("reads", "uniform")
# The same in batches, for the peers that have batches.
BATCH_READS = ("batch-reads", "uniform")
BATCH_PEERS = (OURS, OURS_SAFE, MAPPED, "boost", LIMIT)

# Bytes of a key, bytes of a value, entries: one of them varies at a time. The largest tables have 270 MB and 2.4 GB.
SIZED_PEERS = (OURS, OURS_SAFE)
SIZED_ENTRIES = 40_000
KEY_SIZES = tuple((size, 8, SIZED_ENTRIES) for size in (8, 16, 32, 64, 256))
VALUE_SIZES = tuple((8, size, SIZED_ENTRIES) for size in (0, 8, 64, 256, 1024, 4096))
ENTRY_COUNTS = tuple((8, 8, entries) for entries in (1000, 4000, 16_000, 64_000, MILLION // 4, MILLION, 4 * MILLION,
                                                     16 * MILLION))

# Workload, choice of keys. Workloads that delete and insert are last: Go's sync.Map needs a million lookups to recover
# from them.
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
        "pinned, start together, and work for a fixed time after a warm-up of a quarter of that; operations of all "
        "threads, divided by the time from the first start to the last end. N/M: N % lookups, M % overwrites of existing "
        "entries. Churn: removes a random entry and inserts the one removed the longest time ago, which count as two. YCSB D: 5 % "
        "inserts, 95 % lookups that prefer the newest entries. YCSB F: "
        "half of the operations are a lookup and an overwrite, and count once. Growth: inserts into an empty table, without a "
        "hint about its size. Zipf: exponent 0.99, scattered over the table. Go is measured by a Go program that does the same.",
    "batches":
        "The reads of throughput, uniform keys: one by one, and in batches of 128 keys, in the same rounds; a key counts once. "
        "mapped: bucketmap with xxh64, read by the library's reader through a mapping without large pages. array: what the machine "
        "permits, an array as large as bucketmap's table, of which a lookup loads the same cache lines, and compares nothing. "
        "With 16 M entries the table is larger than most caches; in the short form, nothing else is measured at that size.",
    "latency":
        "Threads insert into one empty table; CLOCK_MONOTONIC before and after each insert; HdrHistogram, three digits "
        "(Go: all samples, sorted). 'nothing': right after that, the same threads only read the clock, for the same time. If the table "
        "grows by a thread of its own, another thread simulates it: woken by the threads that read the clock, it allocates "
        "and clears memory for each doubling, and uses as much CPU time. So the maximum of 'nothing' is what the scheduler and other "
        "machines on the host add. If there are CPUs without measured threads, a table's own threads run on these (except Go's).",
    "memory":
        "One thread inserts into an empty table. Resident: anonymous pages of the process (Anonymous in "
        "smaps_rollup), minus those before, sampled, resizes included. Counted: bucketmap's "
        "own figure (tables, records, locks); Go's live heap after a collection. Average: of four samples per doubling.",
    "sizes":
        "bucketmap only: the other tables have keys and values of 8 bytes. One thread, uniform keys; each round makes a new "
        "table, with its final capacity from the start. The number of entries is the same for each size: large ones do not fit "
        "the caches, which is part of their cost. A key is a number, followed by zeros. Lookup: finds its key. Store: overwrites "
        "an existing entry. Delete+insert: churn, the time of both together; one delete in sixteen finds nothing to remove. By "
        "entries: the same with keys and values of 8 bytes.",
}


def takes_part(peer, run):
    """Is the peer measured in this run?"""
    if run == BATCH_READS:
        return peer in BATCH_PEERS
    return run == READS or peer not in READERS


@dataclass(frozen=True)
class Plan:
    """Each of sizes, batch_sizes and latencies is entries and numbers of threads; seconds are per measurement.

    Each round of workloads begins with warm_up seconds of reads, in which sync.Map recovers from the round before.
    """

    rounds: int
    seconds: float
    sizes: tuple
    batch_sizes: tuple
    latencies: tuple
    latency_rounds: int
    memory_entries: int
    memory_rounds: int
    warm_up: float = 0.5


def thread_counts():
    """1, 2, 4 and so on, and the number of CPUs."""
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

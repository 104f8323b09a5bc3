# SPDX-License-Identifier: GPL-2.0
"""Pictures of results, by gnuplot: each as SVG and as PNG. Every title says what was measured, where and on which machine."""

import subprocess

from measure import PERCENTILES, SIZED_OPERATIONS
from plan import (BATCH_PEERS, BATCH_READS, ENTRY_COUNTS, KEY_SIZES, OURS, PEERS, READS, RUNS, SIZED_ENTRIES, SIZED_PEERS,
                  VALUE_SIZES)
from report import amount, measured_with, recorded

FULL_NAMES = {
    "bucketmap-xxh64": "bucketmap, xxh64", "bucketmap-siphash": "bucketmap, SipHash", "rculfhash": "liburcu rculfhash",
    "libcuckoo": "libcuckoo", "tbb": "oneTBB", "boost": "boost::concurrent_flat_map", "absl-sharded": "absl, 64 shards",
    "mapped": "bucketmap, mapped", "array": "an array", "go-sync.Map": "Go sync.Map", "go-rwmutex": "Go map, RWMutex",
    "go-sharded": "Go map, 64 shards", "rhashtable": "rhashtable", "bpf": "BPF hash",
    "rhash": "BPF rhash", "lmdb": "LMDB", "mutex": "array, mutex", "redis": "Redis", "memcached": "memcached",
}
COLORS = {
    "bucketmap-xxh64": "#b2182b", "bucketmap-siphash": "#ef8a62", "rculfhash": "#2166ac", "libcuckoo": "#4393c3",
    "tbb": "#92c5de", "boost": "#762a83", "absl-sharded": "#c2a5cf", "mapped": "#f4a582", "array": "#808080",
    "go-sync.Map": "#1b7837", "go-rwmutex": "#5aae61", "go-sharded": "#a6dba0", "rhashtable": "#2166ac", "bpf": "#2166ac",
    "rhash": "#92c5de", "lmdb": "#1b7837", "mutex": "#808080",
}
# They take so much longer than the tables that a program calls that a picture would show nothing of these.
NOT_PICTURED = ("lmdb", "redis", "memcached")
# What docs/performance.md says an entry takes on average.
ADVERTISED_BYTES = 35
SIZED_TITLES = {
    "keys": f"by bytes of a key, values of 8, {amount(SIZED_ENTRIES)} entries",
    "values": f"by bytes of a value, keys of 8, {amount(SIZED_ENTRIES)} entries",
    "entries": "by entries, keys and values of 8 bytes",
}
HIGHER = "million operations per second (higher is better)"
LOWER = "ns per operation (lower is better)"
TIMES = ((10, "10 ns"), (100, "100 ns"), (1000, "1 us"), (10**4, "10 us"), (10**5, "100 us"), (10**6, "1 ms"),
         (10**7, "10 ms"), (10**8, "100 ms"), (10**9, "1 s"))
ACCELERATORS = {"tcg": "emulated", "kvm": "KVM"}
SHARES = dict(zip(PERCENTILES, ("half", "99 %", "99.9 %", "99.99 %", "all")))
BATCH_COLORS = {"bucketmap-xxh64": ("#d6604d", "#67001f"), "bucketmap-siphash": ("#fddbc7", "#ef8a62"),
                "mapped": ("#fee0b6", "#e08214"), "boost": ("#c2a5cf", "#762a83"), "array": ("#d9d9d9", "#525252")}
# The order of workloads in the kernel and through the interface: rounds begin with different peers, which mixes the results.
WORKLOADS = ("hit", "miss", "overwrite", "insert", "churn", "grow", "hit/64", "hit/1024", "overwrite/64", "overwrite/1024",
             "walk/64", "walk/1024")
TERMINALS = {"svg": "svg size 1200,600 dynamic background '#ffffff' font 'DejaVu Sans,13'",
             "png": "pngcairo size 1200,600 font 'DejaVu Sans,11'"}


def quoted(text):
    """A string for gnuplot. With its markup an underscore would lower the next letter."""
    return '"' + text.replace("_", r"\\_").replace('"', "'") + '"'


def block(name, rows):
    """Data for gnuplot, with strings quoted."""
    lines = (" ".join(f'"{cell}"' if isinstance(cell, str) else f"{cell:.6g}" for cell in row) for row in rows)
    return f"${name} << END\n" + "\n".join(lines) + "\nEND\n"


def tics(axis, places):
    """Labels at places on an axis, instead of gnuplot's own."""
    return f"set {axis}tics (" + ", ".join(f'"{text}" {place}' for place, text in places) + ")\n"


def count(number, kind):
    return f"{number} {kind}" if number == 1 else f"{number} {kind}{'es' if kind.endswith('s') else 's'}"


def where(place, machine):
    return f"{place}; {machine['cpu']}, {machine['cpus']} CPUs, Linux {machine['kernel'].partition('-')[0]}"


def draw(path, title, place, data, settings, plots):
    heading = quoted(f"{title}\\n{{/*0.85 {place}}}")
    for suffix, terminal in TERMINALS.items():
        script = (f"set terminal {terminal}\nset output '{path}.{suffix}'\nset encoding utf8\nset title {heading}\n"
                  f"set key outside right top\nset grid ytics\n{data}{settings}plot " + ", ".join(plots) + "\n")
        subprocess.run(["gnuplot"], input=script, text=True, check=True)


def peers_in(found):
    """The series of a picture with a bar for each peer: titles and colors."""
    return {peer: (name, COLORS[peer]) for peer, name in FULL_NAMES.items() if any(which == peer for _, which in found)}


def draw_bars(path, title, place, unit, groups, series, found):
    """A group of bars, with one for each of the series. Whiskers go from the least to the greatest figure. "found" has
    results by group and series; one that does not exist is marked n/a."""
    width = len(series) + 1
    at = {(group, key): i * width + j for i, group in enumerate(groups) for j, key in enumerate(series)}
    data = "".join(block(f"bars{j}", [[at[group, key], found[group, key]["median"]]
                                      for group in groups if (group, key) in found]) for j, key in enumerate(series))
    data += block("whiskers", [[x, found[key]["min"], found[key]["max"]] for key, x in at.items() if key in found])
    missing = [[x, 0, " n/a"] for key, x in at.items() if key not in found]
    settings = (f"set ylabel '{unit}'\nset yrange [0:*]\nset xrange [-1:{len(groups) * width - 1}]\n"
                "set boxwidth 0.95\nset style fill solid 0.85\nset xtics scale 0\nset bmargin 4\n" +
                tics("x", [(i * width + (width - 2) / 2, group) for i, group in enumerate(groups)]))
    plots = [f"$bars{j} using 1:2 with boxes title {quoted(name)} linecolor rgb '{color}'"
             for j, (name, color) in enumerate(series.values())]
    plots.append("$whiskers using 1:2:(0):($3-$2) with vectors heads size graph 0.004,90 fixed linewidth 1.5 "
                 "linecolor rgb '#202020' title 'least to greatest'")
    if missing:
        data += block("missing", missing)
        plots.append("$missing using 1:2:3 with labels rotate by 90 left offset 0,0.5 textcolor rgb '#606060' notitle")
    draw(path, title, place, data, settings, plots)


def draw_throughput(out, results, place, entries, threads, keys):
    found = {(result["workload"], result["peer"]): result for result in results
             if (result["entries"], result["threads"], result["keys"]) == (entries, threads, keys)}
    workloads = [workload for workload, chosen in (*RUNS, ("growth", "uniform")) if chosen == keys]
    law = {"uniform": "random keys", "zipf": "keys by Zipf's law"}[keys]
    draw_bars(f"{out}/native-throughput-{entries}-{threads}-{keys}",
              f"Single operations: {amount(entries)} entries, {count(threads, 'thread')}, {law}", place, HIGHER, workloads,
              peers_in(found), found)


def draw_batches(out, results, place):
    """Lookups in batches beside single ones."""
    ways = {READS: ("one by one", 0), BATCH_READS: ("in batches", 1)}
    series = {(peer, run): (f"{FULL_NAMES[peer]}, {way}", BATCH_COLORS[peer][shade])
              for peer in recorded(BATCH_PEERS, results) for run, (way, shade) in ways.items()}
    sizes = {size: f"{amount(size[0])}\\n{count(size[1], 'thread')}" for size in measured_with(results, BATCH_READS[0])}
    found = {(sizes[result["entries"], result["threads"]], (result["peer"], (result["workload"], result["keys"]))): result
             for result in results if (result["entries"], result["threads"]) in sizes}
    draw_bars(f"{out}/native-batches", "Lookups one by one and in batches of 128, by entries", place,
              "million keys per second (higher is better)", list(sizes.values()), series, found)


def draw_times(out, name, place, results, kind):
    """Pictures for each number of entries, and of threads or processes, which "kind" says: single calls, and batches."""
    for entries, threads in sorted({(result["entries"], result["threads"]) for result in results}):
        every = {(result["workload"], result["peer"]): result for result in results
                 if (result["entries"], result["threads"]) == (entries, threads)}
        for what, suffix in (("Single operations", ""), ("Batches, per entry", "-batches")):
            found = {key: result for key, result in every.items() if ("/" in key[0]) == bool(suffix)}
            if found:
                draw_bars(f"{out}/{name}-{entries}-{threads}{suffix}",
                          f"{what}: {amount(entries)} entries, {count(threads, kind)}", place, LOWER,
                          sorted({workload for workload, _ in found}, key=WORKLOADS.index), peers_in(found), found)


def draw_latency(out, results, place, entries, threads):
    found = {result["peer"]: result for result in results
             if (result["entries"], result["threads"]) == (entries, threads)}
    peers = recorded(PEERS, results)
    rows = [[SHARES[name]] + [found[peer]["insert"][name]["median"] for peer in peers] +
            [found[OURS]["nothing"][name]["median"]] for name in PERCENTILES]
    settings = ("set ylabel 'time of an insert (lower is better)'\nset xlabel 'share of inserts that take no longer'\n"
                "set logscale y\nset yrange [20:*]\nset xrange [-0.2:4.2]\n" + tics("y", TIMES))
    plots = [f"$rows using 0:{i + 2}:xtic(1) title {quoted(FULL_NAMES[peer])} with linespoints linewidth 2 "
             f"linecolor rgb '{COLORS[peer]}'" for i, peer in enumerate(peers)]
    plots.append(f"$rows using 0:{len(peers) + 2} title 'no insert: the scheduler' with lines dashtype 2 linewidth 2 "
                 "linecolor rgb '#606060'")
    draw(f"{out}/native-latency-{entries}-{threads}",
         f"Inserts while a table grows to {amount(entries)} entries, {count(threads, 'thread')}", place,
         block("rows", rows), settings, plots)


def draw_memory(path, title, place, results):
    """A curve for each peer, and a line at the figure that docs/performance.md advertises."""
    points = {result["peer"]: [[size["entries"], size["bytes"] / size["entries"]] for size in result["sizes"]]
              for result in results}
    averages = {result["peer"]: result["average_bytes_per_entry_to_4M"] for result in results}
    names = [peer for peer in FULL_NAMES if peer in points]
    data = "".join(block(f"peer{i}", points[peer]) for i, peer in enumerate(names))
    first, last = (which(entries for peer in names for entries, _ in points[peer]) for which in (min, max))
    settings = ("set ylabel 'bytes per entry (lower is better)'\nset xlabel 'entries, keys and values of 8 bytes'\n"
                f"set logscale x 2\nset xrange [{first}:{last}]\nset yrange [0:*]\n" +
                tics("x", [(1 << power, f"{1 << (power % 10)} {'KM'[power // 10 - 1]}") for power in range(10, 25, 2)]))
    plots = [f"$peer{i} using 1:2 title {quoted(f'{FULL_NAMES[peer]}: {averages[peer]:.0f} on average')} with lines "
             f"linewidth 2 linecolor rgb '{COLORS[peer]}'" for i, peer in enumerate(names)]
    plots.append(f"{ADVERTISED_BYTES} title 'advertised: {ADVERTISED_BYTES}' with lines dashtype 2 linewidth 2 "
                 "linecolor rgb '#202020'")
    draw(path, title, place, data, settings, plots)


def draw_sizes(out, results, place, name, sizes, varying):
    """The sizes differ in the member with the index "varying". A size of 0 is drawn at 1."""
    found = {(result["key_size"], result["value_size"], result["entries"], result["peer"]): result for result in results}
    curves = [(peer, operation) for peer in SIZED_PEERS for operation in SIZED_OPERATIONS]
    rows = [[amount(size[varying]), max(size[varying], 1)] +
            [found[*size, peer][operation]["median"] for peer, operation in curves] for size in sizes]
    settings = ("set ylabel 'time of an operation (lower is better)'\nset logscale x 2\nset logscale y\n"
                f"set xrange [{rows[0][1] / 1.2}:{rows[-1][1] * 1.2}]\nset yrange [5:*]\n" + tics("y", TIMES))
    plots = [f"$rows using 2:{i + 3}:xtic(1) title {quoted(f'{FULL_NAMES[peer]}, {operation}')} with linespoints "
             f"linewidth 2 dashtype {SIZED_OPERATIONS.index(operation) + 1} linecolor rgb '{COLORS[peer]}'"
             for i, (peer, operation) in enumerate(curves)]
    draw(f"{out}/native-sizes-{name}", f"Single operations {SIZED_TITLES[name]}, 1 thread", place, block("rows", rows),
         settings, plots)


def draw_native(out, results):
    place = where("native library, no system calls", results["machine"])
    for entries, threads in measured_with(results["throughput"], "growth"):
        for keys in ("uniform", "zipf"):
            draw_throughput(out, results["throughput"], place, entries, threads, keys)
    draw_batches(out, results["throughput"], place)
    for entries, threads in dict.fromkeys((result["entries"], result["threads"]) for result in results["latency"]):
        draw_latency(out, results["latency"], place, entries, threads)
    for kind, title in (("resident", "Memory of the process while a table grows"),
                        ("counted", "Memory as the table counts it")):
        draw_memory(f"{out}/native-memory-{kind}", title, place,
                    [result for result in results["memory"] if result["kind"] == kind])
    for varying, (name, sizes) in enumerate((("keys", KEY_SIZES), ("values", VALUE_SIZES), ("entries", ENTRY_COUNTS))):
        draw_sizes(out, results["sizes"], place, name, sizes, varying)


def virtual_machine(results, kernel):
    return f"VM ({ACCELERATORS[results['accelerator']]}), Debian's {kernel}"


def draw_kernel(out, results):
    for name, what in (("uml", "User-mode Linux, 1 CPU, native code"), ("vm", virtual_machine(results, "6.12"))):
        place = where(f"in the kernel: {what}", results["machine"])
        draw_times(out, f"kernel-{name}", place, results[name]["times"], "thread")
        draw_memory(f"{out}/kernel-{name}-memory", "Memory as counted while a table grows", place, results[name]["memory"])


def draw_abi(out, results):
    for name, found in results["places"].items():
        if not found["memory"]:
            continue
        place = where(f"through the interface, in a {virtual_machine(results, name)}", results["machine"])
        draw_times(out, f"abi-{name}", place,
                   [result for result in found["times"] if result["peer"] not in NOT_PICTURED], "process")
        draw_memory(f"{out}/abi-{name}-memory", "Memory as counted while a map grows", place, found["memory"])

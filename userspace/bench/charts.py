# SPDX-License-Identifier: GPL-2.0
"""Pictures of results, by gnuplot: each as SVG and as PNG."""

import math
import subprocess

from measure import PERCENTILES, SIZED_OPERATIONS
from plan import ENTRY_COUNTS, KEY_SIZES, PEERS, RUNS, SIZED_ENTRIES, SIZED_PEERS, VALUE_SIZES
from report import amount, measured_with

COLORS = ("#b2182b", "#ef8a62", "#2166ac", "#4393c3", "#92c5de", "#1b7837", "#5aae61", "#a6dba0")
SIZED_TITLES = {
    "keys": f"by bytes of a key, values of 8, {amount(SIZED_ENTRIES)} entries",
    "values": f"by bytes of a value, keys of 8, {amount(SIZED_ENTRIES)} entries",
    "entries": "by entries, keys and values of 8 bytes",
}
PALETTE = ("#b2182b", "#ef8a62", "#2166ac", "#1b7837")
TERMINALS = {"svg": "svg size 1200,600 dynamic background '#ffffff' font 'DejaVu Sans,13'",
             "png": "pngcairo size 1200,600 font 'DejaVu Sans,11'"}


def block(name, rows):
    """Data for gnuplot, with strings quoted."""
    lines = (" ".join(f'"{cell}"' if isinstance(cell, str) else f"{cell:.6g}" for cell in row) for row in rows)
    return f"${name} << END\n" + "\n".join(lines) + "\nEND\n"


def draw(path, data, settings, plots):
    for suffix, terminal in TERMINALS.items():
        script = (f"set terminal {terminal}\nset output '{path}.{suffix}'\nset encoding utf8\n"
                  f"set key outside right top\nset grid ytics\n{data}{settings}plot " + ", ".join(plots) + "\n")
        subprocess.run(["gnuplot"], input=script, text=True, check=True)


def label(text):
    return text.replace("_", r"\_")


def draw_bars(path, title, unit, workloads, found, colors):
    """A group of bars for each workload, with a bar for each peer that has a color; missing results are left out."""
    rows = [[workload] + [found[workload, peer][which] if (workload, peer) in found else math.nan
                      for peer in colors for which in ("median", "min", "max")] for workload in workloads]
    settings = (f"set title '{title}: median, least and greatest'\nset ylabel '{unit}'\nset yrange [0:*]\n"
                "set style data histograms\nset style histogram errorbars gap 1 lw 1\nset style fill solid 0.9\n"
                "set xtics rotate by -25\n")
    plots = [f"$rows using {3 * i + 2}:{3 * i + 3}:{3 * i + 4}:xtic(1) title '{label(peer)}' linecolor rgb '{color}'"
             for i, (peer, color) in enumerate(colors.items())]
    draw(path, block("rows", rows), settings, plots)


def draw_throughput(out, results, entries, threads, keys):
    found = {(result["workload"], result["peer"]): result for result in results
             if (result["entries"], result["threads"], result["keys"]) == (entries, threads, keys)}
    workloads = [workload for workload, chosen in (*RUNS, ("growth", "uniform")) if chosen == keys]
    draw_bars(f"{out}/native-throughput-{entries}-{threads}-{keys}",
              f"{amount(entries)} entries, {threads} threads, {keys} keys", "million operations per second", workloads, found,
              dict(zip(PEERS, COLORS)))


def draw_times(out, name, results, kind):
    """A picture for each number of entries, and of threads or processes: "kind" is which of these."""
    for entries, threads in sorted({(result["entries"], result["threads"]) for result in results}):
        found = {(result["workload"], result["peer"]): result for result in results
                 if (result["entries"], result["threads"]) == (entries, threads)}
        workloads = dict.fromkeys(workload for workload, _ in found)
        peers = dict.fromkeys(peer for _, peer in found)
        draw_bars(f"{out}/{name}-{entries}-{threads}", f"{amount(entries)} entries, {threads} {kind}", "ns per operation",
                  workloads, found, dict(zip(peers, PALETTE)))


def draw_latency(out, results, entries, threads):
    found = {result["peer"]: result for result in results
             if (result["entries"], result["threads"]) == (entries, threads)}
    rows = [[name] + [found[peer]["insert"][name]["median"] / 1000 for peer in PEERS] +
            [found[PEERS[0]]["nothing"][name]["median"] / 1000] for name in PERCENTILES]
    settings = (f"set title 'inserts while growing to {amount(entries)} entries, {threads} threads'\n"
                "set ylabel 'microseconds'\nset logscale y\nset xrange [-0.2:4.2]\n")
    plots = [f"$rows using 0:{i + 2}:xtic(1) title '{label(peer)}' with linespoints linewidth 2 linecolor rgb '{COLORS[i]}'"
             for i, peer in enumerate(PEERS)]
    plots.append(f"$rows using 0:{len(PEERS) + 2} title 'nothing' with lines dashtype 2 linecolor rgb '#808080'")
    draw(f"{out}/native-latency-{entries}-{threads}", block("rows", rows), settings, plots)


def draw_memory(out, results, kind):
    chosen = [result for result in results if result["kind"] == kind]
    data = "".join(block(f"peer{i}", [[size["entries"], size["bytes"] / size["entries"]] for size in result["sizes"]])
                   for i, result in enumerate(chosen))
    settings = (f"set title 'memory while growing, {kind}'\nset ylabel 'bytes per entry'\nset xlabel 'entries'\n"
                "set logscale x 2\nset format x '2^{%L}'\nset yrange [0:256]\n")
    plots = [f"$peer{i} using 1:2 title '{label(result['peer'])}' with lines linewidth 2 "
             f"linecolor rgb '{COLORS[PEERS.index(result['peer'])]}'" for i, result in enumerate(chosen)]
    draw(f"{out}/native-memory-{kind}", data, settings, plots)


def draw_sizes(out, results, name, sizes, varying):
    """The sizes differ in the member with the index "varying". A size of 0 is drawn at 1."""
    found = {(result["key_size"], result["value_size"], result["entries"], result["peer"]): result for result in results}
    curves = [(peer, operation) for peer in SIZED_PEERS for operation in SIZED_OPERATIONS]
    rows = [[amount(size[varying]), max(size[varying], 1)] +
            [found[*size, peer][operation]["median"] for peer, operation in curves] for size in sizes]
    settings = (f"set title '{SIZED_TITLES[name]}, one thread'\nset ylabel 'ns'\nset logscale x 2\nset logscale y\n"
                f"set xrange [{rows[0][1] / 1.2}:{rows[-1][1] * 1.2}]\nset yrange [5:*]\n")
    plots = [f"$rows using 2:{i + 3}:xtic(1) title '{label(peer)}, {operation}' with linespoints linewidth 2 "
             f"dashtype {SIZED_OPERATIONS.index(operation) + 1} linecolor rgb '{COLORS[PEERS.index(peer)]}'"
             for i, (peer, operation) in enumerate(curves)]
    draw(f"{out}/native-sizes-{name}", block("rows", rows), settings, plots)


def draw_all(out, results):
    for entries, threads in measured_with(results["throughput"], "growth"):
        for keys in ("uniform", "zipf"):
            draw_throughput(out, results["throughput"], entries, threads, keys)
    for entries, threads in dict.fromkeys((result["entries"], result["threads"]) for result in results["latency"]):
        draw_latency(out, results["latency"], entries, threads)
    for kind in ("resident", "counted"):
        draw_memory(out, results["memory"], kind)
    for varying, (name, sizes) in enumerate((("keys", KEY_SIZES), ("values", VALUE_SIZES), ("entries", ENTRY_COUNTS))):
        draw_sizes(out, results["sizes"], name, sizes, varying)

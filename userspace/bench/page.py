#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0
"""page.py [check]: docs/performance.md from the results recorded in docs/performance/.

Writes the tables of the page, each below a comment "<!-- table: NAME -->", and draws its pictures, both from the same
medians. With "check" it changes nothing, and fails if a table or the list of pictures is another.
"""

import json
import pathlib
import re
import sys
import tempfile

import charts
from measure import PERCENTILES, SIZED_OPERATIONS
from plan import (BATCH_PEERS, BATCH_READS, ENTRY_COUNTS, KEY_SIZES, MILLION, OURS, OURS_SAFE, PEERS, READS, RUNS, SIZED_PEERS,
                  TITLES, VALUE_SIZES)
from report import NAMES, amount, measured_with, recorded

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
GROWTH = ("growth", "uniform")
CHURN = ("churn", "uniform")
MARK = re.compile(r"(<!-- table: (.*) -->\n)((?:\|.*\n)+)")


def number(value):
    """Three digits, or all before the point."""
    return f"{value:.1f}" if value < 30 else f"{value:,.0f}"


def short(peer):
    return NAMES.get(peer, peer)


def table(head, rows):
    lines = (head, ["---"] * len(head), *rows)
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines).replace("|  |", "| |").replace(" --- ", "---")


def throughput(results, entries, threads):
    peers = recorded(PEERS, results["throughput"])
    found = {((result["workload"], result["keys"]), result["peer"]): result["median"] for result in results["throughput"]
             if (result["entries"], result["threads"]) == (entries, threads)}
    return table(["", *map(short, peers)], [[TITLES.get(run, " ".join(run)), *(f"{found[run, peer]:.1f}" for peer in peers)]
                                            for run in (*RUNS, GROWTH)])


def by_threads(results):
    peers = (OURS, OURS_SAFE, "libcuckoo")
    found = {((result["workload"], result["keys"]), result["threads"], result["peer"]): result["median"]
             for result in results["throughput"] if result["entries"] == MILLION}
    runs = {READS: "reads", ("50/50", "uniform"): "50/50", CHURN: "churn", GROWTH: "growth"}
    return table(["", *map(short, peers)], [[name, *(f"{found[run, 1, peer]:.1f} {found[run, 2, peer]:.1f}" for peer in peers)]
                                            for run, name in runs.items()])


def batches(results):
    found = {(result["entries"], result["threads"], (result["workload"], result["keys"]), result["peer"]): result["median"]
             for result in results["throughput"]}
    peers = recorded(BATCH_PEERS, results["throughput"])
    rows = []
    for size in measured_with(results["throughput"], BATCH_READS[0]):
        row = [f"{amount(size[0])}, {charts.count(size[1], 'thread')}"]
        for peer in peers:
            single, batch = (found[*size, run, peer] for run in (READS, BATCH_READS))
            row += [f"{single:.1f}", f"{batch:.1f}", f"{batch / single:.2f}"]
        rows.append(row)
    return table(["", *(cell for peer in peers for cell in (f"{short(peer)} single", "batches", "ratio"))], rows)


def latency(results, threads):
    peers = recorded(PEERS, results["latency"])
    found = {result["peer"]: result for result in results["latency"]
             if (result["entries"], result["threads"]) == (4 * MILLION, threads)}

    def row(name, kind, which):
        times = (found[peer][kind][which]["median"] / 1000 for peer in peers)
        return [name, *(f"{time:.2f}" if time < 100 else f"{time:,.0f}" for time in times)]

    return table(["µs", *map(short, peers)],
                 [*(row(name, "insert", name) for name in PERCENTILES), row("nothing: max", "nothing", "max")])


def memory(results):
    peers = recorded(PEERS, results["memory"])
    found = {(result["kind"], result["peer"]): result["average_bytes_per_entry_to_4M"] for result in results["memory"]}
    return table(["", *map(short, peers)],
                 [[kind, *(f"{found[kind, peer]:.0f}" if (kind, peer) in found else "n/a" for peer in peers)]
                  for kind in ("resident", "counted")])


def sizes(results, chosen, varying, head):
    found = {(result["key_size"], result["value_size"], result["entries"], result["peer"]): result
             for result in results["sizes"]}
    first = [f"{short(peer)} {operation}" if operation == SIZED_OPERATIONS[0] else operation
             for peer in SIZED_PEERS for operation in SIZED_OPERATIONS]
    return table([head, *first], [[f"{size[varying]:,}", *(number(found[*size, peer][operation]["median"]) for peer in SIZED_PEERS
                                                          for operation in SIZED_OPERATIONS)] for size in chosen])


def times(results, entries, threads, base):
    """Medians, and ratios to a peer."""
    group = {(result["workload"], result["peer"]): result["median"] for result in results
             if (result["entries"], result["threads"]) == (entries, threads)}
    peers = [peer for peer in charts.FULL_NAMES if any(which == peer for _, which in group)]
    ours = (OURS, OURS_SAFE)
    rows = [[workload, *(number(group[workload, peer]) if (workload, peer) in group else "n/a" for peer in peers),
             *(f"{group[workload, peer] / group[workload, base]:.2f}" if (workload, base) in group else "n/a" for peer in ours)]
            for workload in charts.WORKLOADS if (workload, OURS) in group]
    return table(["", *map(short, peers), *(f"{short(peer)} / {base}" for peer in ours)], rows)


def shared(found):
    """Medians of one process, and of two."""
    group = {(result["workload"], result["peer"], result["threads"]): result["median"] for result in found["times"]}
    peers = [peer for peer in charts.FULL_NAMES if any(which == peer for _, which, _ in group)]

    def cell(workload, peer):
        return " ".join(number(group[workload, peer, processes]) for processes in (1, 2)) if (workload, peer, 1) in group else "n/a"

    return table(["", *map(short, peers)], [[workload, *(cell(workload, peer) for peer in peers)] for workload in charts.WORKLOADS
                                            if any(which == workload for which, _, _ in group)])


def interface_goals(results):
    """Where a goal is for one process and for two, it has both, in this order."""
    cells = {}
    for goal in results["goals"]:
        cells.setdefault((goal["title"], goal["against"], goal["goal"]), {}).setdefault(goal["place"], []).append(
            f"{goal['is']:.2f}" if goal["met"] else f"**{goal['is']:.2f}**")
    places = [place for place in results["places"] if any(place in row for row in cells.values())]
    return table(["", "to", "goal", *places], [[title, against, most, *(" ".join(row.get(place, ["n/a"])) for place in places)]
                                               for (title, against, most), row in cells.items()])


def goals(results):
    return table(["", "to", "is", "goal", ""], [[goal["what"], goal["against"], f"{goal['is']:.2f}", goal["goal"],
                                                 "met" if goal["met"] else "**missed**"] for goal in results["goals"]])


def tables(native, kernel, abi):
    return {
        "throughput": throughput(native, MILLION, 2),
        "threads": by_threads(native),
        "batches": batches(native),
        "latency 1": latency(native, 1),
        "latency 2": latency(native, 2),
        "memory": memory(native),
        "uml": times(kernel["uml"]["times"], MILLION, 1, "rhashtable"),
        "uml small": times(kernel["uml"]["times"], 1000, 1, "rhashtable"),
        "vm": times(kernel["vm"]["times"], MILLION, 2, "rhashtable"),
        **{f"abi {place}": shared(found) for place, found in abi["places"].items()},
        "goals abi": interface_goals(abi),
        "entries": sizes(native, ENTRY_COUNTS, 2, "entries"),
        "keys": sizes(native, KEY_SIZES, 0, "bytes"),
        "values": sizes(native, VALUE_SIZES, 1, "bytes"),
        "goals kernel": goals(kernel),
    }


def draw(results, names):
    """Draws all pictures, and keeps those that the page shows."""
    with tempfile.TemporaryDirectory() as work:
        for drawn, result in zip((charts.draw_native, charts.draw_kernel, charts.draw_abi), results):
            drawn(work, result)
        for old in (DOCS / "performance").glob("*.svg"):
            old.unlink()
        for name in names:
            (DOCS / "performance" / name).write_bytes(pathlib.Path(work, name).read_bytes())


def main(check):
    results = [json.loads((DOCS / "performance" / f"{name}.json").read_text()) for name in ("native", "kernel", "abi")]
    page = (DOCS / "performance.md").read_text()
    new = tables(*results)
    if missing := set(new) ^ {name for _, name, _ in MARK.findall(page)}:
        sys.exit(f"docs/performance.md has other tables: {', '.join(sorted(missing))}")
    names = re.findall(r"\(performance/(.*\.svg)\)", page)
    if not check:
        (DOCS / "performance.md").write_text(MARK.sub(lambda match: match[1] + new[match[2]], page))
        draw(results, names)
        return
    wrong = [name for _, name, old in MARK.findall(page) if old != new[name]]
    if wrong or sorted(names) != sorted(path.name for path in (DOCS / "performance").glob("*.svg")):
        sys.exit(f"docs/performance.md differs from what is recorded ({', '.join(wrong) or 'pictures'}): run {sys.argv[0]}")


if __name__ == "__main__":
    if sys.argv[1:] not in ([], ["check"]):
        sys.exit(__doc__)
    main(bool(sys.argv[1:]))

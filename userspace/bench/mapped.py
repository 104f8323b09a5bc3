# SPDX-License-Identifier: GPL-2.0
"""mapped.py FORM OUT ROOT REPORT ACCELERATOR: the report of the bench of what mapped readers cost others.

REPORT is the output of the guest. Prints tables, and writes mapped.json to OUT. ROOT is the tree that was measured.
"""

import json
import sys
import textwrap

import figures
from machine import describe
from report import amount, row, spread

HOW = (
    "Keys and values of 8 bytes, in a VM with Debian's kernel 6.12 and two CPUs; medians of the rounds, in which the rows take "
    "turns. resize: RESIZE of a map without entries to twice its capacity while so many processes have mapped the table and "
    "accessed all of its pages. unmap: munmap(2) of such a table by all of these processes, one after the other. store: STORE of random keys by one process, "
    "the median of 512 slices of 64, while another process on the other CPU reads memory of its own (own), the newest table "
    "(live), 16 tables that were replaced (retired), or maps the newest table, accesses all of its pages and unmaps it, again "
    "and again (remap).")


def select(results, workload):
    return [result for result in results if result["workload"] == workload]


def show_resizes(results):
    resizes, unmaps = select(results, "resize"), {result["threads"]: result for result in select(results, "unmap")}
    base = resizes[0]["median"]
    print(f"\nms, ± half the range; capacity {amount(resizes[0]['entries'])}\n")
    row("", ["resize", "", "more than 0", "unmap", ""])
    for result in resizes:
        cells = [f"{result['median'] / 1e6:.1f}", f"±{spread(result):.0f}%", f"{(result['median'] - base) / 1e6:.1f}"]
        if result["threads"] in unmaps:
            unmap = unmaps[result["threads"]]
            cells += [f"{unmap['median'] / 1e6:.1f}", f"±{spread(unmap):.0f}%"]
        row(f"readers: {result['threads']}", cells)


def show_stores(results):
    group = select(results, "store")
    base = next(result["median"] for result in group if result["peer"] == "none")
    print(f"\nstore: ns, ± half the range, ratio to none; {amount(group[0]['entries'])} entries\n")
    for result in group:
        row(result["peer"], [f"{result['median']:.0f}", f"±{spread(result):.0f}%", f"{result['median'] / base:.2f}"])


def main(form, out, root, report, accelerator):
    times = figures.times(figures.read(report))
    results = {"form": form, "machine": describe(root), "accelerator": accelerator, "how": HOW,
               "times": sorted(times, key=lambda result: result["threads"])}
    with open(f"{out}/mapped.json", "w", encoding="utf-8") as file:
        json.dump(results, file, indent=1)
        file.write("\n")
    print(f"bucketmap, bench of mapped readers, {form} form, {results['machine']['date']}, {results['machine']['cpu']}, "
          f"VM by {accelerator}\n")
    print(textwrap.fill(HOW, 118, initial_indent="   ", subsequent_indent="   "))
    show_resizes(results["times"])
    show_stores(results["times"])


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    main(*sys.argv[1:])

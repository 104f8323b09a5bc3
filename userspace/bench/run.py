# SPDX-License-Identifier: GPL-2.0
"""run.py short|long PROGRAMS OUT ROOT: the native bench.

Measures with the programs in PROGRAMS, prints tables, and writes native.json and pictures to OUT. ROOT is the tree that
they were built from.
"""

import json
import os
import sys

import charts
import measure
import report
from goals import goals
from machine import describe
from plan import HOW, plans


def main(form, programs, out, root):
    plan = plans()[form]
    results = {
        "form": form, "rounds": plan.rounds, "machine": describe(root), "how": HOW, "load_before": os.getloadavg()[0],
        "throughput": measure.throughput(programs, plan),
        "latency": measure.latency(programs, plan),
        "memory": measure.memory(programs, plan),
        "sizes": measure.sizes(programs, plan),
        "load_after": os.getloadavg()[0],
    }
    results["goals"] = goals(results)
    with open(f"{out}/native.json", "w", encoding="utf-8") as file:
        json.dump(results, file, indent=1)
        file.write("\n")
    report.show(results)
    charts.draw_native(out, results)


if __name__ == "__main__":
    if len(sys.argv) != 5 or sys.argv[1] not in plans():
        sys.exit(__doc__)
    main(*sys.argv[1:])

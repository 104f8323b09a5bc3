# SPDX-License-Identifier: GPL-2.0
"""Tables of results, with ratios to one of the peers."""

from report import amount, row, spread

# One in MEMORY_STEP memory samples is printed.
MEMORY_STEP = 8


def peers_of(results):
    return list(dict.fromkeys(result["peer"] for result in results))


def cell(found, workload, peer):
    result = found.get((workload, peer))
    return f"{result['median']:.1f} ±{spread(result):.0f}%" if result else ""


def ratio(found, workload, peer, base):
    if (workload, peer) not in found or (workload, base) not in found:
        return ""
    return f"{found[workload, peer]['median'] / found[workload, base]['median']:.2f}"


def show_group(results, base, kind, entries, threads):
    group = [result for result in results if (result["entries"], result["threads"]) == (entries, threads)]
    found = {(result["workload"], result["peer"]): result for result in group}
    peers = peers_of(group)
    print(f"\n{amount(entries)} entries, {threads} {kind}: "
          f"ns per operation of one of them, ± half the spread; below, the ratio to {base}\n")
    row("", [""] + [f"{peer:>18}" for peer in peers])
    for workload in dict.fromkeys(result["workload"] for result in group):
        row(workload, [""] + [f"{cell(found, workload, peer):>18}" for peer in peers])
        row("", [""] + [f"{ratio(found, workload, peer, base):>18}" for peer in peers])


def show_times(results, base, kind):
    for entries, threads in sorted({(result["entries"], result["threads"]) for result in results}):
        show_group(results, base, kind, entries, threads)


def show_memory(results):
    per_entry = {result["peer"]: [size["bytes"] / size["entries"] for size in result["sizes"]] for result in results}
    print("\nbytes per entry\n")
    row("", [""] + [f"{peer:>18}" for peer in per_entry])
    for i, size in enumerate(results[0]["sizes"]):
        if i % MEMORY_STEP == 0:
            row(f"{size['entries']} entries", [""] + [f"{values[i]:>18.1f}" for values in per_entry.values()])
    row("average, 1 K to 4 M", [""] + [f"{result['average_bytes_per_entry_to_4M']:>18.1f}" for result in results])

# SPDX-License-Identifier: GPL-2.0
"""Converts the output of a guest to results: lines "figure WORKLOAD PEER ENTRIES THREADS VALUE". Other lines are ignored."""

from collections import defaultdict

from measure import average_per_entry, summary

AVERAGED_TO = 1 << 22


def read(path):
    """Returns lists of times in ns, or of bytes, by workload, peer, entries and threads."""
    found = defaultdict(list)
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if line.startswith("figure "):
                _, workload, peer, entries, threads, value = line.split()
                found[workload, peer, int(entries), int(threads)].append(float(value))
    return found


def times(found):
    return [{"workload": workload, "peer": peer, "entries": entries, "threads": threads, "unit": "ns", **summary(values)}
            for (workload, peer, entries, threads), values in found.items() if workload != "memory"]


def memory(found):
    sizes = defaultdict(list)
    for (workload, peer, entries, _), values in found.items():
        if workload == "memory":
            sizes[peer].append({"entries": entries, "bytes": values[0]})
    return [{"peer": peer, "sizes": samples, "average_bytes_per_entry_to_4M": average_per_entry(samples, AVERAGED_TO)}
            for peer, samples in sizes.items()]


def medians(results, entries, threads):
    """Returns medians by workload and peer."""
    return {(result["workload"], result["peer"]): result["median"] for result in results
            if (result["entries"], result["threads"]) == (entries, threads)}


def averages(results):
    return {result["peer"]: result["average_bytes_per_entry_to_4M"] for result in results}


def goal(what, against, ratio, most):
    return {"what": what, "against": against, "is": ratio, "goal": f"at most {most:.3g}", "met": ratio <= most}

# SPDX-License-Identifier: GPL-2.0
"""The goals of the native core, and whether they are met."""

from plan import BATCH_READS, GO_RIVALS, LIMIT, MAPPED, MILLION, OURS, OURS_SAFE, READS, RIVALS

WORKLOADS = ("reads", "95/5", "90/10", "50/50", "churn", "growth")
THREADS = 2
BATCHES = 2.5
MAPPED_TIME = 1.3
OF_LIMIT = {READS: 0.7, BATCH_READS: 0.9}
BEYOND_SCHEDULER_NS = 1_000_000


def medians(results, workload):
    return {result["peer"]: result["median"] for result in results["throughput"]
            if (result["entries"], result["threads"], result["keys"], result["workload"]) ==
            (MILLION, THREADS, "uniform", workload)}


def throughput_goals(results):
    for workload in WORKLOADS:
        rates = medians(results, workload)
        if not rates:
            continue
        best = max(RIVALS + GO_RIVALS, key=rates.get)
        for ours, goal in ((OURS, 1.5 if workload == "reads" else 1.0), (OURS_SAFE, 1.0)):
            ratio = rates[ours] / rates[best]
            yield {"what": f"{ours}, {workload}, 1 M entries, {THREADS} threads, uniform", "against": best,
                   "is": ratio, "goal": f"at least {goal}", "met": ratio >= goal}


def reads(results):
    """Medians of single lookups and of batches, by peer, run, entries and threads."""
    return {(result["peer"], (result["workload"], result["keys"]), result["entries"], result["threads"]): result["median"]
            for result in results["throughput"] if (result["workload"], result["keys"]) in (READS, BATCH_READS)}


def batch_goals(results):
    found = reads(results)
    for (peer, run, entries, threads), median in found.items():
        if (peer, run, entries) != (OURS, BATCH_READS, 16 * MILLION):
            continue
        ratio = median / found[OURS, READS, entries, threads]
        yield {"what": f"{OURS}, reads in batches, 16 M entries, {threads} threads, uniform", "against": "its single reads",
               "is": ratio, "goal": f"at least {BATCHES}", "met": ratio >= BATCHES}


def mapped_goals(results):
    found = reads(results)
    for (peer, run, entries, threads), median in found.items():
        if peer == MAPPED:
            ratio = found[OURS, run, entries, threads] / median
            yield {"what": f"time of {' '.join(run)} through a mapping, {entries} entries, {threads} threads", "against": OURS,
                   "is": ratio, "goal": f"at most {MAPPED_TIME}", "met": ratio <= MAPPED_TIME}


def limit_goals(results):
    found = reads(results)
    for (peer, run, entries, threads), median in found.items():
        if (peer, entries) == (LIMIT, MILLION):
            ratio = found[OURS, run, entries, threads] / median
            yield {"what": f"{OURS}, {' '.join(run)}, 1 M entries, {threads} threads", "against": "an array",
                   "is": ratio, "goal": f"at least {OF_LIMIT[run]}", "met": ratio >= OF_LIMIT[run]}


def latency_goals(results):
    for result in results["latency"]:
        if result["peer"] != OURS or result["entries"] != 4 * MILLION:
            continue
        beyond = max(0, result["insert"]["max"]["median"] - result["nothing"]["max"]["median"])
        yield {"what": f"longest insert while growing to 4 M, {result['threads']} threads, ms",
               "against": "the scheduler", "is": beyond / 1e6,
               "goal": f"below {BEYOND_SCHEDULER_NS / 1e6:.0f}", "met": beyond < BEYOND_SCHEDULER_NS}


def goals(results):
    return [*throughput_goals(results), *batch_goals(results), *mapped_goals(results), *limit_goals(results),
            *latency_goals(results)]

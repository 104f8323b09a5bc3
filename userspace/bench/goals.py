# SPDX-License-Identifier: GPL-2.0
"""The goals of the native core, and whether they are met."""

from plan import BATCH_READS, MILLION, OURS, OURS_SAFE, PEERS, READS

WORKLOADS = ("reads", "95/5", "90/10", "50/50", "churn", "growth")
THREADS = 2
RIVALS = tuple(peer for peer in PEERS if peer not in (OURS, OURS_SAFE))
BATCHES = 2.5
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
        best = max(RIVALS, key=rates.get)
        for ours, goal in ((OURS, 1.5 if workload == "reads" else 1.0), (OURS_SAFE, 1.0)):
            ratio = rates[ours] / rates[best]
            yield {"what": f"{ours}, {workload}, 1 M entries, {THREADS} threads, uniform", "against": best,
                   "is": ratio, "goal": f"at least {goal}", "met": ratio >= goal}


def batch_goals(results):
    found = {((result["workload"], result["keys"]), result["threads"]): result["median"] for result in results["throughput"]
             if (result["entries"], result["peer"]) == (16 * MILLION, OURS)}
    for (run, threads), median in found.items():
        if run != BATCH_READS:
            continue
        ratio = median / found[READS, threads]
        yield {"what": f"{OURS}, reads in batches, 16 M entries, {threads} threads, uniform", "against": "its single reads",
               "is": ratio, "goal": f"at least {BATCHES}", "met": ratio >= BATCHES}


def latency_goals(results):
    for result in results["latency"]:
        if result["peer"] != OURS or result["entries"] != 4 * MILLION:
            continue
        beyond = max(0, result["insert"]["max"]["median"] - result["nothing"]["max"]["median"])
        yield {"what": f"longest insert while growing to 4 M, {result['threads']} threads, ms",
               "against": "the scheduler", "is": beyond / 1e6,
               "goal": f"below {BEYOND_SCHEDULER_NS / 1e6:.0f}", "met": beyond < BEYOND_SCHEDULER_NS}


def goals(results):
    return [*throughput_goals(results), *batch_goals(results), *latency_goals(results)]

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Compares the figures for Prometheus with the dashboard and the page that explain them. Prints a line per case.

    monitoring.py METRICS DASHBOARD PAGE RULES

METRICS is what "bucketmap stats --prometheus" has printed. The dashboard's queries are written to RULES, for promtool.
"""

import json
import re
import sys

NAME = re.compile(r"\bbucketmap_[a-z_]+\b")
failed = False


def check(name: str, wrong: object) -> None:
    global failed
    if wrong:
        print(f"    | {wrong}")
        failed = True
    print(f"{'not ok' if wrong else 'ok'} monitoring: {name}")


def panels(dashboard: dict) -> list:
    return dashboard["panels"]


def queries(dashboard: dict) -> list[str]:
    return [target["expr"] for panel in panels(dashboard) for target in panel["targets"]]


def write_rules(path: str, expressions: list[str]) -> None:
    """Each query as a recording rule. JSON is YAML."""
    rules = []
    for number, expression in enumerate(expressions):
        plain = expression.replace("$__rate_interval", "5m").replace("$instance", ".*").replace("$map", ".*")
        rules.append({"record": f"dashboard:query:{number}", "expr": plain})
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"groups": [{"name": "dashboard", "rules": rules}]}, file)


def main() -> int:
    metrics, dashboard, page, rules = sys.argv[1:]
    with open(metrics, encoding="utf-8") as file:
        lines = file.read().splitlines()
    heads = [line.split()[2] for line in lines if line.startswith("# TYPE ")]
    sampled = {NAME.match(line).group() for line in lines if NAME.match(line)}
    with open(dashboard, encoding="utf-8") as file:
        shown = json.load(file)
    with open(page, encoding="utf-8") as file:
        explained = set(re.findall(r"^\| `(bucketmap_[a-z_]+)", file.read(), re.M))
    expressions = queries(shown)
    asked = set(NAME.findall(" ".join(expressions + [one["query"]["query"] for one in shown["templating"]["list"][1:]])))
    check("each metric has a sample", set(heads) ^ sampled or len(heads) < 20)
    check("the dashboard asks for metrics that exist", asked - sampled or len(asked) < 15)
    check("the ids of the dashboard's panels differ", len({one["id"] for one in panels(shown)}) != len(panels(shown)))
    check("the page explains each metric, and no other", explained ^ set(heads))
    write_rules(rules, expressions)
    return failed


if __name__ == "__main__":
    sys.exit(main())

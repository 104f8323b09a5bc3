#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0
"""Compares the pages with the sources: what the module counts, warns of and has as parameters is documented; what the pages name
exists; links lead somewhere. Prints what is wrong, and fails if anything is.

    check-docs.py [DIR]         the tree, by default this one
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if sys.argv[1:] else pathlib.Path(__file__).parent.parent).resolve()
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
# The glossary also names what is gone.
NAMING = [page for page in PAGES if page.name != "glossary.md"]
NAME = re.compile(r"\b(?:bmt?|bucketmap|BMT?|BUCKETMAP)_\w*[a-zA-Z0-9]\b")
PATH = re.compile(r"(?:module|userspace|testbed|docs|kunit|packaging|core|dev|uapi)/[\w./-]+")
SUFFIXES = ".c", ".h", ".py", ".sh", ".map", ".pml"
SOURCES = "module", "kunit", "userspace", "packaging", "testbed", "docs/model"
MODULE = [file for part in ("core", "dev") for file in sorted((ROOT / "module" / part).glob("*.[ch]"))]
wrong: list[str] = []


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def compare(what: str, there: set[str], documented: set[str]) -> None:
    if not there:
        wrong.append(f"{what}: none was found")
    wrong.extend(f"{what}: {name} is not documented" for name in sorted(there - documented))


def section(page: str, heading: str) -> str:
    return re.split(r"^## ", text(page).split(f"## {heading}\n", 1)[1], flags=re.M)[0]


def first_column(table: str) -> set[str]:
    """What stands in backticks in the first column of a page's tables."""
    return {name for cell in re.findall(r"^\|([^|]*)\|", table, re.M) for name in re.findall(r"`([^`]+)`", cell)}


def shown_by(function: str) -> set[str]:
    """The names of the lines that a file in debugfs has."""
    body = re.search(rf"^static int {function}_show\(.*?^}}", text("module/dev/debugfs.c"), re.M | re.S)
    assert body, function
    return set(re.findall(r'(?:line|seq_printf)\(seq, "(\w+)[" ]', body[0]))


def counters_are_documented() -> None:
    counted = set(re.findall(r'^\t\[BM_\w+\]\s*= "(\w+)"', text("module/core/counters.c"), re.M))
    lines = {name: shown_by(name) for name in ("stats", "chains", "resize")}
    explained = set(re.findall(r"`(\w+)`", text("docs/debugfs.md")))
    advised = first_column(section("docs/operating.md", "Counters, and what to do"))
    compare("counters, docs/debugfs.md", counted, explained)
    compare("counters, docs/operating.md", counted, advised)
    for name, shown in lines.items():
        compare(f"lines of {name}, docs/debugfs.md", shown, explained)
    compare("lines of resize, docs/operating.md", lines["resize"], advised)
    compare("what docs/operating.md has, in debugfs", advised, counted.union(*lines.values()))


def messages_are_documented() -> None:
    warning = {file.name for file in MODULE if re.search(r"\bWARN(_ON)?(_ONCE)?\(", file.read_text())}
    documented = {name for name in first_column(section("docs/operating.md", "Log messages")) if name.endswith(".c")}
    compare("files with warnings, docs/operating.md", warning, documented)
    compare("warnings that docs/operating.md has, in module", documented - {"WARNING: ... at .../NAME.c"}, warning)
    for file in MODULE:
        wrong.extend(f"{file.name} prints, and docs/operating.md says that the module does not: {call}"
                     for call in re.findall(r"\b(?:pr|dev)_(?:emerg|alert|crit|err|warn|notice|info)\w*\(|\bprintk\w*\(", file.read_text()))


def parameters_are_documented() -> None:
    there = {name for file in MODULE for name in re.findall(r"^module_param(?:_cb)?\((\w+)", file.read_text(), re.M)}
    compare("module parameters, bucketmap.7", there, set(re.findall(r"^\.It Va (\w+)", text("userspace/man/bucketmap.7"), re.M)))


def anchor(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def links_lead_somewhere() -> None:
    for page in PAGES:
        prose = re.sub(r"^```.*?^```|^    .*?$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
        for target in re.findall(r"\]\(([^)\s]+)\)", prose):
            if re.match(r"https?:", target):
                continue
            name, _, where = target.partition("#")
            file = (page.parent / name).resolve() if name else page
            if not file.exists():
                wrong.append(f"{page.name}: no {target}")
            elif where and where not in {anchor(line) for line in re.findall(r"^#+ (.*)", file.read_text(encoding="utf-8"), re.M)}:
                wrong.append(f"{page.name}: no heading {target}")


def pages_are_listed() -> None:
    listed = set(re.findall(r"^\| \[docs/(\w[\w-]*\.md)\]", text("README.md"), re.M))
    compare("pages, README.md", {page.name for page in PAGES if page.parent == ROOT / "docs"}, listed)


def names_exist() -> None:
    files = [file for part in SOURCES for file in (ROOT / part).rglob("*") if file.suffix in SUFFIXES]
    # Names of metrics are put together where they are printed; "monitoring" compares this page with what is printed.
    words = set(re.findall(r"\w+", " ".join(file.read_text() for file in files))) | first_column(text("docs/monitoring.md"))
    for page in NAMING:
        for code in re.findall(r"`([^`\n]+)`", page.read_text(encoding="utf-8")):
            if re.search(r"NAME|PACKAGE|\*", code):
                continue
            wrong.extend(f"{page.name}: {name}: no source has it" for name in NAME.findall(code) if name not in words)
            if PATH.fullmatch(code) and not (ROOT / code).exists() and not (ROOT / "module" / code).exists():
                wrong.append(f"{page.name}: no {code}")


def main() -> int:
    counters_are_documented()
    messages_are_documented()
    parameters_are_documented()
    links_lead_somewhere()
    pages_are_listed()
    names_exist()
    print(*wrong, sep="\n", end="\n" if wrong else "")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())

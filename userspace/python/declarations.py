#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Writes bucketmap/_declarations.py: what cffi must know of libbucketmap, from its header.

    declarations.py HEADER SONAME VERSION [COMPILER-ARGUMENT...]

The compiler's preprocessor reads the header. Types and functions become the text for cffi, constants a dictionary.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

TYPES = {"__u8": "uint8_t", "__u16": "uint16_t", "__u32": "uint32_t", "__u64": "uint64_t", "__s32": "int32_t"}
OURS = re.compile(r"(^|/)bucketmap\.h$")
LINE_MARKER = re.compile(r'^# \d+ "([^"]*)"')
# A number; or one with a cast or a complement, which is an unsigned one of 32 bits.
NUMBER = re.compile(r"^\(?(-?(?:0x[0-9a-fA-F]+|\d+))\)?$")
UNSIGNED = re.compile(r"^\((?:\(__u32\)(-\d+)|(~\d+)U)\)$")


def preprocess(header: str, arguments: list[str], *options: str) -> str:
    command = [*os.environ.get("CC", "cc").split(), "-E", *options, *arguments, header]
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout


def is_ours(path: str) -> bool:
    return bool(OURS.search(path))


def declarations(text: str) -> str:
    """Keeps the lines that come from the library's headers."""
    kept, ours = [], False
    for line in text.splitlines():
        marker = LINE_MARKER.match(line)
        if marker:
            ours = is_ours(marker.group(1))
        elif ours and line.strip() and not line.startswith("#"):
            kept.append(line)
    types = [f"typedef {own} {name};" for name, own in TYPES.items()]
    return "\n".join(types + kept)


def value(expression: str) -> int | None:
    number = NUMBER.match(expression)
    if number:
        return int(number.group(1), 0)
    number = UNSIGNED.match(expression)
    if number:
        signed, complement = number.groups()
        return (int(signed) if signed else ~int(complement[1:])) % 2**32
    return None


def constants(text: str) -> dict[str, int]:
    """The macros that are numbers."""
    found = {}
    for name, expression in re.findall(r"^#define (BUCKETMAP_\w+) (.+)$", text, re.M):
        number = value(expression)
        if number is not None:
            found[name] = number
    return found


def main() -> None:
    header, soname, version, *arguments = sys.argv[1:]
    print('"""Made from bucketmap.h by declarations.py. Changes here are lost."""\n')
    print(f'SONAME = "{soname}"\nVERSION = "{version}"\n')
    print(f'DECLARATIONS = """\\\n{declarations(preprocess(header, arguments))}\n"""\n')
    print("CONSTANTS = {")
    for name, number in sorted(constants(preprocess(header, arguments, "-dM")).items()):
        print(f'    "{name}": {number},')
    print("}")


if __name__ == "__main__":
    main()

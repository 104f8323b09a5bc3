# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the kernel says of a map and of the module."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar

from ._library import ffi

Described = TypeVar("Described")


@dataclasses.dataclass(frozen=True)
class Info:
    """The members of struct bucketmap_info: see bucketmap_info(3)."""

    flags: int
    key_size: int
    value_size: int
    capacity: int
    max_entries: int
    count: int
    buckets: int
    bytes: int
    id: int
    mode: int
    uid: int
    gid: int
    key_format: int
    value_format: int
    name: str
    mappings: int
    lookup_hits: int
    lookup_misses: int
    inserted: int
    overwritten: int
    deleted: int
    refused_full: int
    refused_memory: int
    refused_collisions: int
    grown: int
    shrunk: int
    key_fields: str
    value_fields: str


@dataclasses.dataclass(frozen=True)
class Limits:
    """The members of struct bucketmap_limits: see bucketmap_info(3)."""

    version: int
    ioctls: tuple[int, ...]
    create_flags: int
    key_size_max: int
    value_size_max: int
    max_maps: int
    maps: int
    max_bytes: int
    bytes: int
    max_maps_per_user: int
    user_maps: int


def decode_name(text: Any) -> str:
    return bytes(ffi.string(text)).decode("utf-8", "surrogateescape")


def encode_name(name: str) -> bytes:
    encoded = name.encode("utf-8", "surrogateescape")
    if b"\0" in encoded:
        raise ValueError("the name has a zero byte")
    return encoded


def convert(member: Any) -> Any:
    """A member of a structure as a Python object: text, a tuple or a number."""
    if isinstance(member, int):
        return member
    return decode_name(member) if ffi.typeof(member).item.cname == "char" else tuple(member)


def describe(kind: type[Described], structure: Any) -> Described:
    names = [field.name for field in dataclasses.fields(kind)]
    return kind(**{name: convert(getattr(structure, name)) for name in names})


def new_structure(name: str) -> Any:
    """A zeroed structure that knows its size."""
    structure = ffi.new(f"struct {name} *")
    structure.size = ffi.sizeof(structure[0])
    return structure

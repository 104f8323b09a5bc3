# SPDX-License-Identifier: LGPL-2.1-or-later
"""Creating and finding maps."""

from __future__ import annotations

from typing import Any

from . import _formats
from ._base import open_flags
from ._describe import Limits, decode_name, describe, encode_name, new_structure
from ._formats import Description
from ._library import check, check_device, constant, ffi, lib
from ._map import Map

HASHES = {
    "siphash13": 0,
    "siphash24": constant("CREATE_SIPHASH24"),
    "xxh64": constant("CREATE_XXH64"),
}


def configure(name: str, key: Description, value: Description | None, capacity: int, max_entries: int, mode: int, hash: str,
              mappable: bool) -> Any:
    if hash not in HASHES:
        raise ValueError(f"{hash!r} is none of {', '.join(HASHES)}")
    encoded = encode_name(name)
    if len(encoded) >= constant("NAME_SIZE"):
        raise ValueError(f"a name has at most {constant('NAME_SIZE') - 1} bytes")
    keys, values = _formats.parse(key), _formats.nothing() if value is None else _formats.parse(value)
    config = new_structure("bucketmap_create")
    config.flags = HASHES[hash] | (constant("CREATE_MAPPABLE") if mappable else 0)
    config.key_size, config.value_size = keys.size, values.size
    config.capacity, config.max_entries, config.mode = capacity, max_entries, mode
    config.name = encoded
    for member, found in (("key", keys), ("value", values)):
        if len(found.fields_text) >= constant("FIELDS_SIZE"):
            raise ValueError("a format has at most 255 characters")
        setattr(config, member + "_format", found.number)
        setattr(config, member + "_fields", found.fields_text.encode())
    return config


def create(name: str = "", *, key: Description, value: Description | None = None, capacity: int = 0, max_entries: int = 0,
           mode: int = 0o600, hash: str = "siphash13", mappable: bool = False) -> Map:
    """Creates a map, unnamed if the name is empty; a set if it has no values.

    key and value are formats of bucketmap(1) or of the module struct. Raises FileExistsError if a map has the name.
    """
    handle = ffi.new("struct bucketmap **")
    config = configure(name, key, value, capacity, max_entries, mode, hash, mappable)
    check_device(lib.bucketmap_create(handle, config), name)
    return Map(handle[0], key, value)


def open_or_create(name: str, *, key: Description, value: Description | None = None, capacity: int = 0, max_entries: int = 0,
                   mode: int = 0o600, hash: str = "siphash13", mappable: bool = False) -> Map:
    """Opens a map, or creates it if no map has its name.

    A map that exists must have keys and values of these sizes, else an OSError with EMEDIUMTYPE is raised, and belong to the
    caller's effective user or to root, else PermissionError. The other arguments are for a new map only.
    """
    handle = ffi.new("struct bucketmap **")
    config = configure(name, key, value, capacity, max_entries, mode, hash, mappable)
    check_device(lib.bucketmap_open_or_create(handle, config), name)
    return Map(handle[0], key, value)


def open(name: str, key: Description | None = None, value: Description | None = None, *, read_only: bool = False,
         owner: int | None = None) -> Map:
    """Opens a map by its name.

    Formats that are not given are those that the map remembers. Raises FileNotFoundError if no map has the name, an OSError
    with EMEDIUMTYPE if its keys or values have other sizes than these formats, and PermissionError if it has another owner
    than the user id that is given.
    """
    handle = ffi.new("struct bucketmap **")
    check_device(lib.bucketmap_open(handle, encode_name(name), open_flags(read_only)), name)
    found = Map(handle[0], key, value)
    if owner is not None:
        info = found.info()
        check(lib.bucketmap_check(found._map(), info.key_size, info.value_size, owner), name)
    return found


def from_fd(fd: int, key: Description | None = None, value: Description | None = None) -> Map:
    """Uses a map's descriptor that was inherited or received. It belongs to the map from then on, and is
    closed if the formats do not fit."""
    handle = ffi.new("struct bucketmap **")
    check(lib.bucketmap_from_fd(handle, fd))
    return Map(handle[0], key, value)


def unlink(name: str) -> None:
    """Removes the name of a map. Descriptors of the map stay usable."""
    check_device(lib.bucketmap_unlink(encode_name(name)), name)


def names() -> list[str]:
    """The names of the maps that the caller owns or may open for reading."""
    found: list[str] = []

    def add(name: Any, context: Any) -> int:
        found.append(decode_name(name))
        return 0

    each = ffi.callback("int(const char *, void *)", add)
    check_device(lib.bucketmap_list(each, ffi.NULL))
    return found


def limits() -> Limits:
    """The limits of the module, and how far they are used."""
    found = new_structure("bucketmap_limits")
    check_device(lib.bucketmap_limits(found))
    return describe(Limits, found)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""A map without its entries: the handle, what the kernel says of it, its rights and its size."""

from __future__ import annotations

import errno
from typing import Any, TypeVar

from . import _formats
from ._describe import Info, describe, new_structure
from ._formats import Description, Format
from ._library import check, constant, deadline_after, fail, ffi, in_steps, lib

Self = TypeVar("Self", bound="Base")


class Base:
    """A descriptor of a map. Not to be made directly, but by create(), open(), open_or_create() or from_fd()."""

    def __init__(self, handle: Any, key: Description | None = None, value: Description | None = None) -> None:
        # Closed when the last reference goes: a call in another thread has one of its own.
        self._handle: Any = ffi.gc(handle, lib.bucketmap_close)
        info = self.info()
        self._name = info.name
        self._key = self._find_format(key, info.key_size, info.key_format, info.key_fields, _formats.TEXT)
        self._value = self._find_format(value, info.value_size, info.value_format, info.value_fields,
                                        _formats.DECIMAL if info.value_size == 8 else _formats.TEXT)

    def _find_format(self, wanted: Description | None, size: int, number: int, fields_text: str, default: int) -> Format:
        if wanted is None:
            return _formats.remembered(size, number, fields_text, default)
        if size == 0:
            fail(-errno.EMEDIUMTYPE, self._name, "the map is a set: it has no values")
        found = _formats.parse(wanted, size)
        if found.size != size:
            fail(-errno.EMEDIUMTYPE, self._name)
        return found

    def _map(self) -> Any:
        if self._handle is None:
            raise ValueError("the map is closed")
        return self._handle

    def close(self) -> None:
        """Closes the descriptor. Calls that other threads have begun are completed."""
        self._handle = None

    @property
    def closed(self) -> bool:
        return self._handle is None

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "closed " if self.closed else ""
        return f"<{state}bucketmap.Map {self._name!r}: keys of {self._key.size} bytes, values of {self._value.size}>"

    def fileno(self) -> int:
        """The descriptor, for poll(2), select(2) and to pass it to another process."""
        return int(lib.bucketmap_fd(self._map()))

    @property
    def name(self) -> str:
        """The name when the map was opened; empty for an unnamed map."""
        return self._name

    def info(self) -> Info:
        """What the kernel says of the map now: attributes, usage, and how often what has happened."""
        info = new_structure("bucketmap_info")
        check(lib.bucketmap_info(self._map(), info), None)
        return describe(Info, info)

    def reopen(self: Self, *, read_only: bool = False) -> Self:
        """Opens the map again, with a descriptor of its own that reports changes independently."""
        handle = ffi.new("struct bucketmap **")
        check(lib.bucketmap_reopen(handle, self._map(), open_flags(read_only)), self._name)
        other = type(self)(handle[0])
        other._key, other._value = self._key, self._value
        return other

    def use_mapping(self) -> None:
        """Looks keys up without system calls from now on. The map must be mappable; no other thread may use this object
        meanwhile. If it fails, lookups go on to use system calls."""
        error = lib.bucketmap_use_mapping(self._map())
        if error == -errno.ENODEV:
            fail(error, self._name, "the map was not created as mappable, or has an unknown format")
        check(error, self._name)

    def unlink(self) -> None:
        """Removes the name of this map, and of no other. Descriptors of the map stay usable."""
        check(lib.bucketmap_unlink_map(self._map()), self._name)

    def chmod(self, mode: int) -> None:
        """Changes the permission bits."""
        check(lib.bucketmap_chmod_map(self._map(), mode), self._name)

    def chown(self, uid: int | None = None, gid: int | None = None) -> None:
        """Changes the owner, the group or both."""
        keep = constant("ID_KEEP")
        check(lib.bucketmap_chown_map(self._map(), keep if uid is None else uid, keep if gid is None else gid), self._name)

    def resize(self, capacity: int = 0, timeout: float | None = None) -> None:
        """Makes the table large enough for a number of entries, or shrinks it to fit those that there are. Raises
        TimeoutError if that takes longer than the timeout in seconds; the capacity is then unchanged."""
        check(lib.bucketmap_resize(self._map(), capacity, deadline_after(timeout) or 0), self._name)

    def changes(self) -> bool:
        """Whether the map has changed since the last call, or this is the first one. After it, poll(2) and select(2)
        report the map as readable once it changes again."""
        return bool(check(lib.bucketmap_changes(self._map()), self._name))

    def clear(self) -> None:
        """Removes all entries, one after the other."""
        cursor = ffi.new("struct bucketmap_cursor *")
        handle = self._map()
        check(in_steps(lambda deadline: lib.bucketmap_clear(handle, cursor, deadline)), self._name)


def open_flags(read_only: bool) -> int:
    return constant("OPEN_RDONLY") if read_only else 0

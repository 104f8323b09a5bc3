# SPDX-License-Identifier: LGPL-2.1-or-later
"""Operations on one entry. Each takes effect at one instant for all users of the map."""

from __future__ import annotations

import errno
from typing import Any, NoReturn

from ._base import Base
from ._library import check, fail, ffi, in_steps, lib


class Entries(Base):
    def _refuse(self, error: int, key: Any) -> NoReturn:
        if error == -errno.ENOENT:
            raise KeyError(key)
        fail(error, self._name)

    def _check(self, result: int, key: Any) -> int:
        if result < 0:
            self._refuse(result, key)
        return result

    def _buffer(self) -> Any:
        return ffi.new("char[]", self._value.size)

    def _unpack(self, buffer: Any) -> Any:
        return self._value.unpack(ffi.buffer(buffer)[:])

    def __getitem__(self, key: Any) -> Any:
        value = self._buffer()
        self._check(lib.bucketmap_lookup(self._map(), self._key.pack(key), value, 0, 0), key)
        return self._unpack(value)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._check(lib.bucketmap_store(self._map(), self._key.pack(key), self._value.pack(value), 0, 0), key)

    def __delitem__(self, key: Any) -> None:
        self._check(lib.bucketmap_delete(self._map(), self._key.pack(key)), key)

    def __contains__(self, key: Any) -> bool:
        error = lib.bucketmap_lookup(self._map(), self._key.pack(key), ffi.NULL, 0, 0)
        return error != -errno.ENOENT and self._check(error, key) == 0

    def insert(self, key: Any, value: Any = None) -> bool:
        """Makes a new entry. Returns whether it did: False if the key exists, whose value stays."""
        error = lib.bucketmap_insert(self._map(), self._key.pack(key), self._value.pack(value), 0, 0)
        return error != -errno.EEXIST and self._check(error, key) == 0

    def replace(self, key: Any, value: Any) -> None:
        """Writes the value of a key that exists, else raises KeyError."""
        self._check(lib.bucketmap_replace(self._map(), self._key.pack(key), self._value.pack(value), 0, 0), key)

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """Returns the value of the key; makes an entry with the default if there is none (LOAD_OR_STORE)."""
        value, previous = self._value.pack(default), self._buffer()
        existed = lib.bucketmap_load_or_store(self._map(), self._key.pack(key), value, previous, 0, 0)
        return self._unpack(previous) if self._check(existed, key) else self._value.unpack(value)

    def swap(self, key: Any, value: Any, default: Any = None) -> Any:
        """Writes a value and returns the one before, or the default if the entry is new."""
        previous = self._buffer()
        existed = lib.bucketmap_swap(self._map(), self._key.pack(key), self._value.pack(value), previous, 0, 0)
        return self._unpack(previous) if self._check(existed, key) else default

    def take(self, key: Any) -> Any:
        """Removes an entry and returns its value (LOOKUP_AND_DELETE). Raises KeyError if there is none; see also pop()."""
        previous = self._buffer()
        self._check(lib.bucketmap_lookup_and_delete(self._map(), self._key.pack(key), previous, 0, 0), key)
        return self._unpack(previous)

    def compare_and_swap(self, key: Any, expected: Any, value: Any) -> bool:
        """Writes a value if the old one is as expected. Returns whether it did. Raises KeyError if the key does not exist."""
        error = lib.bucketmap_compare_and_swap(self._map(), self._key.pack(key), self._value.pack(expected),
                                               self._value.pack(value), ffi.NULL, 0, 0)
        return error != -errno.ECANCELED and self._check(error, key) == 0

    def compare_and_delete(self, key: Any, expected: Any) -> bool:
        """Removes an entry if its value is as expected. Returns whether it did. Raises KeyError if the key does not exist."""
        error = lib.bucketmap_compare_and_delete(self._map(), self._key.pack(key), self._value.pack(expected), ffi.NULL, 0, 0)
        return error != -errno.ECANCELED and self._check(error, key) == 0

    def add(self, key: Any, delta: int, at: int | str = 0) -> int:
        """Adds to a 64-bit number inside a value, at an offset or in the field of that name. Returns the number before.
        If the key does not exist, an entry with a value of zeros is made. Numbers wrap around at 2^64."""
        return self._number(lib.bucketmap_add, key, delta, at)

    def add_existing(self, key: Any, delta: int, at: int | str = 0) -> int:
        """As add(), but raises KeyError if the key does not exist."""
        return self._number(lib.bucketmap_add_existing, key, delta, at)

    def max(self, key: Any, number: int, at: int | str = 0) -> int:
        """Raises a 64-bit unsigned number inside a value if it is smaller, at an offset or in the field of that name. Returns
        the number before. If the key does not exist, an entry with a value of zeros is made."""
        return self._max(lib.bucketmap_max, key, number, at)

    def max_existing(self, key: Any, number: int, at: int | str = 0) -> int:
        """As max(), but raises KeyError if the key does not exist."""
        return self._max(lib.bucketmap_max_existing, key, number, at)

    def _max(self, function: Any, key: Any, number: int, at: int | str) -> int:
        if number < 0:
            raise OverflowError("the number is below 0: unsigned ones are compared")
        if self._value.locate(at)[1]:
            raise ValueError("the number is signed: only unsigned ones are compared")
        return self._number(function, key, number, at)

    def _number(self, function: Any, key: Any, operand: int, at: int | str) -> int:
        offset, signed = self._value.locate(at)
        if not -2**63 <= operand < 2**64:
            raise OverflowError("the number does not fit into 64 bits")
        previous = ffi.new("__u64 *")
        self._check(function(self._map(), self._key.pack(key), offset, operand % 2**64, previous), key)
        number = int(previous[0])
        return number - 2**64 if signed and number >= 2**63 else number

    def wait(self, key: Any, seen: Any, timeout: float | None = None) -> bool:
        """Waits until the value differs from the one that was seen, or the key does not exist. Returns False if the time,
        in seconds, runs out first. A timeout of 0 only checks."""
        return self._wait(key, self._value.pack(seen), timeout)

    def wait_for(self, key: Any, timeout: float | None = None) -> bool:
        """Waits until the key exists. Returns False if the time runs out first."""
        return self._wait(key, ffi.NULL, timeout)

    def _wait(self, key: Any, seen: Any, timeout: float | None) -> bool:
        handle, packed = self._map(), self._key.pack(key)
        error = in_steps(lambda deadline: lib.bucketmap_wait(handle, packed, seen, 0, 0, deadline), timeout)
        return error != -errno.ETIME and check(error, self._name) == 0

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Many entries in one call: batches over columns, and walks over all entries."""

from __future__ import annotations

import array
import enum
import errno
from typing import Any, Iterable, Iterator, Mapping

from ._columns import address, column, count_items
from ._describe import new_structure
from ._entries import Entries
from ._library import check, constant, fail, ffi, in_steps, lib

# Entries of one step of a walk, or of a batch that is made of Python objects.
CHUNK = 4096


class Operation(enum.IntEnum):
    """The operations of batches: see bucketmap_batch(3) for the columns that each takes."""

    LOOKUP = constant("LOOKUP")
    STORE = constant("STORE")
    INSERT = constant("INSERT")
    REPLACE = constant("REPLACE")
    LOAD_OR_STORE = constant("LOAD_OR_STORE")
    SWAP = constant("SWAP")
    DELETE = constant("DELETE")
    LOOKUP_AND_DELETE = constant("LOOKUP_AND_DELETE")
    COMPARE_AND_SWAP = constant("COMPARE_AND_SWAP")
    COMPARE_AND_DELETE = constant("COMPARE_AND_DELETE")
    ADD = constant("ADD")
    ADD_EXISTING = constant("ADD_EXISTING")
    MAX = constant("MAX")
    MAX_EXISTING = constant("MAX_EXISTING")


# Their values are 64-bit numbers.
NUMBERS = (Operation.ADD, Operation.ADD_EXISTING, Operation.MAX, Operation.MAX_EXISTING)


class Bulk(Entries):
    def batch(self, operation: Operation, keys: Any, values: Any = None, *, expected: Any = None, previous: Any = None,
              results: Any = None, offset: int = 0, length: int = 0) -> Any:
        """One operation on many entries. Columns are contiguous buffers, such as arrays of numpy, and are not copied: keys,
        values and expected are read, previous and results written. Each result is what the call for one entry returns:
        0 or 1, or a negative errno. They are returned, as an array.array('i') if no column is given for them."""
        count = count_items(keys, self._key.size, "keys")
        if results is None:
            results = array.array("i", bytes(count * ffi.sizeof("int")))
        size = 8 if operation in NUMBERS else length if offset or length else self._value.size
        columns = {
            "keys": column(keys, self._key.size, count, "keys"),
            "values": column(values, size, count, "values"),
            "expected": column(expected, size, count, "expected"),
            "previous": column(previous, size, count, "previous", writable=True),
            "results": column(results, ffi.sizeof("int"), count, "results", writable=True),
        }
        batch = new_structure("bucketmap_batch")
        batch.operation, batch.count, batch.offset, batch.length = operation, count, offset, length
        for name, pointer in columns.items():
            setattr(batch, name, address(pointer))
        self._run_batch(batch)
        return results

    def _run_batch(self, batch: Any) -> None:
        handle = self._map()

        def run(deadline: int) -> int:
            batch.deadline = deadline
            return int(lib.bucketmap_batch(handle, batch))

        check(in_steps(run), self._name)

    def lookup_many(self, keys: Iterable[Any], default: Any = None) -> list[Any]:
        """The values of many keys, in their order, by one batch; the default for a key that does not exist."""
        packed = b"".join(map(self._key.pack, keys))
        size = self._value.size
        values = bytearray(len(packed) // self._key.size * size)
        results = self.batch(Operation.LOOKUP, packed, previous=values)
        found = []
        for index, result in enumerate(results):
            if result < 0 and result != -errno.ENOENT:
                fail(result, self._name)
            found.append(default if result else self._value.unpack(bytes(values[index * size:(index + 1) * size])))
        return found

    def store_many(self, entries: Iterable[tuple[Any, Any]] | Mapping[Any, Any]) -> None:
        """Stores pairs of key and value, or the entries of a mapping, by batches. Raises the error of the first entry that
        is refused; those after it may be stored."""
        pairs = iter(entries.items() if isinstance(entries, Mapping) else entries)
        while True:
            keys, values = bytearray(), bytearray()
            for _, (key, value) in zip(range(CHUNK), pairs):
                packed = self._key.pack(key), self._value.pack(value)
                keys += packed[0]
                values += packed[1]
            if not keys:
                return
            for result in self.batch(Operation.STORE, keys, values):
                check(result, self._name)

    def scan(self, *, values: bool = True, entries: int = CHUNK) -> Iterator[tuple[memoryview, memoryview]]:
        """Walks over all entries. Yields columns of keys and values, as bytes without gaps and up to so many entries each, for
        numpy.frombuffer() for example. A key that exists throughout the walk is returned exactly once."""
        cursor = ffi.new("struct bucketmap_cursor *")
        count = ffi.new("__u32 *")
        size = self._value.size if values else 0
        while not cursor.end:
            columns = bytearray(entries * self._key.size), bytearray(entries * size)
            pointers = [ffi.from_buffer(one) for one in columns]
            error = lib.bucketmap_scan(self._map(), cursor, pointers[0], pointers[1] if size else ffi.NULL, 0, 0, entries, count)
            if error == -errno.ENOBUFS:
                entries = count[0]
                continue
            check(error, self._name)
            if count[0]:
                yield memoryview(columns[0])[:count[0] * self._key.size], memoryview(columns[1])[:count[0] * size]

# SPDX-License-Identifier: LGPL-2.1-or-later
"""A map as a mutable mapping of Python."""

from __future__ import annotations

from collections.abc import ItemsView, MutableMapping, ValuesView
from typing import Any, Iterator

from ._bulk import Bulk

MISSING = object()


class Items(ItemsView):  # type: ignore[type-arg]
    """The entries of a map, read by a walk and not key by key."""

    _mapping: "Map"

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        return self._mapping._walk()


class Values(ValuesView):  # type: ignore[type-arg]
    _mapping: "Map"

    def __iter__(self) -> Iterator[Any]:
        return (value for _, value in self._mapping._walk())

    def __contains__(self, value: object) -> bool:
        return any(value == one for one in self)


class Map(Bulk, MutableMapping):  # type: ignore[type-arg]
    """A map of the kernel, which other processes may use at the same time, as a dictionary.

    Each operation takes effect at one instant. Iterating is a walk: a key that exists from its begin to its end is returned
    exactly once, whatever is written meanwhile.
    """

    def __len__(self) -> int:
        return self.info().count

    def __iter__(self) -> Iterator[Any]:
        size, unpack = self._key.size, self._key.unpack
        for keys, _ in self.scan(values=False):
            for at in range(0, len(keys), size):
                yield unpack(bytes(keys[at:at + size]))

    def _walk(self) -> Iterator[tuple[Any, Any]]:
        key_size, value_size = self._key.size, self._value.size
        for keys, values in self.scan():
            for index in range(len(keys) // key_size):
                key = bytes(keys[index * key_size:(index + 1) * key_size])
                value = bytes(values[index * value_size:(index + 1) * value_size])
                yield self._key.unpack(key), self._value.unpack(value)

    def items(self) -> ItemsView:  # type: ignore[type-arg]
        return Items(self)

    def values(self) -> ValuesView:  # type: ignore[type-arg]
        return Values(self)

    def pop(self, key: Any, default: Any = MISSING) -> Any:
        """Removes an entry and returns its value, at one instant."""
        try:
            return self.take(key)
        except KeyError:
            if default is MISSING:
                raise
            return default

    def popitem(self) -> tuple[Any, Any]:
        """Removes an entry, whichever, and returns key and value. Raises KeyError if the map is empty."""
        for key in self:
            value = self.pop(key, MISSING)
            if value is not MISSING:
                return key, value
        raise KeyError("the map is empty")

    def update(self, entries: Any = (), /, **more: Any) -> None:
        """Stores the entries of a mapping, or pairs, by batches."""
        self.store_many(entries)
        self.store_many(more)

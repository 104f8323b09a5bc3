# SPDX-License-Identifier: LGPL-2.1-or-later
"""Columns of batches: memory of other objects, such as bytes, bytearray, array.array and numpy.ndarray. Nothing is copied."""

from __future__ import annotations

from typing import Any

from ._library import ffi


def count_items(buffer: Any, size: int, what: str) -> int:
    """How many items of a size are in a buffer.

    An array of bytes has them one behind the other. Each element of any other array must be one, or each of its rows:
    an array of 32-bit numbers is not taken for one of half as many keys of 64 bits.
    """
    view = memoryview(buffer)
    if not view.c_contiguous:
        raise ValueError(f"{what}: the array has gaps; numpy.ascontiguousarray() makes one without")
    if view.itemsize == 1 and view.ndim == 1:
        count, rest = divmod(view.nbytes, size)
    else:
        count = view.shape[0] if view.shape else 1
        rest = view.nbytes - count * size
    if rest:
        raise ValueError(f"{what}: the elements do not have {size} bytes each")
    return count


def column(buffer: Any, size: int, count: int, what: str, writable: bool = False) -> Any:
    """Returns a pointer to a column, or NULL; keep it until the call is done, as it keeps the memory."""
    if buffer is None or size == 0:
        return ffi.NULL
    if count_items(buffer, size, what) != count:
        raise ValueError(f"{what}: not as many elements as there are keys ({count})")
    try:
        return ffi.from_buffer("char[]", buffer, require_writable=writable)
    except (BufferError, TypeError, ValueError) as error:
        raise type(error)(f"{what}: {error}") from None


def address(pointer: Any) -> int:
    return int(ffi.cast("uintptr_t", pointer))

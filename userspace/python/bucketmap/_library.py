# SPDX-License-Identifier: LGPL-2.1-or-later
"""libbucketmap, loaded by cffi, and its errors as exceptions."""

from __future__ import annotations

import errno
import os
import time
from typing import Any, Callable, NoReturn

import cffi

from ._declarations import CONSTANTS, DECLARATIONS, SONAME

ffi = cffi.FFI()
ffi.cdef(DECLARATIONS)
try:
    lib: Any = ffi.dlopen(SONAME)
except OSError as error:
    raise ImportError(f"bucketmap needs {SONAME}, which is not installed, or not known to ldconfig: {error}") from error

# What the library returns where strerror(3) would mislead.
TEXTS = {
    errno.EMEDIUMTYPE: "the keys or values of the map have other sizes",
    errno.EMLINK: "too many keys collide with this one",
    errno.ENOSPC: "the map has max_entries entries",
    errno.ETIME: "the time ran out",
    errno.EUSERS: "too many calls wait, or too many mappings",
}

# While it waits in the kernel, Python does not handle signals: a long call is made in steps.
STEP_NS = 200_000_000


def constant(name: str) -> int:
    return int(CONSTANTS["BUCKETMAP_" + name])


def fail(error: int, subject: str | None = None, text: str | None = None) -> NoReturn:
    """Raises the exception for a negative errno."""
    number = -error
    message = text or TEXTS.get(number) or os.strerror(number)
    if number == errno.ETIME:
        raise TimeoutError(number, message, subject or None)
    raise OSError(number, message, subject or None)


def check(result: Any, subject: str | None = None) -> int:
    """Returns the result of a call, unless it is an error."""
    if result < 0:
        fail(result, subject)
    return int(result)


def check_device(result: Any, subject: str | None = None) -> int:
    """The same for calls that open the device."""
    if result == -errno.ENODEV:
        fail(result, "/dev/bucketmap", "the kernel module bucketmap is not loaded")
    return check(result, subject)


def deadline_after(timeout: float | None) -> int | None:
    """When a timeout in seconds ends; None for never."""
    if timeout is None:
        return None
    return int(lib.bucketmap_deadline(min(max(int(timeout * 1e9), 0), 2**63 - 1)))


def in_steps(call: Callable[[int], Any], timeout: float | None = None) -> int:
    """Calls with one deadline after the other. Returns the result; -ETIME if the timeout has passed."""
    end = deadline_after(timeout)
    while True:
        step = time.monotonic_ns() + STEP_NS
        result = int(call(step if end is None else min(step, end)))
        if result != -errno.ETIME or (end is not None and time.monotonic_ns() >= end):
            return result

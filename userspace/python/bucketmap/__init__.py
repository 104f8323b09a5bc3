# SPDX-License-Identifier: LGPL-2.1-or-later
"""bucketmap: hash maps of the kernel that processes share.

    with bucketmap.open_or_create("visits", key="text:16", value="u64") as visits:
        visits.add("alice", 1)
        print(visits["alice"])

See docs/python.md for a tour.
"""

from __future__ import annotations

from ._bulk import Operation
from ._declarations import VERSION as __version__
from ._describe import Info, Limits
from ._find import create, from_fd, limits, names, open, open_or_create, unlink
from ._map import Map

__all__ = [
    "Info", "Limits", "Map", "Operation", "__version__", "create", "from_fd", "limits", "names", "open", "open_or_create",
    "unlink",
]

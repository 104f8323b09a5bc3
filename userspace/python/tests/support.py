# SPDX-License-Identifier: GPL-2.0
"""What the tests share: names of maps that go with their test."""

import contextlib
import os
import unittest

import bucketmap

# A timeout, in seconds, that only a bug exceeds.
PATIENCE = 60


class MapTest(unittest.TestCase):
    def map_name(self, suffix="map"):
        return f"py-{self.id().rsplit('.')[-1][:40]}-{suffix}"

    def tearDown(self):
        for name in bucketmap.names():
            if name.startswith("py-"):
                bucketmap.unlink(name)

    @contextlib.contextmanager
    def assert_errno(self, number, kind=OSError):
        with self.assertRaises(kind) as caught:
            yield
        self.assertEqual(caught.exception.errno, number)


def in_child(work):
    """Runs a function in another process. Returns the process, for wait_for()."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return pid


def wait_for(pid):
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

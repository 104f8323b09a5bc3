# SPDX-License-Identifier: GPL-2.0
"""What cffi knows of the library agrees with the library, and the package uses all of it."""

import pathlib
import re
import subprocess
import unittest

import bucketmap
from bucketmap import _declarations, _library

# Left out on purpose: the functions with the suffix _at, and what the package does by others.
BY_OTHERS = {"bucketmap_open_sized", "bucketmap_open_owned", "bucketmap_chmod", "bucketmap_chown"}


def declared():
    return set(re.findall(r"\b(bucketmap_\w+)\(", _declarations.DECLARATIONS))


class DeclarationsTest(unittest.TestCase):
    def test_the_library_exports_each_function(self):
        self.assertGreater(len(declared()), 40)
        for name in declared():
            with self.subTest(name):
                self.assertTrue(callable(getattr(_library.lib, name)))

    def test_the_package_uses_each_function(self):
        sources = pathlib.Path(bucketmap.__file__).parent.glob("*.py")
        text = "".join(path.read_text() for path in sources if path.name != "_declarations.py")
        used = {"bucketmap_" + name for name in re.findall(r"\blib\.bucketmap_(\w+)", text)}
        self.assertEqual({name for name in declared() if not name.endswith("_at")} - BY_OTHERS, used)

    def test_the_version_is_that_of_the_tool(self):
        said = subprocess.run(["bucketmap", "--version"], check=True, text=True, stdout=subprocess.PIPE).stdout
        self.assertEqual(said, f"bucketmap {bucketmap.__version__}\n")

    def test_constants_are_those_of_the_header(self):
        for name, number in {"FORMAT_MAC": 7, "WAIT_ABSENT": 1, "OWNER_ANY": 2**32 - 1, "ID_KEEP": 2**32 - 1, "DEVICE_OPEN": -1,
                             "NAME_SIZE": 64, "CREATE_SIPHASH24": 4}.items():
            self.assertEqual(_library.constant(name), number)

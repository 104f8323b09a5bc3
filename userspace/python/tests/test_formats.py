# SPDX-License-Identifier: GPL-2.0
"""Formats of bucketmap(1) and of the module struct, as a map remembers them."""

import errno
import ipaddress
import math
import os
import struct

import bucketmap
from support import MapTest


class FormatsTest(MapTest):
    def check(self, description, *values, size=None):
        """Each value comes back as it was, from a map whose values have the format, and from one whose keys have it."""
        made = bucketmap.create(key="u8", value=description)
        keyed = bucketmap.create(key=description)
        for value in values:
            with self.subTest(description=description, value=value):
                made[0] = value
                self.assertEqual(made[0], value)
                self.assertIs(type(made[0]), type(value))
                keyed[value] = None
                self.assertEqual(list(keyed), [value])
                keyed.clear()
        self.assertEqual(made.info().value_size, size)

    def test_formats_of_the_tool(self):
        self.check("text:6", "", "abc", "häß", "abcdef", "\udcff", size=6)
        self.check("hex:3", b"abc", b"\0\xff\0", size=3)
        self.check("u8", 0, 255, size=1)
        self.check("u16", 0, 65535, size=2)
        self.check("dec:4", 0, 2**32 - 1, size=4)
        self.check("i64", -2**63, -1, 2**63 - 1, size=8)
        self.check("signed:2", -32768, 32767, size=2)
        self.check("ipv4", ipaddress.IPv4Address("10.0.0.1"), size=4)
        self.check("ipv6", ipaddress.IPv6Address("fe80::1"), size=16)
        self.check("mac", "00:1a:2b:3c:4d:ff", size=6)

    def test_formats_of_struct(self):
        self.check("<Q", 0, 2**64 - 1, size=8)
        self.check(">i", -5, size=4)
        self.check("d", 0.5, -math.inf, size=8)
        self.check("4s", b"abcd", b"\0\0\0\0", size=4)
        self.check("?", True, False, size=1)
        self.check("<Hx3sd", (1, b"xyz", 2.5), size=14)
        self.check("=hex", (1, 0.5), size=5)
        self.check(struct.Struct("hex"), (1, 0.5), size=5)
        self.check("2I", (1, 2), size=8)

    def test_short_values_are_padded_and_longer_ones_refused(self):
        for description in ("4s", "hex:4"):
            made = bucketmap.create(key="u8", value=description)
            made[0] = b"ab"
            self.assertEqual(made[0], b"ab\0\0")
            with self.assertRaises(ValueError):
                made[0] = b"abcde"
        made = bucketmap.create(key="u8", value="5p")
        made[0] = b"abcd"
        self.assertEqual(made[0], b"abcd")
        with self.assertRaises(ValueError):
            made[0] = b"abcde"

    def test_fields_have_names(self):
        made = bucketmap.create(key="u8", value="u64:hits,text:4:user,ipv4:from")
        made[0] = (3, "eve", "10.0.0.1")
        self.assertEqual(made[0].hits, 3)
        self.assertEqual(made[0].user, "eve")
        made[0] = {"user": "bob", "hits": 4, "from": "10.0.0.2"}
        self.assertEqual(made[0], (4, "bob", ipaddress.IPv4Address("10.0.0.2")))
        for value in ((1, "a"), (1, "a", "10.0.0.1", 5)):
            with self.assertRaises(ValueError):
                made[0] = value
        with self.assertRaises(KeyError):
            made[0] = {"hits": 1}
        self.assertEqual(made[0].hits, 4)

    def test_a_map_remembers_its_formats(self):
        name = self.map_name()
        value = "u64:hits,text:4:user"
        bucketmap.create(name, key="i32", value=value).close()
        found = bucketmap.open(name)
        found[-1] = (5, "eve")
        self.assertEqual(dict(found), {-1: (5, "eve")})
        self.assertEqual(found.info().value_fields, value)
        self.assertEqual(bucketmap.open(name, key="<i", value="12s")[-1][8:], b"eve\0")

    def test_a_number_of_struct_is_remembered(self):
        for code, value in (("Q", 2**64 - 1), ("i", -3), ("=h", -3)):
            name = self.map_name(code)
            bucketmap.create(name, key="u8", value=code)[0] = value
            self.assertEqual(bucketmap.open(name)[0], value)
        name = self.map_name("big")
        bucketmap.create(name, key="u8", value=">I")[0] = 1
        self.assertEqual(bucketmap.open(name, value=">I")[0], 1)

    def test_bad_descriptions_are_refused(self):
        for description in ("", "text", "dec", "dec:3", "u64:", "u64:1a", "text:0", "text:5000", "u8:a,u8:a", "u8,u8", "4x", "zz",
                            "u64:a:b", "ipv4:5", "text:8:a,hex:b", "u64:" + "a" * 32):
            with self.subTest(description=description), self.assertRaises(ValueError):
                bucketmap.create(key="u8", value=description)

    def test_other_sizes_are_refused(self):
        name = self.map_name()
        bucketmap.create(name, key="u32", value="u64").close()
        for formats in ({"key": "u64"}, {"value": "u32"}, {"value": "text:9"}, {"key": "3s"}):
            with self.subTest(formats=formats), self.assert_errno(errno.EMEDIUMTYPE):
                bucketmap.open(name, **formats)
        with self.assert_errno(errno.EMEDIUMTYPE):
            bucketmap.open_or_create(name, key="u32", value="u32")
        self.assertEqual(bucketmap.open(name, key="text", value="text").info().key_size, 4)
        made = bucketmap.create(key="u8")
        with self.assert_errno(errno.EMEDIUMTYPE):
            bucketmap.from_fd(os.dup(made.fileno()), value="u8")

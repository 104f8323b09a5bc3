# SPDX-License-Identifier: GPL-2.0
"""Creating and finding maps, and what the kernel says of them."""

import dataclasses
import errno
import os

import bucketmap
from support import MapTest, in_child, wait_for


def as_user(uid, work):
    def run():
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        work()
    return wait_for(in_child(run))


class FindTest(MapTest):
    def test_create_open_and_unlink(self):
        name = self.map_name()
        with self.assert_errno(errno.ENOENT, FileNotFoundError):
            bucketmap.open(name)
        made = bucketmap.create(name, key="u32", value="u64", capacity=1000, max_entries=5000, mode=0o640, hash="xxh64")
        with self.assert_errno(errno.EEXIST, FileExistsError):
            bucketmap.create(name, key="u32", value="u64")
        info = bucketmap.open(name).info()
        self.assertEqual((info.capacity, info.max_entries, info.mode, info.name), (1000, 5000, 0o640, name))
        self.assertEqual(info.flags, bucketmap._library.constant("CREATE_XXH64"))
        self.assertIn(name, bucketmap.names())
        self.assertEqual(made.name, name)
        bucketmap.unlink(name)
        self.assertNotIn(name, bucketmap.names())
        with self.assert_errno(errno.ENOENT, FileNotFoundError):
            bucketmap.unlink(name)
        made[1] = 2
        self.assertEqual(made[1], 2)

    def test_open_or_create_finds_what_exists(self):
        name = self.map_name()
        first = bucketmap.open_or_create(name, key="u32", value="u64")
        first[1] = 5
        self.assertEqual(bucketmap.open_or_create(name, key="u32", value="u64")[1], 5)

    def test_a_map_of_another_owner_is_refused(self):
        name = self.map_name()
        bucketmap.create(name, key="u32", value="u64", mode=0o666).chown(uid=1000)
        self.assertEqual(bucketmap.open(name, owner=1000).info().uid, 1000)
        with self.assert_errno(errno.EPERM, PermissionError):
            bucketmap.open(name, owner=0)
        with self.assert_errno(errno.EPERM, PermissionError):
            bucketmap.open_or_create(name, key="u32", value="u64")

    def test_the_mode_is_respected(self):
        name = self.map_name()
        made = bucketmap.create(name, key="u32", value="u64", mode=0o600)
        self.addCleanup(os.chmod, "/dev/bucketmap", os.stat("/dev/bucketmap").st_mode & 0o777)
        os.chmod("/dev/bucketmap", 0o666)

        def may_not_open():
            try:
                bucketmap.open(name)
            except PermissionError as error:
                assert error.errno == errno.EACCES
                assert name not in bucketmap.names()
            else:
                raise AssertionError

        def may_read():
            assert bucketmap.open(name, read_only=True).get(1) is None
            may_not_write()

        def may_not_write():
            try:
                bucketmap.open(name)
            except PermissionError:
                return
            raise AssertionError

        self.assertEqual(as_user(1000, may_not_open), 0)
        made.chmod(0o604)
        self.assertEqual(as_user(1000, may_read), 0)

    def test_a_name_that_is_given_again_stays(self):
        name = self.map_name()
        first = bucketmap.create(name, key="u8")
        first.unlink()
        bucketmap.create(name, key="u8")
        with self.assert_errno(errno.ENOENT, FileNotFoundError):
            first.unlink()
        self.assertIn(name, bucketmap.names())

    def test_bad_names_are_refused(self):
        for name in ("a/b", "..", "a\n"):
            with self.subTest(name), self.assert_errno(errno.EINVAL):
                bucketmap.create(name, key="u8")
        for name in ("a" * 64, "a\0b"):
            with self.subTest(name), self.assertRaises(ValueError):
                bucketmap.create(name, key="u8")
        with self.assert_errno(errno.EINVAL):
            bucketmap.open("a" * 64)
        with self.assertRaises(ValueError):
            bucketmap.create(key="u8", hash="md5")

    def test_a_name_that_is_not_utf_8(self):
        name = self.map_name() + "\udcff"
        bucketmap.create(name, key="u8").close()
        self.assertIn(name, bucketmap.names())
        self.assertEqual(bucketmap.open(name).name, name)

    def test_a_descriptor_is_passed_on(self):
        made = bucketmap.create(key="u32", value="u64")
        made[1] = 5
        same = bucketmap.from_fd(os.dup(made.fileno()))
        self.assertEqual(same[1], 5)
        with open(os.devnull, "rb") as other, self.assert_errno(errno.ENOTTY):
            bucketmap.from_fd(other.fileno())

    def test_a_descriptor_is_closed_with_its_map(self):
        made = bucketmap.create(key="u32", value="u64")
        number = made.fileno()
        made.close()
        with self.assert_errno(errno.EBADF):
            os.fstat(number)

    def test_info_and_limits_have_all_members(self):
        ffi = bucketmap._library.ffi
        for kind, structure in ((bucketmap.Info, "bucketmap_info"), (bucketmap.Limits, "bucketmap_limits")):
            members = [name for name, _ in ffi.typeof(f"struct {structure}").fields if name != "size"]
            self.assertEqual([field.name for field in dataclasses.fields(kind)], members)
        limits = bucketmap.limits()
        self.assertEqual(limits.version, bucketmap._library.constant("ABI_VERSION"))
        self.assertEqual(limits.key_size_max, 256)
        before = limits.maps
        made = bucketmap.create(key="u8")
        self.assertEqual(bucketmap.limits().maps, before + 1)
        self.assertEqual(made.info().name, "")

    def test_resize(self):
        made = bucketmap.create(key="u32", value="u64")
        made.resize(100000)
        self.assertGreaterEqual(made.info().buckets * 6.5, 100000)
        with self.assert_errno(errno.ETIME, TimeoutError):
            made.resize(200000, timeout=0)
        made.resize()
        self.assertEqual(made.info().capacity, 0)

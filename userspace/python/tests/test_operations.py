# SPDX-License-Identifier: GPL-2.0
"""Operations on one entry, and their errors."""

import errno

import bucketmap
from support import MapTest, in_child, wait_for


class OperationsTest(MapTest):
    def test_insert_and_replace_respect_what_exists(self):
        made = bucketmap.create(key="u32", value="u64")
        self.assertTrue(made.insert(1, 5))
        self.assertFalse(made.insert(1, 6))
        self.assertEqual(made[1], 5)
        made.replace(1, 7)
        self.assertEqual(made[1], 7)

    def test_swap_and_take_return_the_value_before(self):
        made = bucketmap.create(key="u32", value="u64")
        self.assertIsNone(made.swap(1, 5))
        self.assertEqual(made.swap(1, 6), 5)
        self.assertEqual(made.swap(2, 7, default=0), 0)
        self.assertEqual(made.take(1), 6)
        self.assertNotIn(1, made)

    def test_compare_and_swap_needs_the_expected_value(self):
        made = bucketmap.create(key="u32", value="u64")
        made[1] = 5
        self.assertFalse(made.compare_and_swap(1, 4, 6))
        self.assertEqual(made[1], 5)
        self.assertTrue(made.compare_and_swap(1, 5, 6))
        self.assertEqual(made[1], 6)
        self.assertFalse(made.compare_and_delete(1, 5))
        self.assertIn(1, made)
        self.assertTrue(made.compare_and_delete(1, 6))
        self.assertNotIn(1, made)

    def test_add_returns_the_number_before(self):
        made = bucketmap.create(key="text:8", value="u64")
        self.assertEqual(made.add("a", 5), 0)
        self.assertEqual(made.add("a", 2), 5)
        self.assertEqual(made.add_existing("a", -3), 7)
        self.assertEqual(made["a"], 4)
        made.add("b", -1)
        self.assertEqual(made["b"], 2**64 - 1)
        self.assertEqual(made.add("b", 1), 2**64 - 1)
        self.assertEqual(made["b"], 0)
        for delta in (2**64, -2**63 - 1):
            with self.assertRaises(OverflowError):
                made.add("a", delta)
        self.assertEqual(made["a"], 4)

    def test_add_to_a_signed_number(self):
        made = bucketmap.create(key="text:8", value="i64")
        made.add("a", -5)
        self.assertEqual(made["a"], -5)
        self.assertEqual(made.add("a", 6), -5)
        self.assertEqual(made["a"], 1)

    def test_add_to_a_field(self):
        made = bucketmap.create(key="text:8", value="u64:hits,i64:balance,u32:flags,text:4:user")
        made.add("a", 3, at="hits")
        made.add("a", -4, at="balance")
        self.assertEqual(made.add("a", 1, at=8), -4)
        self.assertEqual(made["a"], (3, -3, 0, ""))
        for at in ("flags", "user", "absent"):
            with self.assertRaises(ValueError):
                made.add("a", 1, at=at)
        with self.assert_errno(errno.EINVAL):
            made.add("a", 1, at=4)

    def test_max_never_goes_back(self):
        made = bucketmap.create(key="text:8", value="u64")
        self.assertEqual(made.max("a", 5), 0)
        self.assertEqual(made.max("a", 4), 5)
        self.assertEqual(made["a"], 5)
        self.assertEqual(made.max_existing("a", 2**64 - 1), 5)
        self.assertEqual(made["a"], 2**64 - 1)
        for number in (2**64, -1):
            with self.assertRaises(OverflowError):
                made.max("b", number)
        with self.assertRaises(KeyError):
            made.max_existing("b", 5)
        self.assertNotIn("b", made)

    def test_max_of_a_field(self):
        made = bucketmap.create(key="text:8", value="u64:hits,i64:balance,u64:last")
        made.max("a", 3, at="last")
        self.assertEqual(made.max("a", 2, at=16), 3)
        self.assertEqual(made["a"], (0, 0, 3))
        for at in ("balance", 8, "absent"):
            with self.assertRaises(ValueError):
                made.max("a", 1, at=at)
        with self.assertRaises(ValueError):
            bucketmap.create(key="text:8", value="i64").max("a", 1)
        with self.assert_errno(errno.EINVAL):
            made.max("a", 1, at=4)

    def test_processes_count_together(self):
        made = bucketmap.create(key="text:8", value="u64")
        children = [in_child(lambda: [made.add("sum", 1) for _ in range(2000)]) for _ in range(4)]
        self.assertEqual([wait_for(child) for child in children], [0] * 4)
        self.assertEqual(made["sum"], 8000)

    def test_a_full_map_refuses_with_enospc(self):
        made = bucketmap.create(key="u32", value="u64", max_entries=2)
        made.update({1: 1, 2: 2})
        for call in (lambda: made.__setitem__(3, 3), lambda: made.insert(3, 3), lambda: made.update({3: 3})):
            with self.assert_errno(errno.ENOSPC):
                call()
        self.assertEqual(dict(made), {1: 1, 2: 2})

    def test_a_read_only_map_refuses_writes_with_ebadf(self):
        made = bucketmap.create(key="u32", value="u64")
        made[1] = 1
        reader = made.reopen(read_only=True)
        self.assertEqual(reader[1], 1)
        for call in (lambda: reader.__setitem__(1, 2), lambda: reader.__delitem__(1), reader.clear, lambda: reader.add(1, 1),
                     lambda: reader.batch(bucketmap.Operation.DELETE, bytes(4))):
            with self.assert_errno(errno.EBADF):
                call()
        self.assertEqual(made[1], 1)

    def test_a_key_that_does_not_fit_changes_nothing(self):
        made = bucketmap.create(key="text:4", value="u8")
        for key, value, kind in (("abcde", 1, ValueError), ("a\0", 1, ValueError), (7, 1, TypeError), ("a", 256, OverflowError),
                                 ("a", -1, OverflowError), ("a", "1", TypeError), ("a", 1.5, TypeError)):
            with self.subTest(key=key, value=value), self.assertRaises(kind):
                made[key] = value
        self.assertEqual(len(made), 0)

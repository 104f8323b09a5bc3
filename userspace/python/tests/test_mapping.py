# SPDX-License-Identifier: GPL-2.0
"""A map behaves as a dictionary does."""

import bucketmap
from support import MapTest


def numbers(count=0, **options):
    made = bucketmap.create(key="u32", value="u64", **options)
    made.update((number, number * number) for number in range(count))
    return made


class MappingTest(MapTest):
    def test_items_are_set_read_and_deleted(self):
        made = numbers()
        made[1] = 10
        made[1] = 11
        self.assertEqual(made[1], 11)
        self.assertIn(1, made)
        self.assertNotIn(2, made)
        self.assertEqual(len(made), 1)
        del made[1]
        self.assertNotIn(1, made)
        self.assertEqual(len(made), 0)

    def test_absent_keys_raise_key_error(self):
        made = numbers()
        for call in (lambda: made[7], lambda: made.__delitem__(7), lambda: made.pop(7), lambda: made.replace(7, 1),
                     lambda: made.take(7), lambda: made.compare_and_swap(7, 1, 2), lambda: made.compare_and_delete(7, 1),
                     lambda: made.add_existing(7, 1), made.popitem):
            with self.assertRaises(KeyError):
                call()
        self.assertEqual(len(made), 0)

    def test_it_equals_the_dictionary_of_its_entries(self):
        made = numbers(10000)
        plain = {number: number * number for number in range(10000)}
        self.assertEqual(made, plain)
        self.assertEqual(sorted(made), sorted(plain))
        self.assertEqual(sorted(made.keys()), sorted(plain))
        self.assertEqual(sorted(made.values()), sorted(plain.values()))
        self.assertEqual(sorted(made.items()), sorted(plain.items()))
        self.assertIn(81, made.values())
        self.assertNotIn(82, made.values())
        self.assertIn((9, 81), made.items())
        self.assertNotIn((9, 82), made.items())
        made[3] = 0
        self.assertNotEqual(made, plain)

    def test_defaults(self):
        made = numbers(2)
        self.assertEqual(made.get(1), 1)
        self.assertIsNone(made.get(5))
        self.assertEqual(made.get(5, "none"), "none")
        self.assertEqual(made.setdefault(1, 7), 1)
        self.assertEqual(made.setdefault(5, 7), 7)
        self.assertEqual(made[5], 7)
        self.assertEqual(made.pop(5), 7)
        self.assertEqual(made.pop(5, "gone"), "gone")

    def test_popitem_empties_the_map(self):
        made = numbers(50)
        taken = dict(made.popitem() for _ in range(50))
        self.assertEqual(taken, {number: number * number for number in range(50)})
        self.assertFalse(made)

    def test_clear_removes_all(self):
        made = numbers(5000)
        made.clear()
        self.assertEqual(len(made), 0)
        self.assertEqual(list(made.items()), [])

    def test_update_takes_mappings_pairs_and_keywords(self):
        made = bucketmap.create(key="text:8", value="u64")
        made.update({"a": 1}, b=2)
        made.update([("c", 3)])
        self.assertEqual(dict(made), {"a": 1, "b": 2, "c": 3})

    def test_a_set_has_keys_only(self):
        made = bucketmap.create(key="text:8")
        made["a"] = None
        self.assertTrue(made.insert("b"))
        self.assertFalse(made.insert("b"))
        self.assertIsNone(made["a"])
        self.assertEqual(sorted(made.items()), [("a", None), ("b", None)])
        self.assertEqual(made.lookup_many(["a", "x"], default=0), [None, 0])
        with self.assertRaises(ValueError):
            made["c"] = 1

    def test_entries_that_are_deleted_during_a_walk_do_no_harm(self):
        made = numbers(20000)
        seen = 0
        for key, value in made.items():
            self.assertEqual(value, key * key)
            seen += 1
            made.pop(19999 - key, None)
        self.assertGreaterEqual(seen, 10000)

    def test_a_closed_map_refuses_everything(self):
        made = numbers(1)
        with made as same:
            self.assertIs(made, same)
        made.close()
        self.assertTrue(made.closed)
        self.assertIn("closed", repr(made))
        for call in (lambda: made[0], lambda: len(made), lambda: list(made), made.fileno, made.changes, made.clear,
                     lambda: made.batch(bucketmap.Operation.LOOKUP, b"0000")):
            with self.assertRaises(ValueError):
                call()

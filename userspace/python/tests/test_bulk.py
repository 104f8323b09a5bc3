# SPDX-License-Identifier: GPL-2.0
"""Batches over buffers and arrays of numpy, and walks."""

import array
import errno

import bucketmap
import numpy
from bucketmap import Operation
from support import MapTest

COUNT = 20000


class BulkTest(MapTest):
    def setUp(self):
        self.made = bucketmap.create(key="u64", value="u64")
        self.keys = numpy.arange(COUNT, dtype=numpy.uint64)

    def test_columns_of_numpy(self):
        results = self.made.batch(Operation.STORE, self.keys, self.keys * 3)
        self.assertEqual(len(results), COUNT)
        self.assertFalse(any(results))
        values = numpy.zeros(COUNT + 1, dtype=numpy.uint64)
        asked = numpy.append(self.keys, numpy.uint64(COUNT))
        results = numpy.frombuffer(self.made.batch(Operation.LOOKUP, asked, previous=values), dtype=numpy.int32)
        self.assertTrue((values[:-1] == self.keys * 3).all())
        self.assertTrue((results[:-1] == 0).all())
        self.assertEqual(results[-1], -errno.ENOENT)

    def test_results_go_to_the_callers_column(self):
        results = numpy.full(COUNT, 7, dtype=numpy.int32)
        self.assertIs(self.made.batch(Operation.INSERT, self.keys, self.keys, results=results), results)
        self.assertTrue((results == 0).all())
        self.made.batch(Operation.INSERT, self.keys, self.keys, results=results)
        self.assertTrue((results == -errno.EEXIST).all())

    def test_all_operations(self):
        keys, ones = self.keys[:3], numpy.ones(3, dtype=numpy.uint64)
        previous = numpy.zeros(3, dtype=numpy.uint64)
        batch = self.made.batch

        def check(operation, results, before=None, **columns):
            previous[:] = 99
            if before is not None:
                columns["previous"] = previous
            self.assertEqual(list(batch(operation, keys, **columns)), [results] * 3, operation)
            self.assertEqual(list(previous), [99 if before is None else before] * 3, operation)

        check(Operation.REPLACE, -errno.ENOENT, values=ones)
        check(Operation.ADD_EXISTING, -errno.ENOENT, values=ones)
        check(Operation.ADD, 0, 0, values=ones)
        check(Operation.ADD_EXISTING, 0, 1, values=ones)
        check(Operation.MAX_EXISTING, 0, 2, values=ones)
        check(Operation.LOAD_OR_STORE, 1, 2, values=ones)
        check(Operation.SWAP, 1, 2, values=ones)
        check(Operation.COMPARE_AND_SWAP, -errno.ECANCELED, 1, values=ones, expected=ones * 5)
        check(Operation.COMPARE_AND_SWAP, 0, 1, values=ones * 5, expected=ones)
        check(Operation.COMPARE_AND_DELETE, -errno.ECANCELED, 5, expected=ones)
        check(Operation.COMPARE_AND_DELETE, 0, 5, expected=ones * 5)
        check(Operation.STORE, 0, values=ones)
        check(Operation.LOOKUP_AND_DELETE, 0, 1)
        check(Operation.DELETE, -errno.ENOENT)
        check(Operation.MAX_EXISTING, -errno.ENOENT, values=ones)
        check(Operation.MAX, 0, 0, values=ones * 7)
        check(Operation.MAX, 0, 7, values=ones)
        check(Operation.LOOKUP, 0, 7)

    def test_every_operation_of_the_header_has_a_name(self):
        for operation in Operation:
            self.assertEqual(bucketmap._library.constant(operation.name), operation)
        self.assertEqual(sorted(Operation), list(range(14)))

    def test_columns_are_not_copied(self):
        values = bytearray(COUNT * 8)
        where = bucketmap._library.ffi.from_buffer(values)
        column = bucketmap._columns.column(values, 8, COUNT, "values", writable=True)
        self.assertEqual(bucketmap._columns.address(column), bucketmap._columns.address(where))

    def test_other_buffers(self):
        self.made.batch(Operation.STORE, array.array("Q", [1, 2]), (5).to_bytes(8, "little") + (6).to_bytes(8, "little"))
        values = bytearray(16)
        self.made.batch(Operation.LOOKUP, memoryview(array.array("Q", [2, 1])), previous=values)
        self.assertEqual(values[0::8], b"\x06\x05")
        self.assertEqual(len(self.made.batch(Operation.LOOKUP, b"")), 0)

    def test_structured_arrays_and_rows(self):
        kind = numpy.dtype([("hits", "<u4"), ("user", "S4")])
        made = bucketmap.create(key="8s", value="<I4s")
        keys = numpy.frombuffer(b"first---second--", dtype=numpy.uint8).reshape(2, 8)
        made.batch(Operation.STORE, keys, numpy.array([(1, b"a"), (2, b"b")], dtype=kind))
        self.assertEqual(made[b"second--"], (2, b"b\0\0\0"))

    def test_a_window_of_the_values(self):
        made = bucketmap.create(key="u64", value="2Q")
        made.batch(Operation.STORE, self.keys, self.keys, offset=8, length=8)
        self.assertEqual(made[7], (0, 7))
        made.batch(Operation.ADD, self.keys, self.keys, offset=8)
        self.assertEqual(made[7], (0, 14))

    def test_columns_that_do_not_fit_are_refused(self):
        keys, values = self.keys[:4], self.keys[:4]
        readonly = numpy.zeros(4, dtype=numpy.uint64)
        readonly.flags.writeable = False
        for what, columns in {
            "gaps": {"keys": self.keys[:8:2], "values": values},
            "elements of 4 bytes": {"keys": keys.astype(numpy.uint32), "values": values},
            "half a key": {"keys": b"123456789012", "values": values},
            "too few values": {"keys": keys, "values": values[:3]},
            "values of 4 bytes": {"keys": keys, "values": values.astype(numpy.uint32)},
            "results of 8 bytes": {"keys": keys, "values": values, "results": values},
        }.items():
            with self.subTest(what), self.assertRaises(ValueError):
                self.made.batch(Operation.STORE, **columns)
        with self.assertRaises((ValueError, BufferError)):
            self.made.batch(Operation.LOOKUP, keys, previous=readonly)
        with self.assertRaises(TypeError):
            self.made.batch(Operation.STORE, [1, 2], values)
        self.assertEqual(len(self.made), 0)

    def test_columns_that_an_operation_does_not_have_are_refused(self):
        with self.assert_errno(errno.EINVAL):
            self.made.batch(Operation.LOOKUP, self.keys, self.keys)

    def test_lookup_many(self):
        self.made.update({1: 10, 3: 30})
        self.assertEqual(self.made.lookup_many([3, 2, 1, 3]), [30, None, 10, 30])
        self.assertEqual(self.made.lookup_many([]), [])

    def test_a_walk_returns_columns(self):
        self.made.batch(Operation.STORE, self.keys, self.keys * 2)
        keys, values = [], []
        for some_keys, some_values in self.made.scan(entries=1000):
            keys.append(numpy.frombuffer(some_keys, dtype=numpy.uint64))
            values.append(numpy.frombuffer(some_values, dtype=numpy.uint64))
            self.assertLessEqual(len(keys[-1]), 1000)
        self.assertGreater(len(keys), COUNT // 1000 - 1)
        all_keys = numpy.concatenate(keys)
        self.assertTrue((numpy.sort(all_keys) == self.keys).all())
        self.assertTrue((numpy.concatenate(values) == all_keys * 2).all())

    def test_a_walk_over_keys_has_no_values(self):
        self.made[5] = 1
        self.assertEqual([(bytes(keys), bytes(values)) for keys, values in self.made.scan(values=False)],
                         [((5).to_bytes(8, "little"), b"")])

    def test_lookups_by_a_mapping_are_the_same(self):
        made = bucketmap.create(key="u64", value="u64", mappable=True, capacity=4 * COUNT)
        made.batch(Operation.STORE, self.keys, self.keys)
        hits = made.info().lookup_hits
        made.use_mapping()
        self.assertEqual(made.info().mappings, 1)
        self.assertEqual(made[77], 77)
        self.assertNotIn(COUNT, made)
        values = numpy.zeros(COUNT, dtype=numpy.uint64)
        made.batch(Operation.LOOKUP, self.keys, previous=values)
        self.assertTrue((values == self.keys).all())
        self.assertEqual(made.info().lookup_hits, hits)
        with self.assert_errno(errno.ENODEV):
            self.made.use_mapping()
        self.made[1] = 1
        self.assertEqual(self.made[1], 1)

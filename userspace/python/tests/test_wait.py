# SPDX-License-Identifier: GPL-2.0
"""Waiting for changes, in threads and processes, and with signals."""

import select
import signal
import threading
import time

import bucketmap
from support import PATIENCE, MapTest, in_child, wait_for


class WaitTest(MapTest):
    def setUp(self):
        self.made = bucketmap.create(key="text:8", value="u64")
        self.made["a"] = 1

    def test_a_change_is_seen_at_once(self):
        self.assertTrue(self.made.wait("a", 2, PATIENCE))
        self.assertTrue(self.made.wait("absent", 2, PATIENCE))
        self.assertTrue(self.made.wait_for("a", PATIENCE))

    def test_a_timeout_is_reported(self):
        for timeout in (0, -1, 0.05, 0.3):
            begun = time.monotonic()
            self.assertFalse(self.made.wait("a", 1, timeout))
            self.assertFalse(self.made.wait_for("absent", timeout))
            self.assertGreaterEqual(time.monotonic() - begun, 2 * timeout)

    def test_another_process_wakes_the_waiter(self):
        def work():
            assert self.made.wait("a", 1, PATIENCE)
            self.made["b"] = self.made["a"] + 1

        child = in_child(work)
        self.made["a"] = 5
        self.assertTrue(self.made.wait_for("b", PATIENCE))
        self.assertEqual(self.made["b"], 6)
        self.assertEqual(wait_for(child), 0)

    def test_a_thread_waits_while_others_run(self):
        woken = []
        thread = threading.Thread(target=lambda: woken.append(self.made.wait("a", 1, PATIENCE)))
        thread.start()
        time.sleep(0.5)
        self.made["a"] = 2
        thread.join(PATIENCE)
        self.assertEqual(woken, [True])

    def test_closing_lets_a_waiting_thread_be(self):
        other = self.made.reopen()
        woken = []
        thread = threading.Thread(target=lambda: woken.append(self.made.wait("a", 1, PATIENCE)))
        thread.start()
        time.sleep(0.2)
        self.made.close()
        other["a"] = 2
        thread.join(PATIENCE)
        self.assertEqual(woken, [True])

    def test_a_signal_handler_ends_a_wait_without_timeout(self):
        class Interrupted(Exception):
            pass

        def interrupt(*_):
            raise Interrupted

        before = signal.signal(signal.SIGALRM, interrupt)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.1)
            with self.assertRaises(Interrupted):
                self.made.wait("a", 1)
        finally:
            signal.signal(signal.SIGALRM, before)

    def test_a_set_is_waited_for(self):
        made = bucketmap.create(key="text:8")
        made.insert("a")
        self.assertFalse(made.wait("a", None, 0))
        made.pop("a")
        self.assertTrue(made.wait("a", None, PATIENCE))

    def test_changes_are_reported_and_polled(self):
        self.assertTrue(self.made.changes())
        self.assertFalse(self.made.changes())
        self.assertEqual(select.select([self.made], [], [], 0)[0], [])
        other = self.made.reopen()
        other.add("a", 1)
        self.assertEqual(select.select([self.made], [], [], PATIENCE)[0], [self.made])
        self.assertTrue(self.made.changes())
        self.assertFalse(self.made.changes())

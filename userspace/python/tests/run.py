# SPDX-License-Identifier: GPL-2.0
"""Runs the tests of this directory and the sessions of documents, and prints TAP.

    run.py [DOCUMENT.md...]
"""

import doctest
import pathlib
import re
import sys
import traceback
import unittest


class Tap(unittest.TestResult):
    """Prints one line per test, and the traceback of one that failed."""

    def report(self, verdict, test, error=None):
        for line in traceback.format_exception(*error) if error else []:
            print("# " + line.rstrip().replace("\n", "\n# "))
        print(f"{verdict} {self.testsRun} - {test.id()}", flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.report("ok", test)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.report("not ok", test, error)

    def addError(self, test, error):
        super().addError(test, error)
        self.report("not ok", test, error)

    def addSkip(self, test, reason):
        raise RuntimeError(f"{test.id()}: no test is skipped ({reason})")

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error:
            print(f"# {subtest.id()}")


def sessions(path):
    """The sessions of a document as a test. A fence ends the output above it, as an empty line does."""
    text = re.sub(r"^```.*$", "", path.read_text(encoding="utf-8"), flags=re.M)
    parsed = doctest.DocTestParser().get_doctest(text, {}, path.name, str(path), 0)
    assert parsed.examples, f"{path} has no session"
    return doctest.DocTestCase(parsed)


def main():
    here = pathlib.Path(__file__).parent
    suite = unittest.defaultTestLoader.discover(str(here), pattern="test_*.py")
    for document in sys.argv[1:]:
        suite.addTest(sessions(pathlib.Path(document)))
    result = suite.run(Tap())
    print(f"1..{result.testsRun}")
    return not result.wasSuccessful()


if __name__ == "__main__":
    sys.exit(main())

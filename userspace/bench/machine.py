# SPDX-License-Identifier: GPL-2.0
"""The machine and the software of a measurement."""

import datetime
import os
import platform
import subprocess

PACKAGES = ("liburcu-dev", "libcuckoo-dev", "libtbb-dev", "libtbbmalloc2", "libabsl-dev", "libxxhash-dev", "golang-1.19-go",
            "liblmdb-dev", "libhiredis-dev", "libmemcached-dev", "libc6")


def output(*command):
    """Returns the output of a command, or "" if it does not exist or fails."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def cpu_model():
    with open("/proc/cpuinfo", encoding="ascii") as lines:
        return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown")


def packages():
    listed = output("dpkg-query", "-W", "-f", "${Package} ${Version}\n", *PACKAGES)
    return dict(line.split() for line in listed.splitlines())


def describe(root):
    def git(*arguments):
        return output("git", "-C", root, *arguments)

    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "commit": git("rev-parse", "HEAD"),
        "modified": bool(git("status", "--porcelain", "--", "module", "userspace")),
        "kernel": platform.release(),
        "cpu": cpu_model(),
        "cpus": len(os.sched_getaffinity(0)),
        "memory_bytes": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
        "compiler": output("cc", "--version").partition("\n")[0],
        "packages": packages(),
        "hdr_histogram": os.environ.get("HDR_VERSION", ""),
    }

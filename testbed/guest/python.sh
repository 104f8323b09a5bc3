# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash source=testbed/guest/tap.sh
# The tests of the Python package, which is installed, and the sessions of its page, in /python.

. /guest/tap.sh
export PYTHONDONTWRITEBYTECODE=1 PYTHONUTF8=1

insmod /bucketmap.ko discard_on_unload=1 || exit 1
tap_group python /usr/bin/python3 /python/tests/run.py /python/*.md
rmmod bucketmap

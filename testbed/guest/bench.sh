# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# A bench that is a program: it reads its commands from a file.

insmod /bucketmap.ko && cd /tmp && /bin/bench </plan && rmmod bucketmap

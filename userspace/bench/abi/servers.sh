#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Redis and memcached, unpacked: an installed one would run all the time. deps.sh has the libraries that they load. Prints the
# directory of the programs in the cache.

# shellcheck source-path=SCRIPTDIR source-path=SCRIPTDIR/../../../testbed
. "${0%/*}/../../../testbed/lib/common.sh"
. "$TESTBED/lib/apt.sh"

# redis-server is a link to a program of redis-tools.
fetch() { unpack_packages redis-server redis-tools memcached "$1"; }

# The epoch of a version ends with a colon, which would end a directory in PATH.
redis=$(package_version redis-server)
echo "$(cached "servers/redis-${redis#*:}-memcached-$(package_version memcached)" fetch)/usr/bin"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The headers of a Boost that has concurrent_flat_map and its bulk visits. Debian 12's is too old, so they come from Debian 13's
# package. Prints the include directory in the cache.

# shellcheck source-path=SCRIPTDIR source-path=SCRIPTDIR/../../testbed
. "${0%/*}/../../testbed/lib/common.sh"
. "$TESTBED/lib/apt.sh"

package=libboost1.88-dev

fetch() {
	use_suite trixie amd64
	unpack_packages "$package" "$1"
}

echo "$(cached "boost/$package" fetch)/usr/include"

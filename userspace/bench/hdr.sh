#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The C source of HdrHistogram (MIT). Debian has no package of it; npm's native-hdr-histogram includes it. Prints its directory
# in the cache.

# shellcheck source-path=SCRIPTDIR source-path=SCRIPTDIR/../../testbed
. "${0%/*}/../../testbed/lib/common.sh"

package=native-hdr-histogram
version=1.0.0
checksum=eb6feca66739e670eac90d41fbbe69a6eb084491f3e7cf8556d31ac651c1d600

fetch() {
	local tarball=$1/$package-$version.tgz
	command -v npm >/dev/null || "$TESTBED/deps.sh" npm
	say "fetching $package $version from npm"
	npm pack --silent --pack-destination "$1" "$package@$version"
	sha256sum --check --quiet <<<"$checksum  $tarball"
	tar -xf "$tarball" -C "$1" --strip-components=2 package/HdrHistogram_c
	rm "$tarball"
}

source=$(cached "hdr-histogram/$version" fetch)
printf '%s\n' "$source/src"

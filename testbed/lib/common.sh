# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What all scripts of the testbed share: messages, paths, and a cache whose entries are complete or absent. To be sourced.

set -euo pipefail
shopt -s inherit_errexit

# shellcheck disable=SC2034 # used by the scripts that source this file
{
	ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
	TESTBED=$ROOT/testbed
	BUILD=$ROOT/build
	CACHE=${BUCKETMAP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bucketmap}
	JOBS=$(nproc)
}
# For userspace/Makefile, also under programs that are run here.
export WERROR=-Werror

say() { printf '%s\n' "$*" >&2; }
die() { say "${0##*/}: $*"; exit 1; }

# cached ENTRY COMMAND...: prints the path of a cache entry. If it is missing, COMMAND runs with a new directory as its last
# argument, which is renamed to the entry when it is complete. One process makes an entry, others wait for it.
cached() {
	local entry=$CACHE/$1 lock
	shift
	if [[ ! -d $entry ]]; then
		mkdir -p "${entry%/*}"
		exec {lock}>"$entry.lock"
		flock "$lock"
		if [[ ! -d $entry ]]; then
			rm -rf "$entry.partial"
			mkdir "$entry.partial"
			"$@" "$entry.partial" >&2
			mv "$entry.partial" "$entry"
		fi
		exec {lock}>&-
	fi
	printf '%s\n' "$entry"
}

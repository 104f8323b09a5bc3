# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What packages say of the version: from VERSION, and from its heading in CHANGELOG.md. To be sourced after common.sh.

# A package must not fail to build if a newer compiler has one more warning.
unset WERROR
# What "make deb" was called with is not meant for the make that builds the package: BUILD would be that of this tree.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES

version=$(cat "$ROOT/VERSION")
# As dpkg and rpm write it: 1.0.0~rc1 is older than 1.0.0.
# shellcheck disable=SC2034 # used by the scripts that source this file
package_version=${version/-/\~}

# release_date FORMAT: that of the changelog, so that a build can be repeated.
release_date() {
	local date
	date=$(sed -nE "s/^## ${version//./\\.} \((.*)\)$/\1/p" "$ROOT/CHANGELOG.md")
	[[ -n $date ]] || die "CHANGELOG.md has no heading with a date for $version"
	LC_ALL=C date -u -d "$date 12:00 UTC" "$1"
}

# release_changes BULLET INDENT: what has changed, without links.
release_changes() {
	awk -v heading="## $version " '/^## / { found = index($0, heading) == 1 } found && /^[- ] /' "$ROOT/CHANGELOG.md" |
		sed -E "s/ ?\(\[[^]]*\]\([^)]*\)\)//; s/^  /$2/; s/^- /$1/"
}

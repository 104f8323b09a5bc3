#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The systemd units: systemd understands them, and what they run is what the tool offers. Runs on the build machine. Prints TAP.
#
#	systemd_test.sh BUILD	the directory that "make -C userspace BUILD=..." fills

# shellcheck source-path=SCRIPTDIR disable=SC2317 # functions are called by check
set -euo pipefail

build=$(realpath "${1:?the build directory}")
units=$(cd "$(dirname "${BASH_SOURCE[0]}")/../systemd" && pwd)
. "${0%/*}/tap.sh"

# verify UNIT: systemd looks for the tool where it would be installed; here it is in the build directory.
verify() {
	sed "s|@PREFIX@/bin|$build|" "$units/$1.in" >"$work/$1"
	systemd-analyze verify --man=no "$work/$1" 2>&1 | tee "$work/said" && [[ ! -s $work/said ]]
}

# Each line has a subcommand, long options and one operand.
runs_what_the_tool_offers() {
	local line option usage found=0
	while read -ra line; do
		found=$((found + 1))
		"$build/bucketmap" "${line[0]}" --help >"$work/help" || return
		usage=$(sed -nE '1s/^usage: bucketmap //p' "$work/help")
		[[ ${usage/ \[OPTION...\]/} == "${line[0]} DIR" && ${line[-1]} == /* ]] || return
		for option in "${line[@]:1:${#line[@]}-2}"; do
			grep -qE "^ *-., $option " "$work/help" || return
		done
	done < <(sed -nE 's|^Exec[A-Za-z]*=@PREFIX@/bin/bucketmap ||p' "$units/$1.in")
	((found > 0))
}

# Otherwise the unit fails if it is started again, and then nothing is saved.
leaves_existing_maps_alone() {
	grep -q '^ExecStart=.* restore .*--existing' "$units/$1.in"
}

# StateDirectory= makes the directory that the lines name.
names_one_directory() {
	diff <(sed -nE 's|^StateDirectory=|/var/lib/|p' "$units/$1.in") \
		<(sed -nE 's/^(Exec[A-Za-z]*=\S+ [a-z]+ (--[a-z]+ )*|RequiresMountsFor=)//p' "$units/$1.in" | sort -u)
}

for unit in "$units"/*.in; do
	unit=$(basename "$unit" .in)
	check "$unit: systemd understands it" verify "$unit"
	check "$unit: its commands are the tool's" runs_what_the_tool_offers "$unit"
	check "$unit: it may be started again" leaves_existing_maps_alone "$unit"
	check "$unit: it names one directory" names_one_directory "$unit"
done
conclude

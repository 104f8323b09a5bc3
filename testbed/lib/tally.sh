# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Counts results: lines "ok ..." and "not ok ...". To be sourced after common.sh.

results=$(mktemp)
trap 'rm -f "$results"' EXIT

record() { tee -a "$results"; }
missing() { echo "not ok $*" | record; }

# conclude: prints the last line; succeeds if there are results and none has failed.
conclude() {
	local passed failed
	passed=$(grep -c '^ok ' "$results" || true)
	failed=$(grep -c '^not ok ' "$results" || true)
	((failed == 0)) || { echo "failed:"; grep '^not ok ' "$results" | sed 's/^/  /'; }
	echo "$passed passed, $failed failed"
	((passed > 0 && failed == 0))
}

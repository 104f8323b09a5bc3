#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Builds a test kernel from kunit/FLAVOUR.config, once per content of that file, source and compiler.
#
#	own-kernel.sh uml headers	prints the directory to build modules against
#	own-kernel.sh uml image		prints the kernel to boot
#	own-kernel.sh uml arch		prints its ARCH
#
# Options that the fragment does not name are off. Its line "# arch: NAME" is the ARCH to build for. With a line "# like: NAME",
# the fragment extends kunit/NAME.config; "# CONFIG_X is not set" removes an option from that.

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"

flavour=$1
[[ -f $ROOT/kunit/$flavour.config ]] || die "no kernel flavour '$flavour': there is no kunit/$flavour.config"
mkdir -p "$BUILD"
fragment=$BUILD/kernel-$flavour.config

# The fragment that it extends comes first.
write_fragment() {
	local own=$ROOT/kunit/$flavour.config like
	like=$(sed -n 's/^# like: //p' "$own")
	[[ -z $like ]] || grep -vxFf <(sed -n 's/^# \(CONFIG_.*\) is not set$/\1=y/p' "$own") "$ROOT/kunit/$like.config"
	cat "$own"
}

write_fragment >"$fragment"
arch=$(sed -n 's/^# arch: //p' "$fragment")

entry_name() {
	printf '%s-%s' "$flavour" "$( (basename "$1"; gcc -dumpfullversion; cat "$fragment") | sha256sum | cut -c1-16)"
}

build_kernel() {
	local source=$1 dir=$2 log=$BUILD/kernel-$flavour.log
	say "building the kernel '$flavour' (log: $log)"
	kbuild KCONFIG_ALLCONFIG="$fragment" allnoconfig >"$log" 2>&1 || failed_build "$log"
	check_options "$dir/.config"
	kbuild -j"$JOBS" 2>&1 | tee -a "$log" | show_progress || failed_build "$log"
	find "$dir" -name '*.o' -delete
}

kbuild() { make -C "$source" O="$dir" ARCH="$arch" "$@"; }

failed_build() {
	tail -n 20 "$1" >&2
	die "kernel '$flavour' did not build, see $1"
}

# kconfig silently drops an option whose dependencies are not met.
check_options() {
	local dropped
	dropped=$(grep '^CONFIG' "$fragment" | grep -vxFf "$1" || true)
	[[ -z $dropped ]] || die "kunit/$flavour.config: kconfig dropped:" "$dropped"
}

show_progress() {
	local line objects=0 started=$SECONDS next=$((SECONDS + 15))
	while IFS= read -r line; do
		[[ $line != "  CC "* ]] || objects=$((objects + 1))
		if ((SECONDS >= next)); then
			say "  $flavour: $objects objects compiled after $((SECONDS - started)) s"
			next=$((SECONDS + 15))
		fi
	done
}

if [[ $2 == arch ]]; then
	echo "$arch"
	exit
fi
source=$("$TESTBED/kernel-source.sh" "$flavour")
dir=$(cached "kernel/$(entry_name "$source")" build_kernel "$source")
case $2 in
headers) echo "$dir" ;;
image) if [[ $arch == um ]]; then echo "$dir/linux"; else echo "$dir/arch/x86/boot/bzImage"; fi ;;
*) die "'$2' is none of headers, image, arch" ;;
esac

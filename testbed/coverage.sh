#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make coverage: which lines of module/core/ the native tests and the KUnit suites run. Lists the lines that neither runs, and
# fails below 95 %.

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/kernels.sh"
. "$TESTBED/lib/initramfs.sh"

native=$ROOT/userspace/native
dir=$BUILD/coverage
kernel=$(kernels_for coverage)

native_tests() {
	local test
	rm -rf "$dir/native"
	make -s -C "$native" BUILD="$BUILD" MODULE="$ROOT/module" OUT="$dir/native" \
		CFLAGS="-O1 -g --coverage -fprofile-update=atomic" LDFLAGS=--coverage -j"$JOBS" tests
	for test in "$dir"/native/tests/*_test; do
		say "  ${test##*/}"
		CORPUS=$native/corpus "$test" >"$dir/log" 2>&1 || { cat "$dir/log"; die "${test##*/} fails"; }
	done
}

# The kernel names counters after the directory where their objects were built. They are unpacked there.
kunit_suites() {
	"$TESTBED/module.sh" "$kernel" "$dir/kunit" CONFIG_BUCKETMAP_KUNIT=y GCOV_PROFILE=y
	new_root "$dir/root"
	install -D "$dir/kunit/bucketmap.ko" "$dir/root/kunit/bucketmap.ko"
	pack_root "$dir/root" "$dir/initramfs"
	"$TESTBED/boot.sh" "$kernel" "$dir/initramfs" "$(kernel_scripts "$kernel")" "$dir"
	sed -n '/^### gcov begin/,/^### gcov end/{//!p}' "$dir/report" | base64 -d | gunzip | (cd / && cpio -idu --quiet)
}

# measure NAME WORKING-DIRECTORY OBJECTS: converts counters to a file of gcovr. Paths in them are relative to the directory
# where the compiler ran.
measure() {
	gcovr -r "$ROOT" --object-directory "$2" -f "$ROOT/module/core/|$dir/kunit/module/core/" --json "$dir/$1.json" "$3"
	sed -i 's|build/coverage/kunit/module/|module/|g' "$dir/$1.json"
}

"$TESTBED/deps.sh" native module kernel coverage
mkdir -p "$dir"
say "== native tests"
native_tests
say "== KUnit on User-mode Linux"
kunit_suites
measure native "$native" "$dir/native"
measure kunit "$dir/kunit" "$dir/kunit"
cd "$ROOT"
gcovr -r "$ROOT" -a "$dir/native.json" -a "$dir/kunit.json" --fail-under-line 95

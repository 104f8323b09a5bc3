#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Builds bucketmap.ko and the samples for a kernel, in a copy of the sources of its own, so that builds for several kernels
# do not conflict.
#
#	module.sh KERNEL DIR [MAKE-ARGUMENT...]	makes DIR/bucketmap.ko and DIR/module/samples/*.ko; DIR is absolute

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/apt.sh"
. "$TESTBED/lib/foreign.sh"
. "$TESTBED/lib/kernels.sh"
. "$TESTBED/lib/kbuild.sh"

# Objects of an earlier build stay. A changed file gets the current time as its mtime, so that make sees that it is newer than
# the objects: it may have been edited while they were built.
copy_sources() {
	mkdir -p "$1"
	rsync -rc --delete --include='*/' --include=Kbuild --include=VERSION --include='*.[ch]' --exclude='*' \
		"$ROOT/Kbuild" "$ROOT/VERSION" "$ROOT/module" "$ROOT/kunit" "$1/"
}

kernel=$1 dir=$2
shift 2
copy_sources "$dir"
kernel_make "$kernel" "$dir" M="$dir" -j"$JOBS" "$@"
kernel_make "$kernel" "$dir" M="$dir/module/samples" KBUILD_EXTRA_SYMBOLS="$dir/Module.symvers" "$@"

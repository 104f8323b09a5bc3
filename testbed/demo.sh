#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make demo: in a VM with a stock Debian kernel, four processes count the words of a text into one map, and another process
# is killed while it counts. The result is compared with a count made on the host without bucketmap. guest/demo.sh runs in
# the VM.

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/apt.sh"
. "$TESTBED/lib/text.sh"
. "$TESTBED/lib/kernels.sh"
. "$TESTBED/lib/initramfs.sh"

kernel=$(kernels_for stock)
dir=$BUILD/demo

# show_report PID: the output of the guest, until the process PID ends.
show_report() { tail -n +1 -s 0.2 --pid="$1" -f "$dir/report" | grep --line-buffered -v '^guest: '; }

"$TESTBED/deps.sh" module user vm
say "preparing the text, the module and the tool"
text=$(demo_text)
"$TESTBED/module.sh" "$kernel" "$BUILD/$kernel/module"
make -s -C "$ROOT/userspace" BUILD="$BUILD/user" >&2
new_root "$dir/root"
cp "$BUILD/$kernel/module/bucketmap.ko" "$dir/root/"
add_programs "$dir/root" bin "$BUILD/user/bucketmap"
cp "$text"/* "$dir/root/data/"
pack_root "$dir/root" "$dir/initramfs"

say "booting Debian's kernel $kernel in a VM with two CPUs"
: >"$dir/report"
BOOT_TIMEOUT=300 "$TESTBED/boot.sh" "$kernel" "$dir/initramfs" demo "$dir" &
machine=$!
show_report "$machine"
wait "$machine" || die "the demo failed"

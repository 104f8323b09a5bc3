#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make vm: a shell in a VM with a stock Debian kernel, the module and the tool. KERNEL=6.1 boots another kernel.

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/apt.sh"
. "$TESTBED/lib/text.sh"
. "$TESTBED/lib/kernels.sh"
. "$TESTBED/lib/initramfs.sh"
. "$TESTBED/lib/accel.sh"
. "$TESTBED/lib/machine.sh"

kernel=${KERNEL:-$(kernels_for stock)}
dir=$BUILD/vm

"$TESTBED/deps.sh" module user vm
"$TESTBED/module.sh" "$kernel" "$BUILD/$kernel/module"
make -s -C "$ROOT/userspace" BUILD="$BUILD/user" >&2
new_root "$dir/root"
cp "$BUILD/$kernel/module/bucketmap.ko" "$BUILD/$kernel/module/module/samples/packets.ko" "$dir/root/"
add_programs "$dir/root" bin "$BUILD/user/bucketmap"
text=$(demo_text)
cp "$text"/text.* "$dir/root/data/"
pack_root "$dir/root" "$dir/initramfs"

say "booting (Ctrl-A X stops the machine)"
image=$(kernel_image "$kernel")
qemu_command "$image" "$dir/initramfs" "run=shell quiet"
"${command[@]}" -serial mon:stdio

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make vm: a shell in a VM with a stock Debian kernel, the module, the tool, Python, and programs of your own.
#
#	[KERNEL=6.1] vm.sh [FILE...]	the files are in /tmp, where the shell begins. KERNEL is a name in lib/kernels.sh; uml is
#					User-mode Linux, which boots in a second and has one CPU

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/apt.sh"
. "$TESTBED/lib/text.sh"
. "$TESTBED/lib/kernels.sh"
. "$TESTBED/lib/initramfs.sh"
. "$TESTBED/lib/python.sh"
. "$TESTBED/lib/accel.sh"
. "$TESTBED/lib/machine.sh"

kernel=${KERNEL:-$(kernels_for stock)}
dir=$BUILD/vm

for file in "$@"; do
	[[ -f $file ]] || die "$file: no such file"
done
"$TESTBED/deps.sh" module user vm shell
"$TESTBED/module.sh" "$kernel" "$BUILD/$kernel/module"
make -s -C "$ROOT/userspace" BUILD="$BUILD/user" >&2
new_root "$dir/root"
find "$BUILD/$kernel/module" \( -name bucketmap.ko -o -name packets.ko \) -exec cp -t "$dir/root" {} +
add_programs "$dir/root" bin "$BUILD/user/bucketmap"
add_python "$dir/root"
add_python_bucketmap "$dir/root"
text=$(demo_text)
cp "$text"/text.* "$dir/root/data/"
mkdir "$dir/root/files"
(($# == 0)) || add_programs "$dir/root" files "$@"
pack_root "$dir/root" "$dir/initramfs"

image=$(kernel_image "$kernel")
if [[ $(kernel_arch "$kernel") == um ]]; then
	say "booting"
	uml_command "$image" "$dir/initramfs" "run=shell quiet"
	TMPDIR=$dir "${command[@]}" con0=null ssl0=fd:0,fd:1 3>/dev/null
else
	say "booting (Ctrl-A X stops the machine)"
	qemu_command "$image" "$dir/initramfs" "run=shell quiet"
	"${command[@]}" -serial mon:stdio
fi

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Boots a kernel with an initramfs, runs guest scripts, and checks the result.
#
#	boot.sh KERNEL INITRAMFS SCRIPT[,SCRIPT...] DIR [KERNEL-PARAMETER...]
#
# DIR/report is the output of the scripts, DIR/console the kernel log. It succeeds only if the report ends with the guest's
# line of success and the log has no splat. BOOT_TIMEOUT is in seconds.

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/kernels.sh"
. "$TESTBED/lib/initramfs.sh"
. "$TESTBED/lib/accel.sh"
. "$TESTBED/lib/machine.sh"
. "$TESTBED/lib/splats.sh"

start() {
	local kernel=$1 initramfs=$2 dir=$3 parameters=$4 image command
	image=$(kernel_image "$kernel")
	case $(kernel_arch "$kernel") in
	um)
		uml_command "$image" "$initramfs" "$parameters"
		# Its memory is a file, which must not be in /dev/shm, since that may be small.
		TMPDIR=$dir within_time "${command[@]}" >"$dir/console" 2>&1 3>"$dir/report"
		;;
	arm64)
		arm64_command "$image" "$initramfs" "$parameters"
		within_time "${command[@]}" -serial "file:$dir/console" -chardev "file,id=report,path=$dir/report"
		;;
	*)
		qemu_command "$image" "$initramfs" "$parameters"
		within_time "${command[@]}" -serial "file:$dir/console" -serial "file:$dir/report"
		;;
	esac
}

within_time() { timeout -k 5 "${BOOT_TIMEOUT:-300}" "$@" </dev/null; }

judge() {
	local dir=$1 status=$2
	if kernel_splats "$dir/console" >"$dir/splats"; then
		say "warnings in the kernel log:"
		head -n 20 "$dir/splats" >&2
	elif [[ $(tail -n 1 "$dir/report") != "guest: all is well" ]]; then
		say "the guest did not report success$( ((status == 124)) && echo ": timeout")"
	else
		return 0
	fi
	say "end of the kernel log ($dir/console):"
	tail -n 40 "$dir/console" >&2
	say "end of the report ($dir/report):"
	tail -n 15 "$dir/report" >&2
	return 1
}

kernel=$1 initramfs=$2 scripts=$3 dir=$4
shift 4
mkdir -p "$dir"
: >"$dir/console"
: >"$dir/report"
status=0
start "$kernel" "$initramfs" "$dir" "run=$scripts $*" || status=$?
judge "$dir" "$status"

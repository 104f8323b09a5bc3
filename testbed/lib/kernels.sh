# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The kernels of the testbed, and what is known about each. To add one, add a row. To be sourced after common.sh.
#
# NAME        as in "testbed/test.sh NAME"
# PACKAGE     the Debian package: linux-image-* is booted as it is; linux-source-* is built with kunit/NAME.config
# PURPOSES    test: "make test" runs it; deep: so does "make test-deep"; warnings: "make check" builds the module for it;
#             stock: the kernel of the demo, of "make vm" and of the benches; bench: the kernel bench in User-mode Linux;
#             coverage: "make coverage"
# SCRIPTS     the guest scripts that test-kernel.sh and coverage.sh run, or "-"
# PARAMETERS  what test-kernel.sh adds to the kernel's command line
#
# The suites of "kunit" need a kernel with KUnit. The other scripts have threads that overlap: they need two CPUs, and User-mode
# Linux has one. KASAN makes everything slow, so kasan has fewer kills and wake-ups. KCSAN stops the machine so often that kcsan
# runs only the suites, which have the most threads; it continues after a race outside the module. 6.12 expedites grace periods:
# some users set that, and it changes how the module waits and polls for them.
kernel_table="
bench    linux-source-6.12          bench                -
gcov     linux-source-6.12          coverage             kunit,gcov
uml      linux-source-6.12          test,deep            kunit
kasan    linux-source-6.12          test,deep,warnings   kunit,lifecycle,e2e,sample              kills=200 wakeups=500
kcsan    linux-source-6.12          test,deep            kunit                                   panic_on_warn=0 kcsan.early_enable=1 kcsan.skip_watch=2000
6.12     linux-image-6.12-amd64     test,warnings,stock  expedited,lifecycle,e2e,sample,dataset  rcupdate.rcu_expedited=1
6.12-rt  linux-image-6.12-rt-amd64  test                 lifecycle,e2e,sample,dataset
6.1      linux-image-amd64          test,warnings        lifecycle,e2e,sample,dataset
"

# kernel_column NAME COLUMN
# shellcheck disable=SC2034 # the column is read by its name
kernel_column() {
	local name package purposes scripts parameters
	while read -r name package purposes scripts parameters; do
		[[ $name == "$1" ]] || continue
		printf '%s\n' "${!2}"
		return
	done <<<"$kernel_table"
	die "no kernel '$1' in ${BASH_SOURCE[0]}"
}

is_kernel() { awk -v name="$1" '$1 "" == name { found = 1 } END { exit !found }' <<<"$kernel_table"; }

kernel_package() { kernel_column "$1" package; }
kernel_scripts() { kernel_column "$1" scripts; }
kernel_parameters() { kernel_column "$1" parameters; }

# kernels_for PURPOSE: the names of the kernels that have it, one per line.
kernels_for() { awk -v purpose="$1" 'index("," $3 ",", "," purpose ",") { print $1 }' <<<"$kernel_table"; }

is_debian_kernel() { [[ $(kernel_package "$1") == linux-image-* ]]; }

kernel() {
	if is_debian_kernel "$1"; then
		"$TESTBED/debian-kernel.sh" "$@"
	else
		"$TESTBED/own-kernel.sh" "$@"
	fi
}

kernel_headers() { kernel "$1" headers; }
kernel_image() { kernel "$1" image; }

kernel_arch() {
	if is_debian_kernel "$1"; then
		echo x86_64
	else
		kernel "$1" arch
	fi
}

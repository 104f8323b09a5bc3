# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The kernels of the testbed, and what is known about each. To add one, add a row. To be sourced after common.sh.
#
# NAME        as in "testbed/test.sh NAME"
# PACKAGE     the Debian package, with its suite before it if that is not this machine's: linux-image-* is booted as it is, the
#             newest that matches if it is a pattern; linux-source-* is built with kunit/NAME.config
#             (the architecture is at the end of its name)
# PURPOSES    test: "make test" runs it; deep: so does "make test-deep"; matrix: so does "make test-matrix"; warnings: "make
#             check" builds the module for it; stock: the kernel of the demo, of "make vm" and of the benches; bench: the
#             kernel bench in User-mode Linux; abi: the bench of tables that processes share; coverage: "make coverage"
# SCRIPTS     the guest scripts that test-kernel.sh and coverage.sh run; "-" to build the module only
# PARAMETERS  what test-kernel.sh adds to the kernel's command line
#
# The suites of "kunit" need a kernel with KUnit. The other scripts have threads that overlap: they need two CPUs, and User-mode
# Linux has one. KASAN makes everything slow, so kasan has fewer kills and wake-ups, and so has the matrix, which is long. KCSAN
# stops the machine so often that kcsan runs only the suites, which have the most threads; it continues after a race outside the
# module. 6.12 expedites grace periods: some users set that, and it changes how the module waits and polls for them.
kernel_table="
bench    linux-source-6.12          bench                -
gcov     linux-source-6.12          coverage             kunit,gcov
uml      linux-source-6.12          test,deep            kunit
kasan    linux-source-6.12          test,deep,warnings   kunit,lifecycle,e2e,sample              kills=200 wakeups=500
kcsan    linux-source-6.12          test,deep            kunit                                   panic_on_warn=0 kcsan.early_enable=1 kcsan.skip_watch=2000
6.12     linux-image-6.12-amd64     test,matrix,warnings,stock,abi  expedited,lifecycle,e2e,sample,dataset,examples  rcupdate.rcu_expedited=1
6.12-rt  linux-image-6.12-rt-amd64  test,matrix                 lifecycle,e2e,sample,dataset
6.1      linux-image-amd64          test,matrix,warnings        lifecycle,e2e,sample,dataset
7.3      trixie-backports/linux-image-7.3.*deb13-amd64      test,matrix,warnings,abi  lifecycle,e2e,sample,dataset
6.1-cloud   linux-image-cloud-amd64                         matrix         lifecycle,e2e,sample  kills=200 wakeups=500
6.12-cloud  linux-image-6.12-cloud-amd64                    matrix         lifecycle,e2e,sample  kills=200 wakeups=500
trixie   trixie/linux-image-amd64                           matrix         lifecycle,e2e,sample  kills=200 wakeups=500
7.2      trixie-backports/linux-image-7.2.*deb13-amd64      matrix         lifecycle,e2e,sample  kills=200 wakeups=500
7.1      trixie-backports/linux-image-7.1.*deb13-amd64      matrix         lifecycle,e2e,sample  kills=200 wakeups=500
7.0      trixie-backports/linux-image-7.0.*deb13-amd64      matrix         lifecycle,e2e,sample  kills=200 wakeups=500
6.19     trixie-backports/linux-image-6.19.*deb13-amd64     matrix         lifecycle,e2e,sample  kills=200 wakeups=500
6.18     trixie-backports/linux-image-6.18.*deb13-amd64     matrix         lifecycle,e2e,sample  kills=200 wakeups=500
6.17     trixie-backports/linux-image-6.17.*deb13-amd64     matrix         lifecycle,e2e,sample  kills=200 wakeups=500
6.16     trixie-backports/linux-image-6.16.*deb13-amd64     matrix         lifecycle,e2e,sample  kills=200 wakeups=500
7.3-rt   trixie-backports/linux-image-7.3.*deb13-rt-amd64   matrix         lifecycle,e2e,sample  kills=200 wakeups=500
6.18-rt  trixie-backports/linux-image-6.18.*deb13-rt-amd64  matrix         lifecycle,e2e,sample  kills=200 wakeups=500
6.12-arm64  linux-image-6.12.*deb12-arm64                   matrix         lifecycle,e2e         kills=200 wakeups=500
6.1-s390x   linux-image-s390x                               matrix         -
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

# kernel_suite NAME: its suite; - for this machine's.
kernel_suite() {
	local package
	package=$(kernel_column "$1" package)
	[[ $package == */* ]] && echo "${package%/*}" || echo -
}

kernel_package() {
	local package
	package=$(kernel_column "$1" package)
	echo "${package#*/}"
}

# kernel_architecture NAME: as Debian calls it.
kernel_architecture() {
	local package
	package=$(kernel_package "$1")
	case $package in
	linux-image-*) echo "${package##*-}" ;;
	*) echo amd64 ;;
	esac
}

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

# kernel_arch NAME: as the kernel's Makefile calls it.
kernel_arch() {
	if ! is_debian_kernel "$1"; then
		kernel "$1" arch
		return
	fi
	case $(kernel_architecture "$1") in
	amd64) echo x86_64 ;;
	arm64) echo arm64 ;;
	s390x) echo s390 ;;
	esac
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Installs the missing Debian packages for a purpose:
#
#	deps.sh PURPOSE...	the purposes are the keys of the table below

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/apt.sh"

declare -A packages=(
	[module]="gcc gcc-12 make libc6-dev libelf1 libssl3 zlib1g pahole rsync"
	[root]="mmdebstrap"
	[user]="gcc make libc6-dev libjansson-dev libxxhash-dev"
	[tests]="libcmocka-dev gcc-i686-linux-gnu libc6-dev-i386-cross"
	[model]="spin gcc libc6-dev"
	[coverage]="gcovr"
	[kernel]="gcc make libc6-dev flex bison bc libelf-dev libssl-dev perl xz-utils"
	[native]="gcc make libc6-dev libcmocka-dev liburcu-dev libxxhash-dev patch rsync"
	[guard]="valgrind"
	[fuzz]="clang-14 libclang-rt-14-dev make libc6-dev liburcu-dev libxxhash-dev"
	[foreign]="gcc-s390x-linux-gnu gcc-aarch64-linux-gnu libc6-dev-s390x-cross libc6-dev-arm64-cross make qemu-user-static"
	[host]="zsh mandoc bash-completion bsdextrautils pkg-config g++ systemd pahole binutils gcc-i686-linux-gnu libc6-dev-i386-cross"
	[pages]="python3 gcc make libc6-dev"
	[shell]="python3 python3-cffi"
	[python]="python3 python3-cffi python3-numpy mypy"
	[monitoring]="python3 systemd"
	[vm]="qemu-system-x86 busybox-static cpio"
	[secureboot]="ovmf mtools dosfstools python3"
	[vm-arm64]="qemu-system-arm"
	[clang]="clang lld llvm"
	[bench]="g++ libcuckoo-dev libtbb-dev libabsl-dev pkg-config golang-1.19-go python3 gnuplot-nox fonts-dejavu-core git"
	[abi]="gcc make libc6-dev liblmdb-dev libhiredis-dev libmemcached-dev libatomic1 libevent-2.1-7 libjemalloc2 liblzf1 libsasl2-2 libsystemd0"
	[report]="python3 gnuplot-nox fonts-dejavu-core git"
	[pictures]="graphviz fonts-dejavu-core"
	[npm]="npm"
	[deb]="debhelper dh-dkms dh-python python3 dpkg-dev lintian rsync"
	[rpm]="rpm rpmlint python3 rsync"
	[check]="sparse clang-tidy cppcheck shellcheck perl liburcu-dev python3"
)

missing_packages() {
	local wanted purpose
	for purpose in "$@"; do
		[[ -v packages[$purpose] ]] || die "no purpose '$purpose' among: ${!packages[*]}"
		wanted+=" ${packages[$purpose]}"
	done
	# shellcheck disable=SC2086 # a list of package names
	dpkg-query -W -f '${Status} ${Package}\n' $wanted 2>&1 |
		sed -nE '/^install ok installed /d; s/^dpkg-query: no packages found matching //p; s/^.* .* .* (.*)$/\1/p'
}

install_packages() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "$@" </dev/null >/dev/null
}

mapfile -t missing < <(missing_packages "$@" | sort -u)
[[ ${#missing[@]} -gt 0 ]] || exit 0

say "installing packages for $*: ${missing[*]}"
if ! refresh_lists || ! install_packages "${missing[@]}"; then
	die "these packages are missing; install them and run again: ${missing[*]}"
fi

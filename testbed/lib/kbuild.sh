# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Builds modules for a kernel: with this machine's compiler, or in a root with the compiler of the kernel's suite, as the
# programs in its headers need the suite's libraries. To be sourced after common.sh, apt.sh,
# foreign.sh and kernels.sh.

# kernel_make NAME DIR ARGUMENT...: runs make with a kernel's Makefile for a module below DIR, by a compiler that is fit for it.
kernel_make() {
	local kernel=$1 dir=$2 suite headers arch architecture command
	suite=$(kernel_suite "$kernel")
	headers=$(kernel_headers "$kernel")
	arch=$(kernel_arch "$kernel")
	architecture=$(kernel_architecture "$kernel")
	command=(make -s -C "$headers" ARCH="$arch" "${@:3}")
	[[ $architecture == amd64 ]] || command+=(CROSS_COMPILE="$(foreign_triplet "$architecture")-")
	if [[ $suite == - ]]; then
		"${command[@]}" >&2
	else
		in_root "${suite%-backports}" "$dir" "${command[@]}" >&2
	fi
}

root_packages=gcc,make,libc6-dev,libelf-dev,libssl-dev,pahole,perl,python3

# in_root SUITE DIR COMMAND...: runs a command in the suite's root, where the cache and DIR are to be found by their paths.
in_root() {
	local root place
	root=$(cached "root/$1-$(cksum <<<"$root_packages" | cut -d' ' -f1)" make_root "$1")
	for place in "$CACHE" "$2"; do
		mkdir -p "$root$place"
	done
	# shellcheck disable=SC2016 # the inner shell expands it
	as_root unshare --mount sh -ec '
		root=$1 user=$2
		mount --bind "$3" "$root$3"
		mount --bind "$4" "$root$4"
		mount --rbind /proc "$root/proc"
		mount --rbind /dev "$root/dev"
		shift 4
		exec chroot --userspec="$user" "$root" "$@"
	' sh "$root" "$(id -u):$(id -g)" "$CACHE" "${@:2}"
}

# The files belong to the user, so that the cache can be removed.
make_root() {
	local suite=$1 dir=$2
	"$TESTBED/deps.sh" root
	use_suite "$suite" amd64
	say "making a root with the compiler of $suite (one to two minutes)"
	as_root mmdebstrap --quiet --mode=root --variant=essential --include="$root_packages" "$suite" - "$(suite_sources)" |
		tar -x -C "$dir" --no-same-owner --exclude='./dev/*'
}

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Libraries for other machines: Debian's packages, unpacked into the cache. Neither their architecture nor its package
# lists become known to this machine's apt. To be sourced after common.sh
# and apt.sh.

foreign_packages=(liburcu-dev libxxhash-dev libcmocka-dev libcmocka0)

# foreign_root ARCHITECTURE: prints the directory that they are in.
foreign_root() { cached "foreign/$1" make_foreign_root "$1"; }

make_foreign_root() {
	use_suite - "$1"
	unpack_packages "${foreign_packages[@]}" "$2"
}

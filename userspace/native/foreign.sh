# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Libraries for other machines: Debian's packages, unpacked into the cache. Neither their architecture nor its package
# lists become known to this machine's apt. To be sourced after common.sh.

foreign_packages=(liburcu-dev libxxhash-dev libcmocka-dev libcmocka0)

# foreign_root ARCHITECTURE: prints the directory that they are in.
foreign_root() { cached "foreign/$1" make_foreign_root "$1"; }

make_foreign_root() {
	local architecture=$1 dir=$2 deb
	mkdir -p "$dir"/{lists/partial,archives/partial,debs}
	foreign_apt -qq update
	(cd "$dir/debs" && foreign_apt -qq download "${foreign_packages[@]}")
	for deb in "$dir"/debs/*.deb; do
		dpkg -x "$deb" "$dir"
	done
	rm -r "$dir"/{lists,archives,debs}
}

# For make_foreign_root only, whose variables it uses.
foreign_apt() {
	apt-get -o "APT::Architecture=$architecture" -o "APT::Architectures=$architecture" \
		-o "APT::Sandbox::User=$(id -un)" -o "Dir::State::Lists=$dir/lists" -o Dir::State::Status=/dev/null \
		-o "Dir::Cache=$dir" "$@"
}

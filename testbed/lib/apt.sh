# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Debian packages: installed if this machine needs a tool, or unpacked into a directory if only the files are needed. To be
# sourced after common.sh.

as_root() {
	if [[ $EUID == 0 ]]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo -n "$@" </dev/null
	else
		say "must be root, or have sudo, to run: $*"
		return 1
	fi
}

refresh_lists() {
	say "fetching apt's package lists"
	as_root apt-get -qq update
}

# resolve_metapackage NAME: the package on which a metapackage depends: linux-image-6.12-amd64 -> linux-image-6.12.NN+deb12-amd64.
resolve_metapackage() {
	local package
	package=$(first_dependency "$1")
	if [[ -z $package ]]; then
		refresh_lists
		package=$(first_dependency "$1")
	fi
	[[ -n $package ]] || die "apt has no package $1 (it is in Debian 12 with security updates)"
	printf '%s\n' "$package"
}

first_dependency() {
	apt-cache depends "$1" 2>/dev/null | awk '$1 == "Depends:" { print $2; exit }' || true
}

package_version() {
	apt-cache policy "$1" | awk '$1 == "Candidate:" { print $2 }'
}

# unpack_packages PACKAGE... DIR: unpacks them below DIR, without installing.
unpack_packages() {
	local dir=${*: -1} packages=("${@:1:$#-1}") deb
	say "fetching ${packages[*]}"
	mkdir "$dir/debs"
	download_packages "$dir/debs" "${packages[@]}" || { refresh_lists; download_packages "$dir/debs" "${packages[@]}"; }
	for deb in "$dir"/debs/*.deb; do
		dpkg -x "$deb" "$dir"
	done
	rm -r "$dir/debs"
}

download_packages() {
	(cd "$1" && apt-get -qq -o APT::Sandbox::User="$(id -un)" download "${@:2}")
}

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

# use_suite SUITE ARCHITECTURE: from here on, packages are those of another suite of Debian, from the mirror that this machine
# uses, or with SUITE "-" of this machine's suites, for another architecture. Neither becomes known to this machine's apt.
use_suite() { apt_config=$(cached "apt/$1-$2" make_suite "$1" "$2")/apt.conf; }
apt_config=

make_suite() {
	local suite=$1 architecture=$2 dir=$3 home=$CACHE/apt/$1-$2
	mkdir -p "$dir"/{lists,archives}/partial
	cat >"$dir/apt.conf" <<-END
		APT::Architecture "$architecture";
		#clear APT::Architectures;
		APT::Architectures { "$architecture"; };
		APT::Sandbox::User "$(id -un)";
		Dir::State::Lists "$home/lists";
		Dir::State::Status "/dev/null";
		Dir::Cache "$home";
	END
	[[ $suite != - ]] || return 0
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(debian_mirror) $suite main" >"$dir/sources.list"
	cat >>"$dir/apt.conf" <<-END
		Dir::Etc::SourceList "$home/sources.list";
		Dir::Etc::SourceParts "-";
	END
}

# suite_sources: prints the file that names the suite's mirror.
suite_sources() { echo "${apt_config%/*}/sources.list"; }

# debian_mirror: prints the address that this machine gets its own suite from.
debian_mirror() {
	local codename mirror
	codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
	# shellcheck disable=SC2016 # apt expands it
	mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(CODENAME)' |
		awk -v codename="$codename" '!found && ($2 == codename || $3 == codename) { print $1; found = 1 }')
	[[ -n $mirror ]] || die "apt has no source for $codename: no mirror of Debian is known"
	echo "${mirror%/}"
}

apt_get() { apt-get ${apt_config:+-c "$apt_config"} "$@"; }
apt_cache() { apt-cache ${apt_config:+-c "$apt_config"} "$@"; }

refresh_lists() {
	say "fetching apt's package lists"
	if [[ -n $apt_config ]]; then
		apt_get -qq update
	else
		as_root apt-get -qq update
	fi
}

# resolve_package NAME: the package that NAME stands for, which is a pattern (the newest one that matches) or a metapackage (the
# one on which it depends): linux-image-6.12-amd64 -> linux-image-6.12.NN+deb12-amd64.
resolve_package() {
	local package
	package=$(find_package "$1")
	if [[ -z $package ]]; then
		refresh_lists
		package=$(find_package "$1")
	fi
	[[ -n $package ]] || die "apt has no package $1"
	printf '%s\n' "$package"
}

find_package() {
	if [[ $1 == *\** ]]; then
		newest_package "$1"
	else
		apt_cache depends "$1" 2>/dev/null | awk '$1 == "Depends:" && $2 ~ /^linux-image-[0-9]/ { print $2; exit }' || true
	fi
}

newest_package() {
	local name
	apt_cache pkgnames | while read -r name; do
		# shellcheck disable=SC2053 # a pattern
		[[ $name != $1 ]] || echo "$name"
	done | sort -V | tail -n 1
}

has_package() { [[ -n $(apt_cache pkgnames "$1" | grep -Fx "$1" || true) ]]; }

package_version() {
	apt_cache policy "$1" | awk '$1 == "Candidate:" { print $2 }'
}

# unpack_packages PACKAGE... DIR: unpacks them below DIR, without installing.
unpack_packages() {
	local dir=${*: -1} packages=("${@:1:$#-1}") deb
	say "fetching ${packages[*]}"
	mkdir "$dir/debs"
	download_packages "$dir/debs" "${packages[@]}" 2>/dev/null || { refresh_lists; download_packages "$dir/debs" "${packages[@]}"; }
	for deb in "$dir"/debs/*.deb; do
		dpkg -x "$deb" "$dir"
	done
	rm -r "$dir/debs"
}

download_packages() {
	(cd "$1" && apt_get -qq -o APT::Sandbox::User="$(id -un)" download "${@:2}")
}

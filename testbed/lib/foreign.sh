# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Programs and libraries for other machines: Debian's packages, unpacked into the cache. To be sourced after common.sh and
# apt.sh.

foreign_packages=(busybox-static libcmocka-dev libcmocka0 libjansson-dev libjansson4 liburcu-dev libxxhash-dev)

# foreign_root ARCHITECTURE: prints the directory that they are in.
foreign_root() { cached "foreign/$1-$(cksum <<<"${foreign_packages[*]}" | cut -d' ' -f1)" make_foreign_root "$1"; }

make_foreign_root() {
	use_suite - "$1"
	unpack_packages "${foreign_packages[@]}" "$2"
}

# foreign_triplet ARCHITECTURE: prints how compilers call it.
foreign_triplet() {
	case $1 in
	arm64) echo aarch64-linux-gnu ;;
	s390x) echo s390x-linux-gnu ;;
	*) die "'$1' is none of arm64, s390x" ;;
	esac
}

# foreign_make ARCHITECTURE DIR ARGUMENT...: runs make for a Makefile below DIR with the compiler and the libraries of another
# architecture.
foreign_make() {
	local root triplet
	root=$(foreign_root "$1")
	triplet=$(foreign_triplet "$1")
	CPPFLAGS="-I$root/usr/include -I$root/usr/include/$triplet" \
		LDFLAGS="-L$root/usr/lib/$triplet -Wl,-rpath,$root/usr/lib/$triplet" \
		make -s -C "$2" CC="$triplet-gcc" AR="$triplet-ar" "${@:3}" >&2
}

# foreign_libraries ARCHITECTURE PROGRAM...: prints the shared libraries that they load, the loader included.
foreign_libraries() {
	local root triplet name
	root=$(foreign_root "$1")
	triplet=$(foreign_triplet "$1")
	ls "/usr/$triplet"/lib/ld*.so.1
	"$triplet-objdump" -p "${@:2}" | awk '$1 == "NEEDED" { print $2 }' | sort -u | while read -r name; do
		find "$root" "/usr/$triplet/lib" -name "$name" -print -quit
	done
}

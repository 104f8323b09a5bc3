#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The recorded interface is frozen: abi_listing_test.sh refuses to record a change of what is recorded, and records what is
# added. Runs on the build machine, on a copy of the headers. Prints TAP.
#
#	abi_freeze_test.sh BUILD	the directory that "make -C userspace BUILD=..." fills

# shellcheck source-path=SCRIPTDIR disable=SC2317 # functions are called by check
set -euo pipefail
export LC_ALL=C

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$(realpath "${1:?the build directory}")
. "${0%/*}/tap.sh"

uapi=module/uapi/bucketmap.h
mapped=module/uapi/bucketmap_mapped.h
header=userspace/lib/bucketmap.h
library=build/libbucketmap.so
listings=(userspace/abi/kernel.listing userspace/abi/library.listing)

# A fresh copy of what the listings are made of, in the working directory.
copy() {
	rm -rf "$work/tree"
	mkdir -p "$work"/tree/{build,module/{dev,uapi},userspace/{abi,lib,tests}}
	cd "$work/tree"
	cp "$root"/{"$uapi","$mapped"} module/uapi
	cp "$root"/module/dev/{device,map_file}.c module/dev
	cp "$root"/userspace/lib/*.h userspace/lib
	cp "$root"/userspace/tests/{abi_listing_test.sh,abi_errors.awk,tap.sh} userspace/tests
	cp "$root"/userspace/abi/* userspace/abi
	cp "$build/libbucketmap.so" "$library"
}

record() { userspace/tests/abi_listing_test.sh build record; }

# edit FILE SED: the edit must change something.
edit() {
	cp "$1" before
	sed -i -E "$2" "$1"
	! cmp -s "$1" before || { echo "$1: $2 changes nothing"; return 1; }
}

# edits FILE SED [FILE SED...]
edits() {
	while (($#)); do
		edit "$1" "$2" || return
		shift 2
	done
}

refuses() {
	copy && edits "$@" || return
	! record 2>refusal || { echo "it was recorded"; return 1; }
	cat refusal
	grep -q 'is frozen' refusal && cmp "${listings[0]}" "$root/${listings[0]}" && cmp "${listings[1]}" "$root/${listings[1]}"
}

# What was recorded is then what the listing test expects.
accepts() { copy && edits "$@" && record && userspace/tests/abi_listing_test.sh build; }

check "a member with another size is refused" \
	refuses $uapi 's/^\t__u64 max_entries;/\t__u32 max_entries;\n\t__u32 more;/'
check "a member with another name is refused" refuses $uapi 's/^\t__u32 changed;/\t__u32 different;/'
check "a removed constant is refused" refuses $uapi '/^#define BUCKETMAP_FORMAT_MAC/d'
check "a constant with another value is refused" refuses $uapi 's/(BUCKETMAP_WAIT_ABSENT\t\t)0x00000001/\10x00000002/'
check "another number of an ioctl is refused" refuses $uapi 's/(BUCKETMAP_IOC_MAGIC), 0x55/\1, 0x56/'
check "an error that is no longer documented is refused" refuses $uapi '/^ \*   EUSERS/d'
check "an operation with other columns is refused" refuses $uapi 's/^( \*   DELETE +-       -         )-  /\1out/'
check "a longer first version is refused" refuses module/dev/map_file.c 's/bucketmap_info, shrunk,/bucketmap_info, value_fields,/'
check "another format of mapped maps is refused" refuses $mapped 's/^\t__u32 slots;/\t__u16 slots;\n\t__u16 more;/'
check "a function with other arguments is refused" refuses $header 's/(bucketmap_fd\()const /\1/'
check "a renamed symbol is refused" refuses $library 's/bucketmap_swap/bucketmap_swop/'
check "a larger structure of the library is refused" refuses $header 's/^(\t__u8 reserved\[7\];)/\1\n\t__u64 more;/'
check "an added constant is recorded" accepts $uapi 's/^(#define BUCKETMAP_FORMAT_MAC.*)/\1\n#define BUCKETMAP_FORMAT_UUID 8/'
check "an added member is recorded" accepts $uapi '/^struct bucketmap_changes \{/,/^\}/s/^\t__u32 reserved;/&\n\t__u64 more;/'
check "with another version, a removed constant is recorded" \
	accepts $uapi '/^#define BUCKETMAP_FORMAT_MAC/d; s/(BUCKETMAP_ABI_VERSION\t)1/\12/'
check "another version of the ioctls permits no other format of mapped maps" \
	refuses $uapi 's/(BUCKETMAP_ABI_VERSION\t)1/\12/' $mapped 's/^\t__u32 slots;/\t__u16 slots;\n\t__u16 more;/'
conclude

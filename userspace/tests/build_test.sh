#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Building the library and the tool: no test is compiled, and what is missing is named before the first compile. Runs on the
# build machine. Prints TAP.

# shellcheck source-path=SCRIPTDIR disable=SC2317 # functions are called by check
set -euo pipefail

userspace=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "${0%/*}/tap.sh"

# A compiler on a machine that lacks a header. It compiles no test.
cat >"$work/cc" <<'EOT'
#!/bin/bash
if [[ " $* " == *" -E "* ]]; then
	input=$(cat)
	[[ $input != *"<${LACKS:-none}>"* ]] || exit 1
	exec cc "$@" <<<"$input"
fi
[[ $* != *tests/* ]] || exit 1
exec cc "$@"
EOT
chmod +x "$work/cc"

build() { make -s -C "$userspace" CC="$work/cc" BUILD="$work/build" "$@"; }

# names PACKAGE HEADER [TARGET]: without the header, the package is named and nothing is compiled.
names() {
	! LACKS=$2 build "${@:3}" >"$work/said" 2>&1 && cat "$work/said" && grep -q "apt install.* $1" "$work/said" &&
		[[ -z $(find "$work/build" -name '*.o') ]]
}

tool_and_library() { LACKS=cmocka.h build && [[ -x $work/build/bucketmap && -f $work/build/libbucketmap.a ]]; }

mkdir "$work/build"
check "without a C library its package is named" names libc6-dev stdio.h
check "without jansson its package is named" names libjansson-dev jansson.h
check "for the tests, without cmocka its package is named" names libcmocka-dev cmocka.h "$work/build/tests/wait_test"
check "library and tool are built without cmocka and without a test" tool_and_library
conclude

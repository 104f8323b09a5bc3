#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The tool's help, man page and completions agree. Prints TAP; needs no device.
#
#	docs_sync_test.sh BUILD	the directory that "make -C userspace BUILD=..." fills

# shellcheck source-path=SCRIPTDIR disable=SC2317 # functions are called by check
set -euo pipefail

tool=$(realpath "${1:?the build directory}")/bucketmap
userspace=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
page=$userspace/man/bucketmap.1
. "${0%/*}/tap.sh"

subcommands() { "$tool" help | sed -nE 's/^  ([a-z][a-z-]*) .*/\1/p'; }

# Options as help shows them: short form, long form and the name of the argument.
options_in_help() { sed -nE 's/^  (-.), (--[a-z0-9-]+)( [A-Z]+)? .*/\1, \2\3/p'; }

# Usage lines and options of all subcommands, in the order of the help. The page has the options of all of them once.
headings_in_help() {
	"$tool" help | options_in_help
	for name in $(subcommands); do
		"$tool" help "$name" | sed -n '1s/^usage: bucketmap //p'
		"$tool" help "$name" | options_in_help | grep -vxE -- '-j, --json|-h, --help' || true
	done
}

# The same from the source of the man page, where .Ss begins a subcommand and .It an option.
headings_in_page() {
	sed -nE 's/\\-/-/g; s/^\.Ss //p; s/^\.It Fl (.) , Fl (-[a-z0-9-]+)( Ar( [A-Z]+))?$/-\1, -\2\4/p' "$page"
}

page_matches_help() { diff <(headings_in_help) <(headings_in_page); }

# The numbers of the exit status.
statuses_in_help() { "$tool" help | sed -n '/^Exit status/,$p' | grep -o '[0-9]'; }
statuses_in_page() { sed -nE '/^\.Sh EXIT STATUS/,/^\.El/s/^\.It Cm ([0-9])$/\1/p' "$page"; }
statuses_agree() { diff <(statuses_in_help) <(statuses_in_page) && diff <(statuses_in_help) <(seq 0 4); }

help_lists_subcommands() { [[ $(subcommands | wc -l) -ge 20 ]]; }

# A fake tool for the completions to find, which lists a fixed set of maps and runs the real tool otherwise.
make_fake_tool() {
	mkdir "$work/bin"
	cat >"$work/bin/bucketmap" <<-END
		#!/bin/sh
		[ "\$1" != ls ] || exec cat "$work/maps"
		exec "$tool" "\$@"
	END
	chmod +x "$work/bin/bucketmap"
	cat >"$work/maps" <<-END
		NAME                       KEY VALUE    ENTRIES    BUCKETS        BYTES MODE OWNER
		visits                      16     8          2          2         4256 0600 0:0
		two words                   32     8      25506       4096      1739776 0600 0:0
		secret                       -     -          -          -            - - -
	END
}

# The candidates of a shell for the last word, one per line, sorted.
completions_of_bash() {
	PATH="$work/bin:$PATH" bash -c '
		. "$0/completion/bucketmap.bash"
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_bucketmap
		[[ ${#COMPREPLY[@]} == 0 ]] || printf "%s\n" "${COMPREPLY[@]//\\/}"' "$userspace" "$@" | sort
}

# As zsh does, keeps the candidates that begin with the last word.
completions_of_zsh() {
	PATH="$work/bin:$PATH" zsh -f -c '
		last=${@[-1]}
		keep() { print -rl -- $@ | grep -e "^${last:-.}" }
		_describe() { local -a list=(${(P)2}); keep ${list%%:*} }
		compadd() { if [[ $1 == -a ]]; then keep ${(P)2}; else keep $@; fi }
		_files() { if [[ $1 == -/ ]]; then keep *(N/); else keep *(N); fi }
		words=("$@") CURRENT=$#
		. $0/completion/_bucketmap' "$userspace" "$@" | sort
}

# expect SHELL WORD... = CANDIDATE...
expect() {
	local shell=$1 words=()
	shift
	while [[ $1 != = ]]; do
		words+=("$1")
		shift
	done
	shift
	diff <(printf '%s\n' "$@" | sed '/^$/d' | sort) <("completions_of_$shell" "${words[@]}")
}

offers_options_of_each_subcommand() {
	local shell=$1 name forms
	for name in $(subcommands); do
		mapfile -t forms < <("$tool" help "$name" | options_in_help |
			sed -E 's/^(-.), (--[a-z0-9-]+).*/\1\n\2/')
		expect "$shell" bucketmap "$name" - = "${forms[@]}" || return
	done
}

offers_all_subcommands() {
	local all
	mapfile -t all < <(subcommands)
	expect "$1" bucketmap "" = "${all[@]}" -j --json -h --help -V --version &&
		expect "$1" bucketmap -h "" = "${all[@]}" -j --json -h --help -V --version &&
		expect "$1" bucketmap -j "" = "${all[@]}" -j --json -h --help -V --version &&
		expect "$1" bucketmap help "" = "${all[@]}"
}

offers_operands() {
	expect "$1" bucketmap ge = get getdel &&
		expect "$1" bucketmap get "" = visits "two words" secret &&
		expect "$1" bucketmap -j get vi = visits &&
		expect "$1" bucketmap get -j vi = visits &&
		expect "$1" bucketmap get -- vi = visits &&
		expect "$1" bucketmap get -- visits -j = "" &&
		expect "$1" bucketmap create -- new -K = "" &&
		expect "$1" bucketmap get visits "" = "" &&
		expect "$1" bucketmap create new -K "" = text dec signed hex ipv4 ipv6 mac &&
		expect "$1" bucketmap create -k 4 --value-format h = hex &&
		expect "$1" bucketmap create new -k "" = "" &&
		expect "$1" bucketmap resize --fit "" = visits "two words" secret &&
		expect "$1" bucketmap wait -t 5 vi = visits &&
		expect "$1" bucketmap wait visits alice -v "" = ""
}

offers_files() {
	mkdir -p "$work/files/sub"
	touch "$work/files/one" "$work/files/two"
	(cd "$work/files" && expect "$1" bucketmap load visits t = two &&
		expect "$1" bucketmap count-words visits one "" = one sub two &&
		expect "$1" bucketmap save "" = sub && expect "$1" bucketmap restore s = sub)
}

check "help lists the subcommands" help_lists_subcommands
check "the man page has the subcommands and options of help" page_matches_help
check "the man page has the exit statuses of help" statuses_agree
if command -v mandoc >/dev/null; then
	check "the man page is well-formed" mandoc -T lint -W warning "$page"
elif command -v man >/dev/null; then
	check "the man page is well-formed" diff <(man --warnings -l "$page" 2>&1 >/dev/null) /dev/null
else
	skip "the man page is well-formed" "neither mandoc nor man"
fi
make_fake_tool
for shell in bash zsh; do
	if ! command -v $shell >/dev/null; then
		skip "$shell completes what help lists" "no $shell"
		continue
	fi
	check "$shell completes all subcommands" offers_all_subcommands $shell
	check "$shell completes the options of each subcommand" offers_options_of_each_subcommand $shell
	check "$shell completes operands" offers_operands $shell
	check "$shell completes file names" offers_files $shell
done
conclude

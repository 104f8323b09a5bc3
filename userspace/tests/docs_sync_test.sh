#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Help, man page and completion of the command say the same. Prints TAP; needs no device.
#
#	docs_sync_test.sh BUILD	the directory that "make -C userspace BUILD=..." has filled

set -euo pipefail

command=$(realpath "${1:?the build directory}")/bucketmap
userspace=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
page=$userspace/man/bucketmap.1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cases=0
# check NAME COMMAND...: one case, passed when the command succeeds. What it prints is shown when it fails.
check() {
	local name=$1
	shift
	cases=$((cases + 1))
	if "$@" >"$work/output" 2>&1; then
		echo "ok $cases - $name"
	else
		sed 's/^/# /' "$work/output"
		echo "not ok $cases - $name"
		failed=1
	fi
}
failed=0

skip() {
	cases=$((cases + 1))
	echo "ok $cases - $1 # SKIP $2"
}

commands() { "$command" help | sed -nE 's/^  ([a-z]+) .*/\1/p'; }

# Options as help has them: the forms and what an argument stands for.
options_in_help() { sed -nE 's/^  (-.), (--[a-z0-9-]+)( [A-Z]+)? .*/\1, \2\3/p'; }

# Usage lines and options of all commands, in the order of the help.
headings_of_help() {
	"$command" help | options_in_help
	for name in $(commands); do
		"$command" help "$name" | sed -n '1s/^usage: bucketmap //p'
		"$command" help "$name" | options_in_help
	done
}

# The same from the man page's source, where a command is a .SS and an option the line behind .TP.
headings_of_page() { sed -nE 's/\\-/-/g; s/^\.SS //p; s/^\.B (-., --)/\1/p' "$page"; }

the_page_has_what_help_has() { diff <(headings_of_help) <(headings_of_page); }

help_has_commands() { [[ $(commands | wc -l) -ge 20 ]]; }

# The command as completion finds it, in a directory whose maps are known.
make_stand_in() {
	mkdir "$work/bin"
	cat >"$work/bin/bucketmap" <<-END
		#!/bin/sh
		[ "\$1" != ls ] || exec cat "$work/maps"
		exec "$command" "\$@"
	END
	chmod +x "$work/bin/bucketmap"
	cat >"$work/maps" <<-END
		NAME                       KEY VALUE    ENTRIES    BUCKETS        BYTES MODE OWNER
		visits                      16     8          2          2         4136 0600 0:0
		two words                   32     8      25506       4096      1739776 0600 0:0
		secret                       -     -          -          -            - - -
	END
}

# What a shell offers for the last word, one a line, sorted.
offered_by_bash() {
	PATH="$work/bin:$PATH" bash -c '
		. "$0/completion/bucketmap.bash"
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_bucketmap
		[[ ${#COMPREPLY[@]} == 0 ]] || printf "%s\n" "${COMPREPLY[@]//\\/}"' "$userspace" "$@" | sort
}

# Like zsh itself, keeps what begins like the last word.
offered_by_zsh() {
	PATH="$work/bin:$PATH" zsh -f -c '
		last=${@[-1]}
		keep() { print -rl -- $@ | grep -e "^${last:-.}" }
		_describe() { local -a list=(${(P)2}); keep ${list%%:*} }
		compadd() { if [[ $1 == -a ]]; then keep ${(P)2}; else keep $@; fi }
		_files() { keep *(N) }
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
	diff <(printf '%s\n' "$@" | sed '/^$/d' | sort) <("offered_by_$shell" "${words[@]}")
}

offers_the_options_of_each_command() {
	local shell=$1 name forms
	for name in $(commands); do
		mapfile -t forms < <("$command" help "$name" | options_in_help |
			sed -E 's/^(-.), (--[a-z0-9-]+).*/\1\n\2/')
		expect "$shell" bucketmap "$name" - = "${forms[@]}" || return
	done
}

offers_all_commands() {
	local all
	mapfile -t all < <(commands)
	expect "$1" bucketmap "" = "${all[@]}" -j --json -h --help -V --version &&
		expect "$1" bucketmap -j "" = "${all[@]}" -j --json -h --help -V --version &&
		expect "$1" bucketmap help "" = "${all[@]}"
}

offers_what_an_operand_stands_for() {
	expect "$1" bucketmap ge = get &&
		expect "$1" bucketmap get "" = visits "two words" secret &&
		expect "$1" bucketmap -j get vi = visits &&
		expect "$1" bucketmap get visits "" = "" &&
		expect "$1" bucketmap create new -K "" = text dec hex &&
		expect "$1" bucketmap create -k 4 --value-format h = hex &&
		expect "$1" bucketmap create new -k "" = "" &&
		expect "$1" bucketmap resize --fit "" = visits "two words" secret &&
		expect "$1" bucketmap wait -t 5 vi = visits &&
		expect "$1" bucketmap wait visits alice -v "" = ""
}

offers_files() {
	mkdir -p "$work/files"
	touch "$work/files/one" "$work/files/two"
	(cd "$work/files" && expect "$1" bucketmap load visits t = two &&
		expect "$1" bucketmap count visits one "" = one two)
}

check "help lists the commands" help_has_commands
check "the man page has the commands and options of help" the_page_has_what_help_has
if command -v mandoc >/dev/null; then
	check "the man page is well-formed" mandoc -T lint -W error "$page"
elif command -v man >/dev/null; then
	check "the man page is well-formed" diff <(man --warnings -l "$page" 2>&1 >/dev/null) /dev/null
else
	skip "the man page is well-formed" "neither mandoc nor man"
fi
make_stand_in
for shell in bash zsh; do
	if ! command -v $shell >/dev/null; then
		skip "$shell is offered what help has" "no $shell"
		continue
	fi
	check "$shell is offered all commands" offers_all_commands $shell
	check "$shell is offered the options of each command" offers_the_options_of_each_command $shell
	check "$shell is offered what an operand stands for" offers_what_an_operand_stands_for $shell
	check "$shell is offered files" offers_files $shell
done
echo "1..$cases"
((failed == 0))

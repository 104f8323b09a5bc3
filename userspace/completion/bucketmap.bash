# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Completion of the bucketmap tool for bash. Subcommands, options and operands are taken from its own help, names of
# maps from "bucketmap ls".

# Offers the lines of standard input that begin with the current word.
_bucketmap_offer() {
	local line
	while IFS= read -r line; do
		[[ $line != "$current"* ]] || COMPREPLY+=("$(printf %q "$line")")
	done
}

_bucketmap_subcommands() { "$program" help 2>/dev/null | sed -nE 's/^  ([a-z][a-z-]*) .*/\1/p'; }

# Offers candidates for a placeholder: NAME, FILE and so on.
_bucketmap_offer_kind() {
	case $1 in
	SUBCOMMAND) _bucketmap_offer < <(_bucketmap_subcommands) ;;
	NAME) _bucketmap_offer < <("$program" ls 2>/dev/null | sed -nE '1d; s/ +([^ ]+ +){6}[^ ]+$//p') ;;
	FORMAT) _bucketmap_offer < <(printf '%s\n' text dec signed hex ipv4 ipv6 mac) ;;
	FILE)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		;;
	DIR)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -d -- "$current")
		;;
	esac
}

# Fills options, a map from each form to the placeholder of its argument, and operands.
_bucketmap_read_help() {
	local help usage short long argument word skip=
	help=$("$program" help "$1" 2>/dev/null) || return
	while read -r short long argument; do
		options[$short]=$argument
		options[$long]=$argument
	done < <(sed -nE 's/^  (-.), (--[a-z0-9-]+) ([A-Z]*) .*/\1 \2 \3/p' <<<"$help")
	usage=${help%%$'\n'*}
	for word in ${usage#usage: bucketmap "$1"}; do
		word=${word//[][\{\}|]/}
		if [[ $word == -* ]]; then
			skip=${options[$word]-}
		elif [[ -n $skip ]]; then
			skip=
		elif [[ -n $word && $word != OPTION... ]]; then
			operands+=("$word")
		fi
	done
}

# Prints the number of operands among the words, without the last one, which is not complete; or, if the last one is
# the argument of an option, that option.
_bucketmap_place() {
	local place=0 pending='' ended=
	for word in "${@:1:$#-1}"; do
		if [[ -n $pending ]]; then
			pending=
		elif [[ -n $ended ]]; then
			place=$((place + 1))
		elif [[ $word == -- ]]; then
			ended=1
		elif [[ -n $word && -v options[$word] ]]; then
			[[ -z ${options[$word]} ]] || pending=$word
		else
			place=$((place + 1))
		fi
	done
	echo "${pending:-$place}"
}

_bucketmap() {
	local program=${COMP_WORDS[0]} current=${COMP_WORDS[COMP_CWORD]} first=1 place
	local -A options=()
	local operands=()
	COMPREPLY=()
	while [[ ${COMP_WORDS[first]} == -* ]] && ((first < COMP_CWORD)); do
		first=$((first + 1))
	done
	if ((COMP_CWORD == first)); then
		_bucketmap_offer < <(_bucketmap_subcommands; printf '%s\n' -j --json -h --help -V --version)
		return
	fi
	_bucketmap_read_help "${COMP_WORDS[first]}"
	place=$(_bucketmap_place "${COMP_WORDS[@]:first+1:COMP_CWORD-first}")
	if [[ $place == -* ]]; then
		_bucketmap_offer_kind "${options[$place]}"
	elif [[ $current == -* && " ${COMP_WORDS[*]:0:COMP_CWORD} " != *" -- "* ]]; then
		_bucketmap_offer < <(printf '%s\n' "${!options[@]}" | sort)
	elif ((place < ${#operands[@]})); then
		_bucketmap_offer_kind "${operands[place]%...}"
	elif [[ ${#operands[@]} -gt 0 && ${operands[-1]} == *... ]]; then
		_bucketmap_offer_kind "${operands[-1]%...}"
	fi
}

complete -F _bucketmap bucketmap

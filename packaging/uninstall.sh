#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Removes what an installation has written: installs the same into an empty directory, removes these files below DESTDIR, and
# the directories that are empty then. The standard directories (bin, lib and the like) belong to the system, and stay.
#
#	DESTDIR=... uninstall.sh MAKE-ARGUMENT...	the arguments are those that installed it

set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/root"
make -s "$@" DESTDIR="$work/root" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }

written() { (cd "$work/root" && find . -mindepth 1 -depth "$@" | sed 's/^\.//'); }

written ! -type d | while read -r file; do
	rm -f "$DESTDIR$file"
done
standard='/(usr(/local)?/?)?(bin|include|lib|lib/modules|share|share/man)?'
written -type d | grep -vxE "$standard" | while read -r dir; do
	rmdir "$DESTDIR$dir" 2>/dev/null || :
done

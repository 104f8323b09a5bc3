#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make deb: builds the Debian packages from a copy of the sources, with packaging/debian as its debian/ and a changelog that has
# the version of the file VERSION, and lets lintian examine them.
#
#	deb.sh DIR	DIR/*.deb; what was in DIR before is removed

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/../testbed/lib/common.sh"

dir=$(realpath -m "${1:?the directory for the packages}")
version=$(cat "$ROOT/VERSION")
# 1.0.0~rc1 is older than 1.0.0.
debian_version=${version/-/\~}
source=$dir/bucketmap-$debian_version

# What CHANGELOG.md says of the version, without its links.
changes() {
	awk -v heading="## $version " '/^## / { found = index($0, heading) == 1 } found && /^[- ] /' "$ROOT/CHANGELOG.md" |
		sed -E 's/ ?\(\[[^]]*\]\([^)]*\)\)//; s/^- /  * /; s/^  ([^*])/    \1/'
}

# The date of the changelog is that of the version, so that a build can be repeated.
write_changelog() {
	local date maintainer
	date=$(sed -nE "s/^## ${version//./\\.} \((.*)\)$/\1/p" "$ROOT/CHANGELOG.md")
	[[ -n $date ]] || die "CHANGELOG.md has no heading with a date for $version"
	maintainer=$(sed -n 's/^Maintainer: //p' "$ROOT/packaging/debian/control")
	cat <<-END
		bucketmap ($debian_version) unstable; urgency=medium

		$(changes)

		 -- $maintainer  $(LC_ALL=C date -u -d "$date 12:00 UTC" -R)
	END
}

"$TESTBED/deps.sh" user deb
rm -rf "$dir"
mkdir -p "$source"
rsync -a --exclude=/build --exclude='.git*' "$ROOT/" "$source/"
mv "$source/packaging/debian" "$source/debian"
sed -i "s/@VERSION@/$version/g" "$source"/debian/*.postinst
write_changelog >"$source/debian/changelog"
(cd "$source" && dpkg-buildpackage --no-sign --build=binary >"$dir/log" 2>&1) || { tail -n 40 "$dir/log" >&2; die "see $dir/log"; }
lintian --allow-root --fail-on error,warning "$dir"/*.changes >&2
ls "$dir"/*.deb

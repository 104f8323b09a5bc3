#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make deb: builds the Debian packages from a copy of the sources, with packaging/debian as its debian/ and a changelog that has
# the version of the file VERSION, and lets lintian examine them.
#
#	deb.sh DIR	DIR/*.deb; what was in DIR before is removed

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/../testbed/lib/common.sh"
. "$ROOT/packaging/release.sh"

dir=$(realpath -m "${1:?the directory for the packages}")
source=$dir/bucketmap-$package_version

write_changelog() {
	cat <<-END
		bucketmap ($package_version) unstable; urgency=medium

		$(release_changes '  * ' '    ')

		 -- $(sed -n 's/^Maintainer: //p' "$ROOT/packaging/debian/control")  $(release_date -R)
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

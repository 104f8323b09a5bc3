#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make rpm: builds the RPM packages from an archive of the sources and packaging/bucketmap.spec, and lets rpmlint examine them.
#
#	rpm.sh DIR	DIR/RPMS and DIR/SRPMS; what was in DIR before is removed

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/../testbed/lib/common.sh"
. "$ROOT/packaging/release.sh"

dir=$(realpath -m "${1:?the directory for the packages}")
name=bucketmap-$package_version

write_spec() {
	sed "s/@VERSION@/$version/; s/@PACKAGE_VERSION@/$package_version/" "$ROOT/packaging/bucketmap.spec"
	printf '\n%%changelog\n'
	echo "* $(release_date '+%a %b %d %Y') bucketmap developers <maintainers@bucketmap.example> - $package_version-1"
	release_changes '- ' '  '
}

"$TESTBED/deps.sh" user rpm
rm -rf "$dir"
mkdir -p "$dir/SOURCES" "$dir/SPECS"
rsync -a --exclude=/build --exclude='.git*' "$ROOT/" "$dir/SOURCES/$name/"
tar -C "$dir/SOURCES" -czf "$dir/SOURCES/$name.tar.gz" "$name"
rm -r "${dir:?}/SOURCES/$name"
write_spec >"$dir/SPECS/bucketmap.spec"
# This machine may not have its compiler as an RPM package.
rpmbuild --quiet -ba --nodeps --define "_topdir $dir" "$dir/SPECS/bucketmap.spec" >"$dir/log" 2>&1 ||
	{ tail -n 40 "$dir/log" >&2; die "see $dir/log"; }
rpmlint --config "$ROOT/packaging/rpmlint.toml" "$dir/SPECS/bucketmap.spec" "$dir"/RPMS/*/*.rpm "$dir"/SRPMS/*.rpm >&2
ls "$dir"/RPMS/*/*.rpm

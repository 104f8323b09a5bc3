#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Writes the figures of all maps to a file for the textfile collector of node_exporter:
#
#	bucketmap-textfile DIRECTORY		as it is called where it is installed
#
# DIRECTORY/bucketmap.prom is replaced at once, so that no reader sees a part of it. If there are no figures it is removed, since
# old ones would look like new ones; that is an error unless the module is not loaded.

set -u
file=${1:?the directory that the textfile collector reads}/bucketmap.prom
umask 022

# The collector reads only files that end with .prom.
if [ -e /dev/bucketmap ] && bucketmap stats --prometheus >"$file.new" && mv "$file.new" "$file"; then
	exit 0
fi
rm -f "$file.new" "$file"
[ ! -e /dev/bucketmap ]

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Tests what passes figures to Prometheus and Grafana: prints them in User-mode Linux, and checks them here with promtool; the
# queries of the dashboard, the units of systemd, and the page. Prints a line per case.

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/kernels.sh"
. "$TESTBED/lib/apt.sh"
. "$TESTBED/lib/initramfs.sh"

kernel=uml
dir=$BUILD/monitoring
guest_architecture=amd64

# check NAME COMMAND...: one case. It passes if the command succeeds and says nothing.
check() {
	local name=$1 said verdict="ok"
	shift
	said=$("$@" 2>&1) || verdict="not ok"
	if [[ $verdict != ok || -n $said ]]; then
		verdict="not ok"
		printf '    | %s\n' "${said//$'\n'/$'\n    | '}"
	fi
	echo "$verdict monitoring: $name"
}

promtool() { cached "prometheus/$(package_version prometheus)" unpack_promtool; }

unpack_promtool() {
	unpack_packages prometheus "$1"
	mv "$1/usr/bin/promtool" "$1/promtool"
	rm -r "${1:?}"/{etc,lib,usr,var}
}

metrics_are_valid() { "$promtool" check metrics <"$dir/metrics"; }

# It says how many rules there are.
queries_are_valid() { "$promtool" check rules "$dir/rules.json" >"$dir/rules.said" 2>&1 || { cat "$dir/rules.said"; false; }; }

units_are_valid() {
	make -s -C "$ROOT/userspace/monitoring" PREFIX="$dir/prefix" install &&
		systemd-analyze verify --man=no "$dir"/prefix/lib/systemd/system/bucketmap-metrics.{service,timer}
}

"$TESTBED/deps.sh" module user kernel vm monitoring
promtool=$(promtool)/promtool
"$TESTBED/module.sh" "$kernel" "$BUILD/$kernel/module" W=1
make -s -C "$ROOT/userspace" BUILD="$BUILD/user" -j"$JOBS" all >&2

new_root "$dir/root"
cp "$BUILD/$kernel/module/bucketmap.ko" "$dir/root/"
add_programs "$dir/root" bin "$BUILD/user/bucketmap"
make -s -C "$ROOT/userspace/monitoring" PREFIX=/usr DESTDIR="$dir/root" install
pack_root "$dir/root" "$dir/initramfs"

healthy="ok monitoring: the kernel stayed healthy to the end"
"$TESTBED/boot.sh" "$kernel" "$dir/initramfs" monitoring "$dir" || healthy="not $healthy"
awk -v part=monitoring -f "$TESTBED/lib/tap.awk" "$dir/report"
echo "$healthy"
sed -n '/^### metrics begin/,/^### metrics end/{/^###/!p}' "$dir/report" >"$dir/metrics"
check "promtool finds the metrics right" metrics_are_valid
python3 "$TESTBED/monitoring.py" "$dir/metrics" "$ROOT/userspace/monitoring/grafana.json" "$ROOT/docs/monitoring.md" \
	"$dir/rules.json" || true
check "promtool finds the queries of the dashboard right" queries_are_valid
check "systemd finds the units right" units_are_valid

# SPDX-License-Identifier: GPL-2.0
# Reads a guest's report (groups of TAP, see guest/tap.sh) and prints one line per case, "ok PART: group.case" or "not ok ...",
# with the output of a failed case. A group that is empty, is incomplete or ends with an error is a failed case itself. Set
# part=NAME.

function failed(what) { print "not ok " part ": " what }

/^### begin / {
	if (group != "") failed(group " did not end")
	group = $3
	planned = cases = bad = 0
	said = ""
	groups++
	next
}

/^### end / {
	if (cases == 0 || cases != planned) failed(group ": " cases " of " planned " planned cases ran")
	else if ($4 != 0 && !bad) failed(group " ended with status " $4)
	if (bad || $4 != 0) printf "%s", said
	group = ""
	next
}

group != "" && /^1\.\.[0-9]+/ { planned = substr($1, 4) + 0; next }

group != "" && /^(not )?ok [0-9]+/ {
	cases++
	verdict = /^ok/ ? "ok" : "not ok"
	name = $0
	sub(/^(not )?ok [0-9]+ (- )?/, "", name)
	if (name ~ /# SKIP/) verdict = "skip"
	if (verdict == "not ok") { bad++; printf "%s", said }
	print verdict " " part ": " group "." name
	said = ""
	next
}

# A case that passes says how much it has checked.
group != "" && /^# [0-9]+ operations checked/ { print "    | " $0; next }

{ said = said "    | " $0 "\n" }

END {
	if (group != "") { printf "%s", said; failed(group " did not end") }
	if (groups == 0) { printf "%s", said; failed("no case ran") }
}

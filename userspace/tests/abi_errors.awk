# SPDX-License-Identifier: GPL-2.0
#
# Reads the ABI header and writes every error that it documents for an ioctl, as C:
#	{ "IOCTL", _IOC_NR of the ioctl, errno, "errno" },
# and then its table of operations: each row as it is there.

BEGIN {
	print "#include <errno.h>\n#include \"tests/abi_errors.h\"\n\nconst struct abi_error abi_errors[] = {"
}

function emit(ioctl, name) {
	if ((ioctl, name) in seen)
		return
	seen[ioctl, name] = 1
	printf "\t{ \"%s\", _IOC_NR(BUCKETMAP_IOC_%s), %s, \"%s\" },\n", ioctl, ioctl, name, name
}

# The table of operations. The last column says which of them need an existing key.
/^ \*   operation +value +expected +previous +window +ENOENT$/ { table = 1; next }
table && NF != 7 { table = 0 }
table {
	operations[++operation_count] = $2
	needs_key[$2] = $7 == "yes"
	rows = rows sprintf("\t{ \"%s\", \"%s\", \"%s\", \"%s\", \"%s\", \"%s\" },\n", $2, $3, $4, $5, $6, $7)
}

/^#define BUCKETMAP_IOC_[A-Z_]+[ \t]+BUCKETMAP_IOC_OPERATION\(/ { numbers++ }

/^ \* Errors that every ioctl may return/ { general = 1; next }
general && /^ \*   [A-Z0-9]+  / { general_errors[++general_count] = $2 }
general && /^ \* Further errors are listed/ { general = 0 }

# "struct NAME - BUCKETMAP_IOC_X, BUCKETMAP_IOC_Y: ...", or "BUCKETMAP_IOC_OPERATION(): ..." for all operations
/^ \* struct bucketmap_[a-z]+ - BUCKETMAP_IOC_/ {
	split("", ioctls)
	count = 0
	if (/ BUCKETMAP_IOC_OPERATION\(/) {
		for (i = 1; i <= operation_count; i++)
			ioctls[++count] = operations[i]
	} else {
		rest = $0
		while (match(rest, /BUCKETMAP_IOC_[A-Z]+/)) {
			ioctls[++count] = substr(rest, RSTART + 14, RLENGTH - 14)
			rest = substr(rest, RSTART + RLENGTH)
		}
	}
	# Many ioctls return ENOMEM only if an allocation is made to fail: fail_nth_test.
	for (i = 1; i <= count; i++)
		for (j = 1; j <= general_count; j++)
			if (general_errors[j] != "ENOMEM")
				emit(ioctls[i], general_errors[j])
	structures++
}

/^ \* Return:/ { returns = 1 }
/^ \*\// { returns = 0 }

# Whether the text after an error applies to this ioctl of the structure. It may begin with names: "ADD*, MAX*: ..."
function concerns(ioctl, name, text) {
	if (match(text, /^[A-Z_*]+(, [A-Z_*]+)*:/)) {
		wanted = substr(text, 1, RLENGTH - 1)
		gsub(/\*/, ".*", wanted)
		gsub(/, /, "|", wanted)
		return ioctl ~ "^(" wanted ")$"
	}
	if (!(ioctl in needs_key))
		return 1
	# If the key is absent, an operation returns ENOENT or makes an entry.
	return name == "ENOENT" ? needs_key[ioctl] : !needs_key[ioctl]
}

# "  ENAME, ENAME  text", or "Return: 0, or ENAME for ..."
returns && (/^ \*   E[A-Z0-9]+/ || /Return: 0, or E/) {
	text = $0
	sub(/^ \* (Return: 0, or|  ) */, "", text)
	split("", names)
	named = 0
	while (match(text, /^E[A-Z0-9]+(, )?/)) {
		name = substr(text, 1, RLENGTH)
		text = substr(text, RLENGTH + 1)
		sub(/, /, "", name)
		names[++named] = name
	}
	sub(/^ +/, "", text)
	for (i = 1; i <= count; i++)
		for (j = 1; j <= named; j++)
			if (concerns(ioctls[i], names[j], text))
				emit(ioctls[i], names[j])
}

END {
	print "\t{ 0 },\n};\n\nconst struct abi_row abi_rows[] = {\n" rows "\t{ 0 },\n};"
	if (structures < 12 || operation_count != numbers || general_count < 6) {
		print "abi_errors.awk: the header has changed: " structures " structures, " \
			operation_count " operations, " general_count " general errors" >"/dev/stderr"
		exit 1
	}
}

# SPDX-License-Identifier: GPL-2.0
# Takes the example from a man page in mdoc: the first literal text of its EXAMPLES is a program, the second what it
# prints. Prints the program, or with printed=1 what it prints.

/^\.Sh / { examples = $2 == "EXAMPLES" }
/^\.Ed/ { literal = 0 }
literal && block == 1 + printed { gsub(/\\e/, "\\"); gsub(/\\-/, "-"); sub(/^\\&/, ""); print }
/^\.Bd -literal/ && examples { literal = 1; block++ }

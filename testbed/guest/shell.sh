# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# make vm: a shell on the console, with the module inserted. testbed/test-readme.py types into it.

insmod /bucketmap.ko
cat <<'BANNER'

This is a virtual machine with the module inserted. To try:

  bucketmap create words -k 32 -v 8
  bucketmap count-words words /data/text.1
  bucketmap top words -n 5
  bucketmap stats words

Leave by "exit" or Ctrl-A X.

BANNER
cd /tmp || exit
export PS1='# '
exec setsid -c sh -i </dev/ttyS0 >/dev/ttyS0 2>&1

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# make vm: a shell on the console, with the module inserted, and what udev and systemd do on other machines. testbed/test-pages.py
# types into it.

mkdir -p /etc /var/log
printf '%s\n' 'root:x:0:0::/tmp:/bin/sh' 'alice:x:1000:1000::/tmp:/bin/sh' 'bob:x:1001:1001::/tmp:/bin/sh' >/etc/passwd
printf '%s\n' 'root:x:0:' 'bucketmap:x:999:alice' 'alice:x:1000:' 'bob:x:1001:' >/etc/group
mount -t cgroup2 cgroup2 /sys/fs/cgroup && echo +memory >/sys/fs/cgroup/cgroup.subtree_control
insmod /bucketmap.ko
chown root:bucketmap /dev/bucketmap
chmod 660 /dev/bucketmap
cat <<'BANNER'

This is a virtual machine with the module inserted. To try:

  bucketmap create words -k 32 -v 8
  bucketmap count-words words /data/text.1
  bucketmap top words -n 5
  bucketmap stats words

Leave by "exit" or Ctrl-A X.

BANNER
cp /files/* /tmp 2>/dev/null
cd /tmp || exit
export PATH=/bin:/usr/bin PS1='# ' PYTHONDONTWRITEBYTECODE=1
exec setsid -c sh -i </dev/ttyS0 >/dev/ttyS0 2>&1

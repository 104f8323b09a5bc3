# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Does nothing: accel.sh tests whether the machine boots.

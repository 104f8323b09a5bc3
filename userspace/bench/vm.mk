# SPDX-License-Identifier: GPL-2.0
#
# How a bench is built that runs in a VM: all sources of its directory, the clocks, and the library. Its Makefile sets PROGRAM,
# and LIBRARIES if it needs any.

BUILD ?= $(abspath ../../../build)
MODULE ?= ../../../module
OUT ?= $(BUILD)/bench-$(PROGRAM)

CC ?= cc
CFLAGS ?= -O2 -g
CPPFLAGS += -I$(MODULE) -I../.. -D_GNU_SOURCE
override CFLAGS += -std=gnu11 -Wall -Wextra -Werror -pthread

OBJECTS := $(patsubst %.c,$(OUT)/%.o,$(wildcard *.c) cpus.c) $(patsubst ../../%.c,$(OUT)/%.o,$(wildcard ../../lib/*.c))

vpath cpus.c ..
vpath lib/%.c ../..

$(OUT)/$(PROGRAM): $(OBJECTS)
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBRARIES)

$(OUT)/%.o: %.c $(MAKEFILE_LIST)
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(OBJECTS:.o=.d)

.DELETE_ON_ERROR:

# SPDX-License-Identifier: GPL-2.0
#
# The front door for people. Kernel objects are listed in Kbuild, the driver's in userspace/Makefile.

# DKMS sets KERNELRELEASE to the kernel that it builds for.
KERNELRELEASE ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KERNELRELEASE)/build
BUILD := $(CURDIR)/build
# What uname says when the kernel runs. Some packages have another name in kernel.release.
RELEASE = $(shell sed -n 's/^.define UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h)
# Each kernel has its own directory: objects built for one are of no use to another.
MODULE = $(BUILD)/$(RELEASE)
VERSION := $(shell cat VERSION)
# Where "make install" writes: DESTDIR is put before everything, INSTALL_MOD_PATH before /lib/modules.
PREFIX ?= /usr/local
DKMS = $(DESTDIR)/usr/src/bucketmap-$(VERSION)
# A kernel that clang has built needs modules by clang.
LLVM ?= $(if $(shell grep -sx CONFIG_CC_IS_CLANG=y $(KDIR)/include/config/auto.conf),1)
KERNEL_MAKE = $(MAKE) -C $(KDIR) $(if $(LLVM),LLVM=$(LLVM))
# What is installed elsewhere is for another system, or for a package, which do that themselves.
depmod = $(if $(DESTDIR)$(INSTALL_MOD_PATH),,depmod $(RELEASE))

.PHONY: help all requirements module samples user demo test test-matrix test-deep test-packages coverage bench check vm \
	install install-module install-user install-device install-dkms uninstall deb rpm clean

help: ## print this list
	@echo "bucketmap: a concurrent hash map shared by processes, as a Linux kernel module"
	@echo
	@sed -nE 's/^([a-z%-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 23

all: requirements module user ## build the module (for the running kernel, or KDIR=...), the library and the tool
	@echo
	@echo "module    $(MODULE)/bucketmap.ko"
	@echo "tool      $(BUILD)/user/bucketmap"
	@echo "library   $(BUILD)/user/libbucketmap.a, libbucketmap.so; header userspace/lib/bucketmap.h"

# What is missing is named before the first compile: here for library and tool, in "module" for the module.
requirements:
	@$(MAKE) -s -C userspace requirements

module: ## build bucketmap.ko only
	@test -e $(KDIR)/Makefile || { \
		echo "no kernel headers in $(KDIR)"; \
		echo "install them (Debian: apt install linux-headers-$(KERNELRELEASE)), or name others: make all KDIR=/path"; \
		exit 1; } >&2
	@mkdir -p $(MODULE)
	@cp -r --update Kbuild VERSION module $(wildcard kunit) $(MODULE)
	+$(KERNEL_MAKE) M=$(MODULE) modules

samples: module ## build the sample user of the module as well (module/samples/)
	+$(KERNEL_MAKE) M=$(MODULE)/module/samples KBUILD_EXTRA_SYMBOLS=$(MODULE)/Module.symvers modules
	@echo "sample    $(MODULE)/module/samples/packets.ko"

user: ## build the library and the tool only
	$(MAKE) -C userspace BUILD=$(BUILD)/user

demo: ## count words in a VM: four processes, one map, one of them killed (root or sudo for apt)
	@testbed/demo.sh

test: ## run all tests in User-mode Linux and in VMs; the last line counts them
	@testbed/test.sh

test-matrix: ## the end-to-end tests on one kernel of each line since 6.1, and on arm64: an hour or more
	@testbed/test-matrix.sh

test-deep: ## the random tests for an hour or more; SEED=N repeats a run
	@testbed/test-deep.sh

test-packages: ## install the Debian packages into fresh systems, boot them, upgrade, purge: twenty minutes
	@testbed/test-packages.sh

coverage: ## which lines of module/core/ the tests run
	@testbed/coverage.sh

bench: ## measure against other hash tables, half an hour; BENCH=long: some hours
	@testbed/bench.sh $(BENCH)

check: ## checkpatch, sparse, warnings, clang-tidy, cppcheck, shellcheck
	@testbed/check.sh

vm: ## a shell in a VM with the module, the tool and Python; FILES="..." are programs to run there
	@testbed/vm.sh $(FILES)

install: install-module install-user ## install what "make all" has built: the module, and what is below PREFIX (as root)

install-module: install-device ## install the module for KDIR's kernel only, with the group and the rule for its device
	@test -e $(MODULE)/bucketmap.ko || { echo "build it first, as an ordinary user: make module" >&2; exit 1; }
	umask 022 && $(KERNEL_MAKE) M=$(MODULE) INSTALL_MOD_PATH=$(DESTDIR)$(INSTALL_MOD_PATH) INSTALL_MOD_DIR=updates DEPMOD=true modules_install
	$(depmod)

install-user: ## install the library and the tool only, below PREFIX
	$(MAKE) -C userspace BUILD=$(BUILD)/user PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) install
	$(MAKE) -C userspace/monitoring PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) install

install-device:
	install -d $(addprefix $(DESTDIR)$(PREFIX)/lib/,udev/rules.d sysusers.d modules-load.d)
	install -m 644 packaging/bucketmap.rules $(DESTDIR)$(PREFIX)/lib/udev/rules.d/60-bucketmap.rules
	install -m 644 packaging/sysusers.conf $(DESTDIR)$(PREFIX)/lib/sysusers.d/bucketmap.conf
	install -m 644 packaging/modules-load.conf $(DESTDIR)$(PREFIX)/lib/modules-load.d/bucketmap.conf

install-dkms: install-device ## install the module's sources for DKMS, which builds them for each kernel (docs/install.md)
	install -d $(DKMS)
	cp -r --no-preserve=mode,ownership Kbuild Makefile VERSION COPYING module $(DKMS)/
	rm -r $(DKMS)/module/bench $(DKMS)/module/samples
	sed 's|#MODULE_VERSION#|$(VERSION)|' packaging/dkms.conf | install -m 644 /dev/stdin $(DKMS)/dkms.conf

uninstall: uninstall-module uninstall-user ## remove what "make install" has written, with the same variables

uninstall-%: ## remove what one of the others has written: uninstall-user, uninstall-module, uninstall-dkms
	@DESTDIR=$(DESTDIR) packaging/uninstall.sh install-$*
	$(if $(filter module,$*),$(depmod))

deb: ## build the Debian packages, in build/deb
	packaging/deb.sh $(BUILD)/deb

rpm: ## build the RPM packages, in build/rpm
	packaging/rpm.sh $(BUILD)/rpm

clean: ## remove build/; fetched and built kernels stay in the cache
	rm -rf $(BUILD)

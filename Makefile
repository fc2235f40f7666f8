# SPDX-License-Identifier: GPL-2.0
#
# Entry points only: what each target does is in selftests/run, selftests/lint.sh
# and selftests/vm/setup.sh. All output goes to build/.

# Command line: make check BED=uml KERNEL=6.12 TESTS="encap pmtu" DEBUG=1
BED     ?=
KERNEL  ?=
TESTS   ?=
DEBUG   ?=
MINUTES ?= 1
SEED    ?=
# Also of make tools: with ASan and UBSan, in a directory of its own.
SANITIZE ?=

KDIR    ?= /lib/modules/$(shell uname -r)/build
PREFIX  ?= /usr/local
DESTDIR ?=

# The release is asked of the kernel tree rather than of uname, so that one
# checkout can hold builds for several kernels side by side. (Some Debian headers
# have the upstream version in include/config/kernel.release.)
KREL     = $(shell sed -n 's/^.define UTS_RELEASE "\(.*\)"/\1/p' \
	   '$(KDIR)/include/generated/utsrelease.h' 2>/dev/null)
MODBUILD = build/kmod-$(KREL)$(VARIANT)

RUN      = selftests/run $(if $(BED),--bed $(BED)) $(if $(KERNEL),--kernel $(KERNEL)) \
	   $(if $(DEBUG),--debug) $(if $(SANITIZE),--sanitize)

all: modules tools

help:
	@echo 'For a first look:'
	@echo '  make demo          the published walk-through: two routers, BGP, failover'
	@echo '  make check         run every selftest inside a guest kernel'
	@echo 'Build:'
	@echo '  make modules       ipv6tun.ko for KDIR=/lib/modules/X/build; LLVM=1 for clang'
	@echo '  make tools         ipv6tunctl; SANITIZE=1 with ASan and UBSan, as in make check'
	@echo '  make install       both, plus manual page and completion (PREFIX=, DESTDIR=)'
	@echo 'Test:'
	@echo '  make check         BED=vm|uml|host  KERNEL=6.1|6.12|newest  TESTS="topic ..."'
	@echo '  make check-debug   the same under KASAN, lockdep and kmemleak (User-Mode Linux)'
	@echo '  make check-kernels  make check under 6.1, 6.12 and newest, then builds for every'
	@echo '                     other kernel that is packaged (hours); KERNEL=, TESTS='
	@echo '  make kunit         unit tests of the pure logic, and how many of its lines they run'
	@echo '  make soak          MINUTES=10  everything changes at random under traffic; SEED=N repeats it'
	@echo '  make lint          checkpatch, sparse, coccinelle, W=1 with gcc and clang, analysers of tools and text'
	@echo '  make fuzz-tools    fuzz what ipv6tunctl reads: SECONDS=60, or FILE= of a finding'
	@echo '  make mutants       take away what the table of RFCs says is done: its tests must fail'
	@echo '                     LIST=defects: leaks, locks, bounds and the like; also under the debug kernel'
	@echo '  make fuzz          random packets, and random netlink requests by the grammar'
	@echo '                     (FUZZ_PACKETS=, FUZZ_MESSAGES=, FUZZ_SEED=)'
	@echo '  make bench         instructions per packet of NAT64, beside plain forwarding and Jool'
	@echo '  make failover-bench  how fast flows leave a dead path, beside BIRD (half an hour)'
	@echo 'Other:'
	@echo '  make setup         install missing packages (the test targets do this themselves)'
	@echo '  make gen           regenerate the netlink code from its specification'
	@echo '  make clean         remove build/'

setup:
	selftests/vm/setup.sh

# kmod/ is copied and built in the copy: the checkout stays clean and may be
# read-only. The lock serialises two runs that want the same kernel.
modules:
	@test -n '$(KREL)' || { echo 'no kernel headers in KDIR=$(KDIR); try "make check", which brings its own' >&2; exit 1; }
	@mkdir -p '$(MODBUILD)'
	@flock '$(MODBUILD)/.lock' $(MAKE) --no-print-directory modules-locked

modules-locked:
	@rsync -a --delete --exclude='*.mod.c' --include='*/' --include='*.[ch]' \
		--include='Kbuild' --include='Makefile' --exclude='*' kmod/ '$(MODBUILD)/'
	$(MAKE) -C '$(KDIR)' M='$(CURDIR)/$(MODBUILD)' modules

tools:
	$(MAKE) --no-print-directory -C tools OUT='$(CURDIR)/build/tools$(if $(SANITIZE),-asan)'

# Small programs that the tests bring along, from selftests/*/NAME.c.
TESTPROGS = $(patsubst %.c,build/selftests/%,$(notdir $(filter-out selftests/vm/%,$(wildcard selftests/*/*.c))))

testprogs: $(TESTPROGS)

vpath %.c $(sort $(dir $(wildcard selftests/*/*.c)))

build/selftests/%: %.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -Ikmod/include/uapi $(CPPFLAGS) -O2 -g -Wall -Wextra $(CFLAGS) $(WERROR) -pthread \
		-o $@ $(filter %.c,$^) $(LDFLAGS) $(LDLIBS)

# Numbers of messages and attributes.
$(TESTPROGS): $(wildcard kmod/include/uapi/linux/*.h)

build/selftests/nsrun: LDFLAGS += -static

# Those that are more than a file.
build/selftests/nat64case build/selftests/failnth: $(wildcard selftests/peers/packet/*.[ch])

# It includes that one, as a whole.
build/selftests/failnth: .EXTRA_PREREQS = selftests/netlink/nltry.c

build/selftests/pktfuzz: $(wildcard selftests/fuzz/packet/*.[ch])
build/selftests/nlfuzz: $(wildcard selftests/fuzz/nl/*.[ch])

# Its requests are those of the specification as it is.
NL_TABLE = build/selftests/include/nl-table.h

build/selftests/nlfuzz: $(NL_TABLE)
build/selftests/nlfuzz: CPPFLAGS += -I$(dir $(NL_TABLE))
build/selftests/nlfuzz: LDLIBS += $(shell pkg-config --libs libmnl)

$(NL_TABLE): selftests/fuzz/gen-table.py Documentation/netlink/specs/ipv6tun.yaml
	@mkdir -p $(@D)
	python3 -B $^ >$@.tmp
	@mv $@.tmp $@

# Only the module's own kernel gets depmod; a staged install leaves it to the package.
install: modules tools
	$(MAKE) -C '$(KDIR)' M='$(CURDIR)/$(MODBUILD)' modules_install \
		INSTALL_MOD_DIR=updates $(if $(DESTDIR),INSTALL_MOD_PATH='$(DESTDIR)' DEPMOD=true)
	$(MAKE) --no-print-directory -C tools OUT='$(CURDIR)/build/tools' \
		DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' install
	for conf in $(wildcard bird/*.conf); do \
		install -D -m 0644 "$$conf" '$(DESTDIR)$(PREFIX)/share/ipv6tun/bird/'"$${conf##*/}"; \
	done

# FILE= repeats a finding.
fuzz-tools:
	selftests/fuzz-tools.sh $(if $(FILE),$(FILE),$(SECONDS))

demo:
	$(RUN) --demo

check:
	$(RUN) $(TESTS)

check-debug:
	selftests/run --bed uml --debug $(TESTS)

# As long as it may take where a message takes 20 ms, or a packet 10.
FUZZ_LIMIT = $(shell echo $$((900 + $(or $(FUZZ_MESSAGES),20000) / 50 + $(or $(FUZZ_PACKETS),50000) / 100)))

fuzz:
	selftests/run --bed uml $(if $(DEBUG),--debug) --time-limit $(FUZZ_LIMIT) fuzz/packets fuzz/netlink

# KERNEL="6.1 builds" or the name of one kernel for some of them only.
check-kernels:
	selftests/kernels.sh $(KERNEL) $(if $(TESTS),-- $(TESTS))

bench:
	selftests/run --icount --peers $(if $(KERNEL),--kernel $(KERNEL)) --bench nat64

failover-bench:
	$(RUN) --bench failover

soak:
	MINUTES='$(MINUTES)' SEED='$(SEED)' $(RUN) --soak

kunit:
	selftests/run --kunit $(if $(DEBUG),--debug)

lint:
	selftests/lint.sh

# LIST=defects for the other list; ROWS='"RFC 6146 3.5.1" ...' for some of them only.
LIST ?= nat64
mutants:
	selftests/mutants/run selftests/mutants/$(LIST).list $(ROWS)

# The generated netlink code, from the specification; "make lint" checks it.
gen:
	selftests/gen.sh

clean:
	rm -rf build

.PHONY: all help setup modules modules-locked tools testprogs install demo check check-debug fuzz bench failover-bench kunit lint mutants gen clean soak fuzz-tools check-kernels

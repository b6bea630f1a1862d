# make            builds ./spantop
# make run        installs what is missing, builds, starts the demo and opens spantop on it
# make test       installs what is missing, builds, and runs every test
# make test-vm    boots other kernels in qemu (fetched through apt, 75 MB) and traces there
# make bench      measures the costs of tracing on this machine
# make soak       an hour (HOURS=n, SECONDS=n) of work: memory, tables, losses
# make V=1        shows the commands
O ?= .output
CC ?= gcc
CLANG ?= clang
BPFTOOL ?= bpftool
ARCH := $(shell uname -m)
BPF_ARCH := $(ARCH:x86_64=x86)
VERSION := 0.1

# bpftool lies in /usr/sbin, which an ordinary user's path lacks
export PATH := $(PATH):/usr/sbin:/sbin

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' '$(1)' '$(2)';)

CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith
# the program is optimised as a whole, where the compiler can; the objects still link without that
LTO := $(shell $(CC) -Werror -flto=auto -ffat-lto-objects -E -x c /dev/null >/dev/null 2>&1 && echo -flto=auto -ffat-lto-objects)
# what the engine links: gzip (fast in, zlib out), JSON, Lua
ENGINE_LIBS := -lisal -lz -ljansson -lluajit-5.1 -lm
BASE := -std=gnu11 -D_GNU_SOURCE -DSPANTOP_VERSION='"$(VERSION)"' -I. -I$(O) $(WARNINGS)
SANITIZE := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

ENGINE := $(wildcard src/scap/*.c src/engine/*.c)
SCAP_TABLES := $(O)/scap/type_numbers.h $(O)/scap/tables.c
VIEWS := $(sort $(wildcard views/*.lua))
LOADER := $(wildcard src/probe_loader/*.c)
UI := $(wildcard src/ui/*.c)
MAIN := $(wildcard src/*.c)
BPF := $(wildcard bpf/*.bpf.c)
SKELETONS := $(BPF:bpf/%.bpf.c=$(O)/bpf/%.skel.h)
UNIT := $(wildcard test/unit/*_test.c test/ui/*_test.c)
FUZZ := $(wildcard test/fuzz/*_fuzz.c)
LIVE := $(wildcard test/live/*.c)
BENCH := $(wildcard bench/*.c)

all: spantop

# ---- the program ----
spantop: $(O)/spantop
	$(Q)install -m 755 $< $@

$(O)/spantop: $(MAIN:%.c=$(O)/obj/%.o) $(UI:%.c=$(O)/obj/%.o) $(LOADER:%.c=$(O)/obj/%.o) $(O)/libengine.a
	$(call say,LINK,$@)$(CC) $(CFLAGS) $(LTO) $(LDFLAGS) -o $@ $^ -lbpf -lelf -lncursesw -ltinfo $(ENGINE_LIBS)

$(O)/libengine.a: $(ENGINE:%.c=$(O)/obj/%.o) $(O)/obj/scap_tables.o $(O)/obj/views.o
	$(call say,AR,$@)rm -f $@; ar rcs $@ $^

$(O)/obj/%.o: %.c Makefile | $(O)/scap/type_numbers.h
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(BASE) $(CFLAGS) $(LTO) -MMD -MP -MT $@ -c $< -o $@

$(LOADER:%.c=$(O)/obj/%.o): $(SKELETONS)

# ---- tables of .scap events, made from the .tsv files ----
$(O)/scap/type_numbers.h: src/scap/make_tables src/scap/events.tsv
	@mkdir -p $(@D)
	$(call say,TABLE,$@)src/scap/make_tables header > $@

$(O)/scap/tables.c: src/scap/make_tables $(wildcard src/scap/*.tsv)
	@mkdir -p $(@D)
	$(call say,TABLE,$@)src/scap/make_tables source > $@

$(O)/obj/scap_tables.o: $(SCAP_TABLES)
	@mkdir -p $(@D)
	$(call say,CC,$(O)/scap/tables.c)$(CC) $(BASE) $(CFLAGS) $(LTO) -c $(O)/scap/tables.c -o $@

$(O)/san/scap_tables.o: $(SCAP_TABLES)
	@mkdir -p $(@D)
	$(call say,CC+,$(O)/scap/tables.c)$(CC) $(BASE) $(SANITIZE) -c $(O)/scap/tables.c -o $@

# ---- the views that are built in ----
$(O)/views.c: src/engine/make_views $(VIEWS) views
	@mkdir -p $(@D)
	$(call say,VIEWS,$@)src/engine/make_views $(VIEWS) > $@

$(O)/obj/views.o: $(O)/views.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(BASE) $(CFLAGS) $(LTO) -c $< -o $@

$(O)/san/views.o: $(O)/views.c
	@mkdir -p $(@D)
	$(call say,CC+,$<)$(CC) $(BASE) $(SANITIZE) -c $< -o $@

$(O)/bpf/%.bpf.o: bpf/%.bpf.c Makefile
	@mkdir -p $(@D)
	$(call say,BPF,$<)$(CLANG) -g -O2 -target bpf -D__TARGET_ARCH_$(BPF_ARCH) -I. -Wall -Werror -Wno-gnu-variable-sized-type-not-at-end -MMD -MP -MT $@ -c $< -o $@

$(O)/bpf/%.skel.h: $(O)/bpf/%.bpf.o
	$(call say,SKEL,$@)$(BPFTOOL) gen skeleton $< name $(*F)_bpf > $@

# ---- tests: everything they link is built with the sanitizers ----
$(O)/san/%.o: %.c Makefile | $(O)/scap/type_numbers.h
	@mkdir -p $(@D)
	$(call say,CC+,$<)$(CC) $(BASE) $(SANITIZE) -MMD -MP -MT $@ -c $< -o $@

$(O)/san/libengine.a: $(ENGINE:%.c=$(O)/san/%.o) $(O)/san/scap_tables.o $(O)/san/views.o
	$(call say,AR,$@)rm -f $@; ar rcs $@ $^

$(O)/san/libui.a: $(UI:%.c=$(O)/san/%.o)
	$(call say,AR,$@)rm -f $@; ar rcs $@ $^

$(O)/test/unit/%: $(O)/san/test/unit/%.o $(O)/san/libengine.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(SANITIZE) -o $@ $^ -lcmocka $(ENGINE_LIBS)

# those that test files of the program itself
$(O)/test/unit/notify_test: $(O)/san/src/notify.o
$(O)/test/unit/run_command_test: $(O)/san/src/run_command.o

# main.c stays out of libui; the helpers of screen tests are test/ui/*.c that are no *_test.c
$(O)/test/ui/%: $(O)/san/test/ui/%.o $(patsubst %.c,$(O)/san/%.o,$(filter-out %_test.c,$(wildcard test/ui/*.c))) $(O)/san/libui.a $(O)/san/libengine.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(SANITIZE) -o $@ $^ -lcmocka -lncursesw -ltinfo $(ENGINE_LIBS)

$(O)/test/fuzz/%: test/fuzz/%.c $(ENGINE) $(SCAP_TABLES) $(O)/views.c Makefile
	@mkdir -p $(@D)
	$(call say,FUZZ,$@)$(CLANG) $(filter-out -Werror,$(BASE)) -Wno-missing-field-initializers -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -o $@ $< $(ENGINE) $(O)/scap/tables.c $(O)/views.c $(ENGINE_LIBS)

# the one that uses the screen
$(O)/test/fuzz/screen_fuzz: test/fuzz/screen_fuzz.c test/ui/web_service.c $(UI) $(ENGINE) $(SCAP_TABLES) $(O)/views.c Makefile
	@mkdir -p $(@D)
	$(call say,FUZZ,$@)$(CLANG) $(filter-out -Werror,$(BASE)) -Wno-missing-field-initializers -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -o $@ $< test/ui/web_service.c $(UI) $(ENGINE) $(O)/scap/tables.c $(O)/views.c -lncursesw -ltinfo $(ENGINE_LIBS)

# live programs that use the loader itself
$(O)/test/live/switch_scopes $(O)/test/live/what_exists: $(O)/test/live/%: $(O)/obj/test/live/%.o $(LOADER:%.c=$(O)/obj/%.o) $(O)/libengine.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) -o $@ $^ -lbpf -lelf $(ENGINE_LIBS)

$(O)/test/live/%: test/live/%.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) -std=gnu11 -D_GNU_SOURCE $(WARNINGS) -O2 -g -o $@ $< -lpthread

$(O)/bench/%: bench/%.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) -std=gnu11 -D_GNU_SOURCE $(WARNINGS) -O2 -g -o $@ $< -lpthread -lm

$(O)/bench/engine_bench $(O)/bench/view_bench: $(O)/bench/%: bench/%.c $(O)/libengine.a
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(BASE) -O2 -g -o $@ $^ $(ENGINE_LIBS)

TESTS := $(UNIT:test/%.c=$(O)/test/%)
VM_PROGRAMS := spantop $(LIVE:%.c=$(O)/%) $(O)/bench/call_cost
test-programs: $(TESTS) $(FUZZ:test/%.c=$(O)/test/%) $(VM_PROGRAMS)
bench-programs: spantop $(BENCH:%.c=$(O)/%) $(O)/test/live/exists_c $(O)/test/live/what_exists

# ---- the README's two commands ----
run: packages
	$(Q)$(MAKE) --no-print-directory spantop
	$(Q)demo/run

test: packages-test
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) test-programs
	$(Q)O=$(O) test/run

test-vm:
	$(Q)packaging/install-packages vm
	$(Q)$(MAKE) --no-print-directory $(VM_PROGRAMS)
	$(Q)test/vm/fetch_kernels $(O)/vm
	$(Q)O=$(O) test/run test/vm/run_vm

bench: packages-test
	$(Q)$(MAKE) --no-print-directory bench-programs
	$(Q)O=$(O) bench/run

soak: packages-test spantop
	$(Q)HOURS=$(HOURS) SECONDS=$(SECONDS) bench/soak

packages:
	$(Q)packaging/install-packages build
packages-test:
	$(Q)packaging/install-packages test

clean:
	rm -rf $(O) spantop

-include $(shell find $(O) -name '*.d' -type f 2>/dev/null)
.PHONY: all run test test-vm bench soak packages packages-test clean test-programs bench-programs
# kept, though only steps on the way to something
.PRECIOUS: $(O)/obj/%.o $(O)/san/%.o $(O)/bpf/%.bpf.o $(O)/bpf/%.skel.h
.DELETE_ON_ERROR:

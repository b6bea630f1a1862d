/* The filter language: what is taken, what is refused and where, and what passes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "src/engine/calls.h"
#include "src/engine/filter.h"
#include "src/engine/state.h"
#include "src/engine/string_pool.h"
#include "test/unit/feed.h"

/* curl (200), child of bash (100), child of systemd (1), with one event. */
struct world {
	struct string_pool *pool;
	struct process init, shell, process;
	struct thread thread;
	struct fd fd;
	struct field_context context;
	struct {
		struct event event;
		char rest[512];
	} made;
};

static struct string *intern(struct world *world, const char *text)
{
	return string_get(world->pool, text, strlen(text));
}

static void process_init(struct world *world, struct process *process, uint32_t pid, struct process *parent,
			 const char *name)
{
	*process = (struct process){ .pid = pid, .ppid = parent ? parent->pid : 0, .parent = parent };
	process->name = process->exe = intern(world, name);
	process->args = intern(world, "-6 it's");
	process->cwd = intern(world, "/home");
	process->nthreads = 5;
}

/* read(3</etc/hosts>, "127.0.0.1 localhost", 80) = 19 after 2 ms. */
static void make_read(struct world *world)
{
	const uint64_t args[6] = { 3, 0x1000, 80 };
	struct event *event = &world->made.event;
	struct feed_payload payload = { .size = 0 };

	feed_item(&payload, RECORD_ITEM_OUT, 1, "127.0.0.1 Localhost", 19);
	memset(&world->made, 0, sizeof(world->made));
	*event = (struct event){
		.size = sizeof(*event) + sizeof(args) + payload.size, .type = EVENT_CALL, .num = 1000,
		.time = 1700000000002000000, .enter_time = 1700000000000000000, .result = 19,
		.thread = &world->thread, .fd = &world->fd, .cpu = 0, .nargs = 6, .items = 1,
		.call = (uint16_t)call_number("read"), .payload_size = payload.size,
	};
	memcpy(event + 1, args, sizeof(args));
	memcpy((char *)(event + 1) + sizeof(args), payload.bytes, payload.size);
}

static int setup(void **state)
{
	struct world *world = calloc(1, sizeof(*world));

	world->pool = string_pool_new();
	process_init(world, &world->init, 1, NULL, "systemd");
	process_init(world, &world->shell, 100, &world->init, "bash");
	process_init(world, &world->process, 200, &world->shell, "curl");
	world->thread =
		(struct thread){ .tid = 200, .process = &world->process, .name = world->process.name };
	world->fd = (struct fd){ .num = 3, .type = FD_FILE, .name = intern(world, "/etc/hosts") };
	make_read(world);
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;

	field_context_fini(&world->context);
	string_pool_free(world->pool);
	free(world);
	return 0;
}

static bool passes(struct world *world, const char *text)
{
	struct filter_error error;
	struct filter *filter = filter_new(text, &error);
	bool passed;

	if (!filter)
		fail_msg("'%s' is refused at %zu: %s", text, error.position, error.text);
	passed = filter_passes(filter, &world->made.event, &world->context);
	filter_free(filter);
	return passed;
}

#define yes(text)                                                                                            \
	do {                                                                                                 \
		if (!passes(*state, text))                                                                   \
			fail_msg("does not pass: %s", text);                                                 \
	} while (0)
#define no(text)                                                                                             \
	do {                                                                                                 \
		if (passes(*state, text))                                                                    \
			fail_msg("passes: %s", text);                                                        \
	} while (0)

/* Refused, with the fault at this position and this word in the message. */
static void refused(const char *text, size_t position, const char *word)
{
	struct filter_error error;
	struct filter *filter = filter_new(text, &error);

	if (filter)
		fail_msg("taken: %s", text);
	if (error.position != position)
		fail_msg("'%s': fault at %zu, not %zu: %s", text, error.position, position, error.text);
	if (!error.text[0] || strchr(error.text, '\n') || !strstr(error.text, word))
		fail_msg("'%s': '%s' does not say '%s'", text, error.text, word);
}

/* ---- what passes ---- */

static void empty_filters_pass_all(void **state)
{
	yes("");
	yes(" \t\r\n");
}

static void symbols_need_no_blanks(void **state)
{
	yes("proc.name=curl");
	yes("proc.name = curl");
	yes("proc.name =\n\tcurl");
	yes("proc.name= curl ");
	yes("(proc.name=curl)");
	yes("((proc.name=curl) )");
	yes("evt.num>0 and(proc.name=curl)");
	yes("(proc.name=curl)and(evt.num>0)");
	yes("not(proc.name=wget)");
	yes("evt.type in(openat,read)");
	yes("proc.name=\"curl\"and evt.num>0");
	yes("proc.name!=");
	no("(proc.name=)");
	no("proc.name=wget");
}

/* Precedence is not, and, or; sysdig wants brackets where both meet, and reads those the same. */
static void connectives(void **state)
{
	static const char *const truth[] = { "evt.num=1", "evt.num=1000" };

	yes("evt.num=1000 or evt.num=1 and evt.num=1");
	no("(evt.num=1000 or evt.num=1) and evt.num=1");
	yes("evt.num=1 and evt.num=1 or evt.num=1000");
	no("evt.num=1 and (evt.num=1 or evt.num=1000)");
	yes("not evt.num=1 and evt.num=1000");
	no("not (evt.num=1000 and evt.num=1000)");
	yes("not (evt.num=1 or evt.num=2)");
	no("not evt.num=1000 or evt.num=1");
	/* a second 'not' before the same check changes nothing, one outside a bracket does */
	yes("not not evt.num=1");
	no("not not evt.num=1000");
	yes("not (not evt.num=1000)");
	no("not (not (not evt.num=1000))");
	for (unsigned bits = 0; bits < 16; bits++) {
		bool a = bits & 1, b = bits & 2, c = bits & 4, d = bits & 8;
		char text[256];

		snprintf(text, sizeof(text), "%s and (%s or not %s) or not (%s and not (%s or %s)) and %s",
			 truth[a], truth[b], truth[c], truth[d], truth[a], truth[c], truth[b]);
		assert_int_equal(passes(*state, text), (a && (b || !c)) || (!(d && !(a || c)) && b));
		snprintf(text, sizeof(text), "(%s or %s) and (%s or %s) and not %s", truth[a], truth[b],
			 truth[c], truth[d], truth[a]);
		assert_int_equal(passes(*state, text), (a || b) && (c || d) && !a);
	}
}

static void missing_values_fail_every_check(void **state)
{
	struct world *world = *state;

	world->made.event.fd = NULL;
	no("fd.name=x");
	no("fd.name!=x");
	no("fd.name in (x)");
	no("fd.name exists");
	no("fd.num<5 or fd.num>=5");
	no("fd.port!=80");
	yes("not fd.name=x");
	yes("not fd.name!=x");
	yes("not fd.name exists");
	yes("proc.name exists");
	no("span.duration exists");
	no("evtin.span.tags!=x");
}

static void numbers(void **state)
{
	yes("evt.num=1000");
	no("evt.num!=1000");
	yes("evt.num>999 and evt.num>=1000 and evt.num<1001 and evt.num<=1000");
	no("evt.num>1000 or evt.num<1000");
	yes("evt.num=+1000");
	yes("evt.num=0x3e8");
	yes("evt.num=0X3E8");
	yes("evt.rawres>-1");
	no("evt.rawres=-1");
	yes("evt.num in (1, 1000, 5)");
	yes("evt.num in (1000)");
	no("evt.num in (1, 2, 3)");
	yes("evt.num intersects (1, 1000)");
	yes("evt.rawtime=1700000000002000000");
	yes("evt.rawtime>=1700000000002000000 and evt.rawtime<=1700000000002000000");
	yes("proc.nthreads=5");
	/* a negative number matches nothing in a field that has none */
	no("proc.nthreads=-5");
	yes("proc.nthreads!=-5");
	no("proc.nthreads>-5");
	no("proc.nthreads<-5");
	no("proc.nthreads in (-5, -6)");
	yes("proc.nthreads in (-5, 5)");
	yes("evt.buflen=18446744073709551615 or proc.nthreads=5");
}

static void units(void **state)
{
	struct world *world = *state;

	yes("evt.latency=2000000");
	yes("evt.latency=2ms");
	yes("evt.latency=2000us");
	yes("evt.latency=2000\xc2\xb5s");
	yes("evt.latency=0.002s");
	yes("evt.latency>1.5ms");
	no("evt.latency>2.5ms");
	yes("evt.latency<1s and evt.latency<1m and evt.latency<1h");
	yes("evt.latency in (1ms, 2ms)");
	world->made.event.enter_time -= 3600000000000 - 2000000;
	yes("evt.latency=1h");
	yes("evt.latency=60m");
	yes("evt.latency=3600s");
	world->made.event.result = 6144;
	yes("evt.buflen=6144");
	yes("evt.buflen=6K");
	yes("evt.buflen<6.5K");
	yes("evt.buflen=0x1800");
	yes("evt.rawres<1M and evt.rawres<1G and evt.rawres<1T");
	yes("evt.buflen>=-0");
}

static void booleans(void **state)
{
	yes("evt.failed=false");
	yes("evt.is_io_read=true");
	yes("evt.is_io!=false");
	yes("evt.failed<true");
	yes("evt.is_io in (true)");
}

static void texts(void **state)
{
	struct world *world = *state;

	yes("fd.name=/etc/hosts");
	no("fd.name=/etc/host");
	no("fd.name=/ETC/hosts");
	yes("fd.name!=/etc/host");
	yes("fd.name contains c/h");
	yes("fd.name contains ''");
	no("fd.name contains C/H");
	yes("fd.name icontains C/H");
	no("fd.name icontains C/Hx");
	yes("fd.name icontains ''");
	yes("fd.name startswith /etc");
	no("fd.name startswith etc");
	no("fd.name startswith /etc/hosts.deny");
	yes("fd.name endswith hosts");
	no("fd.name endswith /xx/etc/hosts");
	yes("fd.name>/etc and fd.name</etd and fd.name<=/etc/hosts and fd.name>=/etc/hosts");
	yes("fd.name<B");
	no("fd.name<-");
	yes("proc.name in (wget, curl)");
	yes("proc.name in (wget,curl,'a b')");
	no("proc.name in (wget, cur, curly)");
	no("proc.name in ()");
	world->fd.name = intern(world, "");
	yes("fd.name=");
	yes("fd.name=''");
	yes("fd.name in ()");
	yes("fd.name in (a,)");
	no("fd.name!=''");
}

static void globs(void **state)
{
	struct world *world = *state;

	yes("fd.name glob /etc/hosts");
	yes("fd.name glob *");
	yes("fd.name glob /etc/*");
	yes("fd.name glob *hosts");
	yes("fd.name glob */h*t*");
	yes("fd.name glob /etc/h?sts");
	no("fd.name glob /etc");
	no("fd.name glob /etc/hosts?");
	no("fd.name glob etc");
	yes("fd.name glob /etc/[a-h]osts");
	no("fd.name glob /etc/[a-g]osts");
	yes("fd.name glob /etc/[!a-g]osts");
	yes("fd.name glob /etc/[^xyz]osts");
	no("fd.name glob /etc/[^h]osts");
	yes("fd.name glob /etc/[xh]*");
	world->fd.name = intern(world, "a*b[c]");
	yes("fd.name glob 'a\\*b*'");
	no("fd.name glob 'a\\*c*'");
	yes("fd.name glob 'a[*]b?c]'");
	yes("fd.name glob 'a*b[[]c]'");
	yes("fd.name glob '*[]]'");
	world->fd.name = intern(world, "x[y");
	yes("fd.name glob 'x[y'");
	/* patterns that make others try for ages */
	world->fd.name =
		intern(world, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	no("fd.name glob *a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b");
}

static void paths(void **state)
{
	struct world *world = *state;

	yes("fd.name pmatch (/etc)");
	yes("fd.name pmatch (/etc/)");
	yes("fd.name pmatch (/etc/hosts)");
	yes("fd.name pmatch (/usr, /etc)");
	yes("fd.name pmatch (/)");
	/* as sysdig has it: slashes at either end do not count, and nothing is a part of all */
	yes("fd.name pmatch (etc)");
	yes("fd.name pmatch ()");
	no("fd.name pmatch (/et)");
	no("fd.name pmatch (/etc/host)");
	no("fd.name pmatch (/etc/hosts/x)");
	no("fd.name pmatch (/usr, /bin)");
	world->fd.name = intern(world, "/etcetera");
	no("fd.name pmatch (/etc)");
}

static void buffers(void **state)
{
	no("evt.buffer contains localhost");
	yes("evt.buffer contains Localhost");
	yes("evt.buffer icontains LOCALHOST");
	yes("evt.buffer startswith 127");
	no("evt.buffer startswith '127.0.0.1 Localhost and more'");
	yes("evt.buffer endswith host");
	yes("evt.buffer='127.0.0.1 Localhost'");
	yes("evt.buffer!=127");
	yes("evt.buffer in (a, '127.0.0.1 Localhost')");
	yes("evt.buffer exists");
}

static void quotes_and_escapes(void **state)
{
	struct world *world = *state;

	yes("proc.args=\"-6 it's\"");
	yes("proc.args='-6 it\\x27s'");
	yes("proc.args contains \"it's\"");
	world->fd.name = intern(world, "a \"b\" (c), \\d");
	yes("fd.name=\"a \\\"b\\\" (c), \\\\d\"");
	yes("fd.name='a \"b\" (c), \\\\d'");
	yes("fd.name='a \"b\" (c), \\d'");
	yes("fd.name in ('a \"b\" (c), \\\\d')");
	yes("fd.name=a\\x20\\x22b\\x22\\x20\\x28c\\x29,\\x20\\\\d");
	/* quotes within a bare word are letters like others */
	world->fd.name = intern(world, "a\"b'c");
	yes("fd.name=a\"b'c");
	world->fd.name = intern(world, "a\\nb");
	yes("fd.name=a\\nb");
	yes("fd.name='a\\nb'");
	world->fd.name = intern(world, "\xff\x01");
	yes("fd.name=\\xff\\x01");
	yes("fd.name=\"\\xFF\\x01\"");
}

/* < > and arrows in values are no operators. */
static void symbols_as_values(void **state)
{
	struct world *world = *state;

	yes("evt.dir=<");
	no("evt.dir=>");
	yes("evt.dir!=>");
	yes("evt.dir = < and proc.name=curl");
	world->fd.name = intern(world, "1.2.3.4:5->6.7.8.9:80");
	yes("fd.name=1.2.3.4:5->6.7.8.9:80");
	yes("(fd.name=1.2.3.4:5->6.7.8.9:80)");
	world->fd.name = intern(world, "=x");
	yes("fd.name= =x");
	yes("fd.name='=x'");
}

static void connect_socket(struct world *world, int family, const char *local, uint16_t local_port,
			   const char *remote, uint16_t remote_port)
{
	struct fd_socket *socket = &world->fd.socket;

	world->fd.type = family == AF_INET ? FD_IPV4 : FD_IPV6;
	world->fd.has_socket = true;
	*socket = (struct fd_socket){ .family = family, .type = SOCK_STREAM, .protocol = IPPROTO_TCP };
	inet_pton(family, local, socket->local);
	inet_pton(family, remote, socket->remote);
	socket->local_port = htons(local_port);
	socket->remote_port = htons(remote_port);
}

static void addresses(void **state)
{
	connect_socket(*state, AF_INET, "10.1.2.3", 1000, "192.168.0.9", 80);
	yes("fd.cip=10.1.2.3");
	no("fd.cip=10.1.2.4");
	yes("fd.sip!=10.1.2.3");
	yes("fd.cip in (10.1.2.3, 1.1.1.1, ::1)");
	yes("fd.cip>9.255.255.255 and fd.cip<10.1.2.4");
	/* either end: = asks for one of them, != for none */
	yes("fd.ip=10.1.2.3");
	yes("fd.ip=192.168.0.9");
	no("fd.ip!=10.1.2.3");
	no("fd.ip!=192.168.0.9");
	yes("fd.ip!=10.1.2.4");
	yes("fd.ip in (1.1.1.1, 192.168.0.9)");
	yes("fd.port=80");
	yes("fd.port=1000");
	no("fd.port!=80");
	yes("fd.port!=81");
	no("fd.port=0");
	yes("fd.sport=80");
	no("fd.sport=");
	yes("fd.sport<1024 and fd.sport>=80");
	yes("fd.net=10.0.0.0/8");
	yes("fd.net=192.168.0.0/24");
	yes("fd.cnet=10.1.2.3/32");
	yes("fd.cnet=0.0.0.0/0");
	yes("fd.cnet=10.1.2.0/25");
	no("fd.cnet=10.1.2.128/25");
	no("fd.cnet=192.168.0.0/16");
	yes("fd.cnet!=192.168.0.0/16");
	no("fd.net!=10.0.0.0/8");
	yes("fd.net in (172.16.0.0/12, 192.168.0.0/16)");
	no("fd.cnet=::/0");
	connect_socket(*state, AF_INET6, "fe80::1", 1000, "::ffff:10.0.0.7", 80);
	yes("fd.cip=fe80::1");
	yes("fd.cip=FE80:0::0001");
	yes("fd.sip=10.0.0.7");
	yes("fd.sip=::ffff:10.0.0.7");
	yes("fd.cnet=fe80::/10");
	yes("fd.cnet=fe80::1");
	no("fd.cnet=fe80::2");
	yes("fd.cip!=10.0.0.7");
}

static void any_ancestor(void **state)
{
	yes("proc.apid=100");
	yes("proc.apid=1");
	no("proc.apid=200");
	yes("proc.apid[0]=200");
	yes("proc.aname=systemd");
	yes("proc.aname in (x, bash)");
	no("proc.aname=curl");
	/* some ancestor has another name */
	yes("proc.aname!=bash");
	yes("proc.aname[1]=bash");
	yes("proc.aname exists");
}

static void arguments(void **state)
{
	yes("evt.arg.res=19");
	yes("evt.arg[0]=19");
	yes("evt.arg.fd='3(<f>/etc/hosts)'");
	yes("evt.rawarg.fd=3");
	yes("evt.type.is.read=1");
	yes("evt.arg.fd contains hosts");
}

/* ---- what is refused ---- */

static void words_are_refused(void **state)
{
	(void)state;
	refused("proc.bogus=1", 0, "proc.bogus");
	refused("bogus", 0, "bogus");
	refused("PROC.NAME=x", 0, "proc.name");
	refused("proc.nmae=curl", 0, "proc.name");
	refused("evt.num>0 and proc.nmae=curl", 14, "proc.name");
	refused("!a=1", 0, "not");
	refused("evt.num=1 and !proc.name=x", 14, "not");
	refused("# x", 0, "#");
	refused("=1", 0, "field");
	refused("and evt.num=1", 0, "field");
	refused("evt.num=1 and or", 14, "field");
	refused("fd.name exist", 8, "exist");
	refused("fd.name  Contains x", 9, "Contains");
	refused("fd.name ! x", 8, "!=");
	refused("fd.name = curl ) ", 15, ")");
	refused("evt.failed", 10, "operator");
	refused("(proc.name)", 10, "proc.name");
	refused("proc.name[1]=x", 0, "index");
	refused("proc.name==curl", 9, "'='");
	refused("proc.name == curl", 10, "'='");
	refused("evt.num=1 && evt.num=2", 10, "and");
	refused("evt.num=1 || evt.num=2", 10, "or");
	refused("evt.num=1 AND evt.num=2", 10, "small");
	refused("evt.num=1 evt.num=2", 10, "evt.num=2");
	refused("fd.name contains two words", 21, "words");
	refused("proc.name=(a)", 10, "and");
	refused("span.tag=x", 0, "index");
	refused("span.tag[x]=x", 0, "number");
	refused("span.tag[9999999999]=x", 0, "range");
	refused("evt.arg=1", 0, "name");
	refused("evt.arg.bogus=1", 0, "argument");
	refused("evt.arg[0", 0, "]");
}

static void ends_are_refused(void **state)
{
	(void)state;
	refused("evt.num=1 and", 13, "end");
	refused("evt.num=1 and ", 14, "end");
	refused("not", 3, "end");
	refused("(evt.num=1", 0, "closed");
	refused("evt.num=1 or (evt.num=2 and (evt.num=3)", 13, "closed");
	refused("(evt.num=1))", 11, ")");
	refused("()", 1, ")");
	refused("(", 1, "end");
	refused("evt.num=1 and ()", 15, ")");
	refused("(evt.num=1 evt.num=2)", 11, "evt.num=2");
	refused("proc.name in y", 13, "'('");
	refused("proc.name in", 12, "'('");
	refused("proc.name in (a,b", 17, "')'");
	refused("proc.name in (a b)", 16, "','");
	refused("proc.name in (a(b)", 15, "','");
	refused("proc.name=\"abc", 10, "unclosed");
	refused("proc.name='it's'", 14, "s'");
	refused("proc.name=\\", 10, "escape");
	refused("proc.name=a\\ b", 10, "escape");
	refused("proc.name=\"abc\\", 10, "escape");
	refused("proc.name=\\x4", 10, "hex");
	refused("proc.name=\"\\xg0\"", 10, "hex");
	refused("proc.name=\\x", 10, "hex");
}

/* As in sysdig; the right quote goes first, where it comes. */
static void either_quote_ends_what_would_stay_open(void **state)
{
	(void)state;
	yes("proc.name='curl\" and evt.num=1000");
	yes("proc.name in (\"curl', wget)");
	no("proc.name='wget\"");
	yes("proc.args contains \"it's\"");
	refused("proc.name='abc", 10, "unclosed");
}

static void types_of_events_are_known(void **state)
{
	(void)state;
	refused("evt.type=raed", 9, "raed");
	refused("evt.type!=raed", 10, "raed");
	refused("evt.type in (read, opne)", 19, "opne");
	refused("evt.type=", 9, "type of event");
	yes("evt.type=read");
	yes("evt.type in (\"read\", open)");
	no("evt.type=signaldeliver");
	yes("evt.type startswith re");
}

/* evt.rawarg has the type of the first argument with that name. */
static void raw_arguments_have_types(void **state)
{
	(void)state;
	yes("evt.rawarg.fd>=3");
	refused("evt.rawarg.fd contains 3", 14, "contains");
	refused("evt.rawarg.size=big", 16, "big");
	refused("evt.rawarg.name=a and evt.rawarg.name>1 and evt.rawarg.size contains 1", 60, "contains");
	no("evt.rawarg.name contains etc");
}

static void types_are_checked(void **state)
{
	(void)state;
	refused("fd.num pmatch (3)", 7, "fd.num");
	refused("evt.num contains 1", 8, "contains");
	refused("evt.latency startswith 1", 12, "duration");
	refused("evt.failed glob x", 11, "glob");
	refused("evt.buffer < x", 11, "buffer");
	refused("evt.buffer glob x", 11, "glob");
	refused("fd.ip contains 1", 6, "address");
	refused("fd.net<10.0.0.0/8", 6, "network");
	refused("evt.failed=1", 11, "true or false");
	refused("evt.failed=True", 11, "true or false");
	refused("evt.failed=", 11, "true or false");
	refused("evt.num=x", 8, "number");
	refused("evt.num=", 8, "number");
	refused("evt.num=1K", 8, "number");
	refused("evt.num=1x", 8, "number");
	refused("evt.num=1.5", 8, "number");
	refused("evt.num=0x", 8, "number");
	refused("evt.num=--1", 8, "number");
	refused("evt.num=9223372036854775808", 8, "64 bits");
	refused("evt.buflen=18446744073709551616", 11, "number");
	refused("evt.num in (1, x)", 15, "number");
	refused("evt.num in ()", 12, "number");
	refused("evt.latency>1.5", 12, "duration");
	refused("evt.latency>1.", 12, "duration");
	refused("evt.latency>1d", 12, "duration");
	refused("evt.latency>99999999999h", 12, "duration");
	refused("evt.latency > 1 ms", 16, "ms");
	refused("evt.buflen>1ms", 11, "number");
	refused("fd.sport=bogus", 9, "port");
	refused("fd.sport=99999", 9, "port");
	refused("fd.sport=-1", 9, "port");
	refused("fd.cip=1.2.3", 7, "address");
	refused("fd.cip=1.2.3.4/8", 7, "address");
	refused("fd.cip=x", 7, "address");
	refused("fd.net=10.0.0.0", 7, "network");
	refused("fd.net=10.0.0.0/33", 7, "network");
	refused("fd.net=10.0.0.0/", 7, "network");
	refused("fd.net=10.0.0.0/8x", 7, "network");
	refused("fd.net=fe80::/129", 7, "network");
}

static void sizes_are_bounded(void **state)
{
	enum { TOO_LONG = 65537, LEVELS = 200 };
	static char text[TOO_LONG + 1];
	size_t length = 0;

	memset(text, ' ', TOO_LONG - 1);
	yes(text);
	text[TOO_LONG - 1] = ' ';
	refused(text, 65536, "65536");

	for (size_t i = 0; i < LEVELS + 1; i++)
		text[i] = '(';
	snprintf(text + LEVELS, sizeof(text) - LEVELS, "evt.num=1000");
	length = strlen(text);
	memset(text + length, ')', LEVELS);
	text[length + LEVELS] = '\0';
	yes(text);
	memset(text, '(', 60000);
	text[60000] = '\0';
	refused(text, LEVELS, "deep");

	for (length = 0; length < 60000;)
		length += sprintf(text + length, "evt.num=%zu or ", length + 100000);
	sprintf(text + length, "evt.num=1000");
	yes(text);
	for (length = 0; length < 60000;)
		length += sprintf(text + length, "not ");
	sprintf(text + length, "evt.num=1");
	yes(text);
	length = sprintf(text, "evt.num in (");
	while (length < 60000)
		length += sprintf(text + length, "%zu,", length + 100000);
	sprintf(text + length, "1000)");
	yes(text);
	/* a value may be longer than sysdig's 255 bytes */
	length = sprintf(text, "proc.name!=");
	memset(text + length, 'x', 10000);
	text[length + 10000] = '\0';
	yes(text);
	/* words in messages are cut and escaped */
	length = sprintf(text, "evt.num=1 ");
	memset(text + length, '\033', 1000);
	text[length + 1000] = '\0';
	refused(text, 10, "\\x1b");
}

/* ---- quoting ---- */

static void round_trip(struct world *world, const char *bytes, size_t size)
{
	char word[4096], text[4200];
	size_t length = filter_quote(bytes, size, word, sizeof(word));

	assert_int_equal(length, strlen(word));
	for (size_t i = 0; i < length; i++)
		assert_false((unsigned char)word[i] < ' ' || word[i] == 0x7f);
	world->fd.name = string_get(world->pool, bytes, size);
	snprintf(text, sizeof(text), "fd.name=%s and evt.num=1000", word);
	assert_true(passes(world, text));
	snprintf(text, sizeof(text), "fd.name in (x,%s)", word);
	assert_true(passes(world, text));
	world->fd.name = string_get(world->pool, "other", 5);
	assert_false(passes(world, text));
}

static void quoted_words_come_back(void **state)
{
	static const char *const texts[] = {
		"",
		"a",
		"it's",
		"say \"x\"",
		"back\\slash",
		"\\",
		"\\\\x41",
		"a b(c),d=e",
		"tab\tnl\nesc\033[1m",
		"gr\xc3\xbc\xc3\x9f",
		"\xf0\x9f\x98\x80",
		"\xff\xfe",
		"\xc3",
		"\xc0\x80",
		"\xed\xa0\x80",
		"\xe2\x80\xaexyz",
		"\xc2\x85",
		"$(x)",
		"%d%s",
	};
	char all[256];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		round_trip(*state, texts[i], strlen(texts[i]));
	for (int i = 0; i < 256; i++)
		all[i] = (char)i;
	round_trip(*state, all, sizeof(all));
	for (int i = 0; i < 256; i++)
		round_trip(*state, &all[i], 1);
}

static void quoting_says_how_long(void **state)
{
	char word[8];

	(void)state;
	assert_int_equal(filter_quote("abc", 3, word, sizeof(word)), 5);
	assert_string_equal(word, "\"abc\"");
	assert_int_equal(filter_quote("a\x01\"", 3, NULL, 0), 9);
	assert_int_equal(filter_quote("abcdefgh", 8, word, sizeof(word)), 10);
	assert_string_equal(word, "\"abcdef");
	/* what can be read stays so, what turns text around does not */
	assert_int_equal(filter_quote("\xc3\xa9", 2, word, sizeof(word)), 4);
	assert_string_equal(word, "\"\xc3\xa9\"");
	assert_int_equal(filter_quote("\xe2\x80\xae", 3, word, sizeof(word)), 14);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(empty_filters_pass_all, setup, teardown),
		cmocka_unit_test_setup_teardown(symbols_need_no_blanks, setup, teardown),
		cmocka_unit_test_setup_teardown(connectives, setup, teardown),
		cmocka_unit_test_setup_teardown(missing_values_fail_every_check, setup, teardown),
		cmocka_unit_test_setup_teardown(numbers, setup, teardown),
		cmocka_unit_test_setup_teardown(units, setup, teardown),
		cmocka_unit_test_setup_teardown(booleans, setup, teardown),
		cmocka_unit_test_setup_teardown(texts, setup, teardown),
		cmocka_unit_test_setup_teardown(globs, setup, teardown),
		cmocka_unit_test_setup_teardown(paths, setup, teardown),
		cmocka_unit_test_setup_teardown(buffers, setup, teardown),
		cmocka_unit_test_setup_teardown(quotes_and_escapes, setup, teardown),
		cmocka_unit_test_setup_teardown(symbols_as_values, setup, teardown),
		cmocka_unit_test_setup_teardown(addresses, setup, teardown),
		cmocka_unit_test_setup_teardown(any_ancestor, setup, teardown),
		cmocka_unit_test_setup_teardown(arguments, setup, teardown),
		cmocka_unit_test(words_are_refused),
		cmocka_unit_test(ends_are_refused),
		cmocka_unit_test_setup_teardown(either_quote_ends_what_would_stay_open, setup, teardown),
		cmocka_unit_test_setup_teardown(types_of_events_are_known, setup, teardown),
		cmocka_unit_test_setup_teardown(raw_arguments_have_types, setup, teardown),
		cmocka_unit_test(types_are_checked),
		cmocka_unit_test_setup_teardown(sizes_are_bounded, setup, teardown),
		cmocka_unit_test_setup_teardown(quoted_words_come_back, setup, teardown),
		cmocka_unit_test(quoting_says_how_long),
	};

	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}

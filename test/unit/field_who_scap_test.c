/* Fields of captured events: processes, threads, users, containers, descriptors. Expected values are those that sysdig
 * 0.29.3 prints for the same events. */
#include "test/unit/scap_feed.h"

#include <stdio.h>

#include "src/engine/container.h"
#include "src/engine/field.h"

#define HEX "3ad7b26ded6d8e7b23da7d48fe889434573036c27ae5a74837233de441c3601e"

static uint64_t now = 10 * MS;

/* As text; "none" without a value. */
static const char *value_text(const struct value *value, char *text, size_t size)
{
	switch (value->type) {
	case VALUE_TEXT:
		snprintf(text, size, "%.*s", (int)value->size, value->text);
		break;
	case VALUE_INT:
	case VALUE_ID:
		snprintf(text, size, "%lld", (long long)value->i);
		break;
	case VALUE_BOOL:
		snprintf(text, size, "%s", value->u ? "true" : "false");
		break;
	case VALUE_REAL:
		snprintf(text, size, "%.1f", value->r);
		break;
	case VALUE_IPV4:
		inet_ntop(AF_INET, value->text, text, (socklen_t)size);
		break;
	case VALUE_IPV6:
		inet_ntop(AF_INET6, value->text, text, (socklen_t)size);
		break;
	case VALUE_NONE:
		snprintf(text, size, "none");
		break;
	default:
		snprintf(text, size, "%llu", (unsigned long long)value->u);
		break;
	}
	return text;
}

static void expect_with(struct field_context *context, const char *name, const char *expected)
{
	uint64_t num = engine_counts(context->engine)->events;
	struct value value = { .type = VALUE_NONE };
	const char *reason;
	struct field field;
	char text[512];
	size_t at;

	assert_int_equal(field_parse(name, strlen(name), &field, &reason, &at), (int)strlen(name));
	if (!field_value(&field, event_of(context->engine, num), context, &value))
		value.type = VALUE_NONE;
	if (strcmp(value_text(&value, text, sizeof(text)), expected))
		fail_msg("%s of event %llu is '%s', not '%s'", name, (unsigned long long)num, text, expected);
	field_fini(&field);
}

/* Of the newest event, while the state is as of it. */
static void expect(const struct engine *engine, const char *name, const char *expected)
{
	struct field_context context = { .engine = engine };

	expect_with(&context, name, expected);
	field_context_fini(&context);
}

struct expectation {
	const char *name, *value;
};

static void expect_all(const struct engine *engine, const struct expectation *expectations)
{
	for (; expectations->name; expectations++)
		expect(engine, expectations->name, expectations->value);
}

static void getcwd_of(struct engine *engine, uint32_t tid)
{
	now += 1000;
	scap(engine, tid, now, SCAP_TYPE_SYSCALL_GETCWD_E, none());
}

/* A process or thread of the list, with arguments and cgroups that each end with a NUL. */
static void person(struct engine *engine, uint32_t tid, uint32_t pid, uint32_t ppid, const char *comm, int64_t sid,
		   const char *args, size_t args_size, const char *cgroups, size_t cgroups_size)
{
	struct input_facts facts = { .exepath = "/bin/x", .env = "A=1\0B=two words", .env_size = 16, .sid = sid, .vtid = tid,
				     .vpid = pid, .vpgid = 3, .fdlimit = 1000, .gid = 7, .loginuid = UINT32_MAX,
				     .args = args, .args_size = args_size, .cgroups = cgroups,
				     .cgroups_size = cgroups_size, .vm_size = 11, .vm_rss = 12, .vm_swap = 13,
				     .faults_major = 4, .faults_minor = 5, .exe_writable = true };
	struct input input = { .kind = INPUT_PROCESS, .tid = tid, .pid = pid };

	input.process.ppid = ppid;
	input.process.uid = 8;
	input.process.comm = comm;
	input.process.exe = "/bin/x";
	input.process.cwd = "/home/demo/";
	input.process.facts = &facts;
	feed(engine, NULL, &input);
}

/* init > login > bash > make > sh > cc1, which has a second thread */
static struct engine *family(void)
{
	struct engine *engine = engine_new(&(struct engine_options){ .memory = 8 << 20 });

	assert_non_null(engine);
	section(engine);
	person(engine, 1, 1, 0, "init", 1, NULL, 0, NULL, 0);
	person(engine, 50, 50, 1, "login", 50, NULL, 0, NULL, 0);
	person(engine, 60, 60, 50, "bash", 60, "-l", 3, NULL, 0);
	person(engine, 70, 70, 60, "make", 60, "-j\0x y", 7, NULL, 0);
	person(engine, 80, 80, 70, "sh", 60, NULL, 0, NULL, 0);
	person(engine, 90, 90, 80, "cc1", 60, NULL, 0, "cpu=/a\0cpuset=\0io=/b\0none\0pids=/c", 33);
	person(engine, 91, 90, 80, "thr", 60, NULL, 0, NULL, 0);
	return engine;
}

static void test_processes(void **state)
{
	struct engine *engine = family();

	(void)state;
	getcwd_of(engine, 70);
	expect_all(engine, (struct expectation[]){
		{ "proc.pid", "70" }, { "proc.ppid", "60" }, { "proc.name", "make" }, { "proc.exe", "/bin/x" },
		{ "proc.args", "-j x y" }, { "proc.cmdline", "make -j x y" }, { "proc.exeline", "/bin/x -j x y" },
		{ "proc.env", "A=1 B=two words" }, { "proc.cwd", "/home/demo/" }, { "proc.exepath", "/bin/x" },
		{ "proc.pname", "bash" }, { "proc.pcmdline", "bash -l" }, { "proc.apid[0]", "70" },
		{ "proc.apid[2]", "50" }, { "proc.aname[3]", "init" }, { "proc.aname[4]", "none" },
		{ "proc.loginshellid", "60" }, { "proc.sid", "60" }, { "proc.sname", "bash" }, { "proc.vpgid", "3" },
		{ "proc.duration", "none" }, { "proc.fdopencount", "0" }, { "proc.fdlimit", "1000" },
		{ "proc.fdusage", "0.0" }, { "proc.vmsize", "11" }, { "proc.vmrss", "12" }, { "proc.vmswap", "13" },
		{ "thread.pfmajor", "4" }, { "thread.pfminor", "5" }, { "thread.vmrss.b", "12288" },
		{ "proc.is_exe_writable", "true" }, { "user.loginuid", "-1" }, { "thread.nametid", "make70" },
		{ "container.id", "host" }, { "container.name", "host" }, { "container.type", "host" },
		{ "container.image", "none" }, { "container.privileged", "none" }, { "container.mounts", "none" },
		{ "container.healthcheck", "none" }, { "thread.cgroups", "none" }, { "fd.num", "none" }, { NULL, NULL } });
	/* the blank is there without arguments, too */
	getcwd_of(engine, 80);
	expect(engine, "proc.exeline", "/bin/x ");
	expect(engine, "proc.cmdline", "sh");
	engine_free(engine);
}

static void test_threads(void **state)
{
	struct engine *engine = family();

	(void)state;
	getcwd_of(engine, 91);
	expect_all(engine, (struct expectation[]){
		{ "proc.name", "thr" }, { "proc.pid", "90" }, { "thread.tid", "91" }, { "thread.ismain", "false" },
		{ "proc.nthreads", "2" }, { "proc.nchilds", "0" }, { "thread.vmsize", "0" }, { "proc.vmsize", "11" },
		{ "thread.vtid", "91" }, { "proc.vpid", "90" }, { NULL, NULL } });
	getcwd_of(engine, 90);
	expect_all(engine, (struct expectation[]){
		{ "proc.nchilds", "1" }, { "thread.vmsize", "11" }, { "thread.cgroups", "cpu=/a cpuset= blkio=/b" },
		{ "thread.cgroup.cpu", "/a" }, { "thread.cgroup.cpuset", "" }, { "thread.cgroup.blkio", "/b" },
		{ "thread.cgroup.io", "none" }, { "thread.cgroup.pids", "none" }, { NULL, NULL } });
	engine_free(engine);
}

/* Threads that nothing told of have a name, but no history; an event of the scheduler does not even make them known. */
static void test_strangers(void **state)
{
	struct engine *engine = family();

	(void)state;
	getcwd_of(engine, 7777);
	expect_all(engine, (struct expectation[]){
		{ "proc.name", "<NA>" }, { "proc.exe", "<NA>" }, { "proc.exeline", "<NA> " }, { "proc.args", "" },
		{ "proc.cwd", "" }, { "proc.ppid", "-1" }, { "proc.pname", "none" }, { "proc.sid", "-1" },
		{ "proc.fdlimit", "-1" }, { "proc.nthreads", "1" }, { "thread.vtid", "none" }, { "proc.vpid", "none" },
		{ "user.uid", "4294967295" }, { "user.name", "none" }, { "group.gid", "4294967295" },
		{ "thread.nametid", "<NA>7777" }, { "container.id", "host" }, { NULL, NULL } });
	scap(engine, 8888, ++now, SCAP_TYPE_SCHEDSWITCH_6_E, u32(u32(u32(i64(i64(i64(none(), 1), 2), 3), 4), 5), 6));
	expect_all(engine, (struct expectation[]){
		{ "thread.tid", "8888" }, { "proc.name", "none" }, { "proc.pid", "none" }, { "user.uid", "none" },
		{ "container.id", "none" }, { "proc.vmsize", "none" }, { NULL, NULL } });
	engine_free(engine);
}

/* Whose parent has ended has none; the session keeps its name. */
static void test_parents_end(void **state)
{
	struct engine *engine = family();

	(void)state;
	scap(engine, 70, ++now, SCAP_TYPE_PROCEXIT_1_E, u8(u8(i64(i64(none(), 0), 0), 0), 0));
	getcwd_of(engine, 80);
	expect_all(engine, (struct expectation[]){
		{ "proc.ppid", "70" }, { "proc.pname", "none" }, { "proc.apid[1]", "none" },
		{ "proc.loginshellid", "80" }, { "proc.sname", "bash" }, { NULL, NULL } });
	engine_free(engine);
}

static void learn_user(struct engine *engine, bool is_group, uint32_t id, const char *name)
{
	struct input input = { .kind = INPUT_USER };

	input.user.is_group = is_group;
	input.user.uid = input.user.gid = id;
	input.user.name = name;
	input.user.home = "/home/x";
	input.user.shell = "/bin/sh";
	feed(engine, NULL, &input);
}

static void test_users(void **state)
{
	struct engine *engine = family();

	(void)state;
	getcwd_of(engine, 60);
	expect(engine, "user.name", "none");
	learn_user(engine, false, 8, "demo");
	learn_user(engine, true, 7, "users");
	getcwd_of(engine, 60);
	expect_all(engine, (struct expectation[]){
		{ "user.uid", "8" }, { "user.name", "demo" }, { "user.homedir", "/home/x" }, { "user.shell", "/bin/sh" },
		{ "group.gid", "7" }, { "group.name", "users" }, { "user.loginname", "none" }, { NULL, NULL } });
	engine_free(engine);
}

static void test_containers(void **state)
{
	static const char cgroups[] = "cpu=/docker/" HEX, crio[] = "cpu=/crio-" HEX ".scope";
	struct engine *engine = family();
	struct params *told;

	(void)state;
	person(engine, 200, 200, 1, "redis", 200, NULL, 0, cgroups, sizeof(cgroups));
	getcwd_of(engine, 200);
	expect_all(engine, (struct expectation[]){
		{ "container.id", "3ad7b26ded6d" }, { "container.name", "none" }, { "container.image", "none" },
		{ "container.type", "docker" }, { "container.privileged", "false" }, { "container.mounts", "" },
		{ "container.healthcheck", "NONE" }, { NULL, NULL } });
	told = text(none(), "{\"container\":{\"id\":\"3ad7b26ded6d\",\"type\":0,\"name\":\"cache\",\"image\":\"redis:6\","
			    "\"imagerepo\":\"redis\",\"imagetag\":\"6\",\"Healthcheck\":{\"exe\":\"/bin/x\"},\"Mounts\":"
			    "[{\"Source\":\"/src/a\",\"Destination\":\"/dst/a\",\"Mode\":\"ro\",\"RW\":false,"
			    "\"Propagation\":\"rp\"},{\"Source\":\"/src/b\",\"Destination\":\"/dst/b\",\"RW\":true}]}}");
	scap(engine, UINT32_MAX, ++now, SCAP_TYPE_CONTAINER_JSON_E, told);
	expect(engine, "proc.name", "container:3ad7b26ded6d");
	expect(engine, "container.name", "cache");
	getcwd_of(engine, 200);
	expect_all(engine, (struct expectation[]){
		{ "container.name", "cache" }, { "container.image", "redis:6" }, { "container.image.repository", "redis" },
		{ "container.image.tag", "6" }, { "container.image.digest", "none" },
		{ "container.healthcheck", "/bin/x" }, { "container.readiness_probe", "NONE" },
		{ "container.mounts", "/src/a:/dst/a:ro:false:rp,/src/b:/dst/b::true:" },
		{ "container.mount[1]", "/src/b:/dst/b::true:" }, { "container.mount[2]", "none" },
		{ "container.mount[/src*]", "/src/a:/dst/a:ro:false:rp" }, { "container.mount[/dst/a]", "none" },
		{ "container.mount.source[/dst/b]", "/src/b" }, { "container.mount.dest[/src/b]", "/dst/b" },
		{ "container.mount.mode[0]", "ro" }, { "container.mount.rdwr[/src/b]", "true" },
		{ "container.mount.propagation[1]", "" }, { "proc.is_container_healthcheck", "true" },
		{ "proc.is_container_liveness_probe", "false" }, { NULL, NULL } });
	engine_free(engine);
	/* of these an id is all that cgroups tell */
	engine = family();
	person(engine, 300, 300, 1, "x", 300, NULL, 0, crio, sizeof(crio));
	getcwd_of(engine, 300);
	expect(engine, "container.id", "3ad7b26ded6d");
	expect(engine, "container.type", "none");
	expect(engine, "container.mounts", "none");
	engine_free(engine);
}

#define SANDBOX "aa01aa01aa01aa01aa01aa01aa01aa01aa01aa01aa01aa01aa01aa01aa01aa01"

static void test_pods(void **state)
{
	static const char cgroups[] = "cpu=/docker/" HEX;
	struct engine *engine = family();

	(void)state;
	person(engine, 200, 200, 1, "redis", 200, NULL, 0, cgroups, sizeof(cgroups));
	getcwd_of(engine, 200);
	expect(engine, "k8s.pod.name", "none");
	scap(engine, UINT32_MAX, ++now, SCAP_TYPE_CONTAINER_JSON_E,
	     text(none(), "{\"container\":{\"id\":\"3ad7b26ded6d\",\"type\":0,\"name\":\"cache\",\"labels\":{\"app\":\"no\","
			  "\"io.kubernetes.pod.name\":\"web-0\",\"io.kubernetes.pod.namespace\":\"shop\","
			  "\"io.kubernetes.pod.uid\":\"u-1\",\"io.kubernetes.sandbox.id\":\"" SANDBOX "\"}}}"));
	expect(engine, "k8s.pod.name", "web-0");
	getcwd_of(engine, 200);
	expect_all(engine, (struct expectation[]){
		{ "k8s.pod.name", "web-0" }, { "k8s.ns.name", "shop" }, { "k8s.pod.id", "u-1" },
		{ "k8s.pod.label.app", "none" }, { "k8s.pod.labels", "none" },
		{ "k8s.ns.id", "none" }, { "k8s.ns.label.app", "none" }, { "k8s.ns.labels", "none" },
		{ "k8s.rc.name", "none" }, { "k8s.rs.id", "none" }, { "k8s.svc.labels", "none" },
		{ "k8s.deployment.label.a/b-c.d", "none" }, { NULL, NULL } });
	/* the values are those that sysdig prints for the same container events */
	scap(engine, UINT32_MAX, ++now, SCAP_TYPE_CONTAINER_JSON_E,
	     text(none(), "{\"container\":{\"id\":\"aa01aa01aa01\",\"type\":0,\"labels\":{\"app\":\"web\",\"b\":\"\",\"\":\"e\","
			  "\"annotation.x\":\"1\",\"annotationy\":\"2\",\"io.kubernetes.pod.uid\":\"u\","
			  "\"io.kubernetesx\":\"3\",\"A\":\"4\",\"a,b\":\"c:d\",\"tier/x\":\"front\"}}}"));
	getcwd_of(engine, 200);
	expect_all(engine, (struct expectation[]){
		{ "k8s.pod.label.app", "web" }, { "k8s.pod.label.b", "" }, { "k8s.pod.label.tier/x", "front" },
		{ "k8s.pod.label.io.kubernetes.pod.uid", "u" }, { "k8s.pod.label.nothing", "none" },
		{ "k8s.pod.labels", ":e, A:4, a,b:c:d, annotationy:2, app:web, b, io.kubernetesx:3, tier/x:front" }, { NULL, NULL } });
	getcwd_of(engine, 60);
	expect_all(engine, (struct expectation[]){
		{ "k8s.pod.name", "none" }, { "k8s.ns.name", "none" }, { "k8s.pod.labels", "none" }, { NULL, NULL } });
	engine_free(engine);
}

/* More than there is room for ends where the room does. */
static void test_many_labels(void **state)
{
	static const char cgroups[] = "cpu=/docker/" SANDBOX, begin[] = "label-0:value-0, label-1:value-1, label-10:value-10, ";
	struct engine *engine = family();
	struct field_context context = { .engine = engine };
	struct value value;
	struct field field;
	const char *reason;
	char *json = NULL;
	size_t size;
	FILE *file = open_memstream(&json, &size);

	(void)state;
	person(engine, 200, 200, 1, "redis", 200, NULL, 0, cgroups, sizeof(cgroups));
	fprintf(file, "{\"container\":{\"id\":\"aa01aa01aa01\",\"labels\":{");
	for (unsigned i = 0; i < 2000; i++)
		fprintf(file, "\"label-%u\":\"value-%u\",", i, i);
	fprintf(file, "\"io.kubernetes.sandbox.id\":\"" SANDBOX "\"}}}");
	fclose(file);
	assert_int_equal(container_learn(engine_containers(engine), json, size), 0);
	getcwd_of(engine, 200);
	expect(engine, "k8s.pod.label.label-1999", "value-1999");
	expect(engine, "k8s.pod.label.label-0", "value-0");
	assert_int_equal(field_parse("k8s.pod.labels", strlen("k8s.pod.labels"), &field, &reason, &size), strlen("k8s.pod.labels"));
	assert_true(field_value(&field, event_of(engine, engine_counts(engine)->events), &context, &value));
	assert_int_equal(value.size, sizeof(context.scratch) - 1);
	assert_memory_equal(value.text, begin, strlen(begin));
	field_context_fini(&context);
	free(json);
	engine_free(engine);
}

/* ---- descriptors ---- */

static void test_files(void **state)
{
	struct engine *engine = family();

	(void)state;
	scap(engine, 60, ++now, SCAP_TYPE_SYSCALL_OPEN_E, u32(u32(text(none(), "/a/b/c"), 1), 0));
	expect_all(engine, (struct expectation[]){
		{ "fd.num", "-1" }, { "fd.typechar", "f" }, { "fd.type", "none" }, { "fd.name", "none" },
		{ "fd.uid", "60-1" }, { "fd.l4proto", "none" }, { NULL, NULL } });
	scap(engine, 60, ++now, SCAP_TYPE_SYSCALL_OPEN_X,
	     u32(u32(u32(text(i64(none(), 5), "/a/b/c"), 1), 0), 0x801));
	expect_all(engine, (struct expectation[]){
		{ "fd.num", "5" }, { "fd.type", "file" }, { "fd.name", "/a/b/c" }, { "fd.directory", "/a/b" },
		{ "fd.filename", "c" }, { "fd.containername", ":/a/b/c" }, { "fd.containerdirectory", ":/a/b" },
		{ "fd.uid", "605" }, { "fd.dev", "2049" }, { "fd.dev.major", "8" }, { "fd.dev.minor", "1" },
		{ "fd.name_changed", "true" }, { "fd.is_server", "false" }, { "fd.connected", "false" },
		{ "fd.l4proto", "<NA>" }, { "fd.sockfamily", "none" }, { "fd.cip", "none" },
		{ "proc.fdopencount", "1" }, { "proc.fdusage", "0.1" }, { NULL, NULL } });
	engine_free(engine);
}

static void test_unknown_descriptors(void **state)
{
	struct engine *engine = family();

	(void)state;
	scap(engine, 60, ++now, SCAP_TYPE_SYSCALL_READ_E, u32(i64(none(), 42), 10));
	expect_all(engine, (struct expectation[]){
		{ "fd.num", "42" }, { "fd.typechar", "o" }, { "fd.type", "none" }, { "fd.name", "none" }, { NULL, NULL } });
	scap(engine, 60, ++now, SCAP_TYPE_SYSCALL_READ_X, bytes(i64(none(), 0), "", 0));
	expect_all(engine, (struct expectation[]){
		{ "fd.num", "42" }, { "fd.name", "" }, { "fd.directory", "/" }, { "fd.filename", "none" },
		{ "fd.containername", ":" }, { NULL, NULL } });
	/* what failed to open has the name that it would have had */
	open_file(engine, 60, ++now, "rel/missing", -2);
	now += 2000;
	expect_all(engine, (struct expectation[]){
		{ "fd.num", "-1" }, { "fd.name", "/home/demo/rel/missing" }, { "fd.directory", "/home/demo/rel" },
		{ "fd.typechar", "f" }, { "fd.containername", ":/home/demo/rel/missing" }, { "fd.type", "none" },
		{ NULL, NULL } });
	/* a failed connect tells where to */
	scap(engine, 60, ++now, SCAP_TYPE_SOCKET_CONNECT_E, bytes(i64(none(), 50), "", 0));
	scap(engine, 60, ++now, SCAP_TYPE_SOCKET_CONNECT_X, tuple4(i64(none(), -111), "1.1.1.1", 5, "9.9.9.9", 80));
	expect(engine, "fd.name", "1.1.1.1:5->9.9.9.9:80");
	engine_free(engine);
}

static void learn_address(struct engine *engine, const char *address)
{
	struct input input = { .kind = INPUT_INTERFACE };

	input.interface.family = AF_INET;
	inet_pton(AF_INET, address, input.interface.address);
	inet_pton(AF_INET, "255.255.255.0", input.interface.netmask);
	feed(engine, NULL, &input);
}

static void connect_to(struct engine *engine, int64_t fd, const char *from, const char *to)
{
	scap(engine, 60, ++now, SCAP_TYPE_SOCKET_SOCKET_E, u32(u32(u32(none(), 2), 1), 6));
	scap(engine, 60, ++now, SCAP_TYPE_SOCKET_SOCKET_X, i64(none(), fd));
	scap(engine, 60, ++now, SCAP_TYPE_SOCKET_CONNECT_E, bytes(i64(none(), fd), "", 0));
	scap(engine, 60, ++now, SCAP_TYPE_SOCKET_CONNECT_X, tuple4(i64(none(), 0), from, 1000, to, 80));
}

/* Which end is local, and who is the server, is a matter of the machine's addresses. */
static void test_connections(void **state)
{
	struct engine *engine = family();

	(void)state;
	learn_address(engine, "10.0.0.10");
	connect_to(engine, 5, "10.0.0.10", "9.9.9.9");
	expect_all(engine, (struct expectation[]){
		{ "fd.name", "10.0.0.10:1000->9.9.9.9:80" }, { "fd.type", "ipv4" }, { "fd.cip", "10.0.0.10" },
		{ "fd.sip", "9.9.9.9" }, { "fd.lip", "10.0.0.10" }, { "fd.rip", "9.9.9.9" }, { "fd.cport", "1000" },
		{ "fd.sport", "80" }, { "fd.lport", "1000" }, { "fd.rport", "80" }, { "fd.cproto", "1000" },
		{ "fd.sproto", "80" }, { "fd.l4proto", "tcp" }, { "fd.sockfamily", "ip" }, { "fd.is_server", "false" },
		{ "fd.connected", "true" }, { "fd.name_changed", "true" }, { "fd.sip.name", "none" },
		{ "fd.directory", "none" }, { NULL, NULL } });
	connect_to(engine, 6, "7.7.7.7", "10.0.0.10");
	expect(engine, "fd.lip", "10.0.0.10");
	expect(engine, "fd.rport", "1000");
	expect(engine, "fd.is_server", "true");
	/* neither is here */
	connect_to(engine, 7, "7.7.7.7", "9.9.9.9");
	expect(engine, "fd.lip", "9.9.9.9");
	expect(engine, "fd.rip", "7.7.7.7");
	expect(engine, "fd.is_server", "false");
	engine_free(engine);
}

static void test_ports_by_name(void **state)
{
	struct field_settings settings = field_settings_default;
	struct engine *engine = family();
	struct field_context context = { .engine = engine, .settings = &settings };

	(void)state;
	settings.resolve_ports = true;
	learn_address(engine, "10.0.0.10");
	connect_to(engine, 5, "10.0.0.10", "9.9.9.9");
	expect_with(&context, "fd.name", "10.0.0.10:1000->9.9.9.9:http");
	expect_with(&context, "fd.sproto", "http");
	expect_with(&context, "fd.cproto", "1000");
	expect_with(&context, "fd.sport", "80");
	field_context_fini(&context);
	engine_free(engine);
}

/* ---- what is counted from event to event ---- */

static void switch_on(struct engine *engine, uint32_t tid, uint16_t cpu)
{
	struct input input = scap_input(tid, now, SCAP_TYPE_SCHEDSWITCH_6_E,
					u32(u32(u32(i64(i64(i64(none(), 1), 2), 3), 4), 5), 6));

	input.cpu = cpu;
	feed(engine, NULL, &input);
}

/* From one switch of a CPU to its next. */
static void test_run_times(void **state)
{
	struct engine *engine = family();
	struct field_context context = { .engine = engine };

	(void)state;
	switch_on(engine, 60, 0);
	expect_with(&context, "thread.exectime", "0");
	now += 300;
	switch_on(engine, 70, 0);
	expect_with(&context, "thread.exectime", "300");
	expect_with(&context, "thread.exectime", "300");
	now += 50;
	switch_on(engine, 70, 1);
	expect_with(&context, "thread.exectime", "0");
	now += 50;
	switch_on(engine, 70, 0);
	expect_with(&context, "thread.exectime", "100");
	expect_with(&context, "thread.totexectime", "400");
	getcwd_of(engine, 70);
	expect_with(&context, "thread.exectime", "0");
	expect_with(&context, "thread.totexectime", "400");
	field_context_fini(&context);
	engine_free(engine);
}

static void sample(struct engine *engine, uint32_t tid, int64_t user, int64_t system)
{
	scap(engine, tid, ++now, SCAP_TYPE_PROCINFO_E, i64(i64(none(), user), system));
}

static void test_cpu_shares(void **state)
{
	struct engine *engine = family();
	struct field_context context = { .engine = engine };

	(void)state;
	sample(engine, 60, 7, 3);
	expect_with(&context, "thread.cpu", "0.0");
	sample(engine, 70, 7, 3);
	expect_with(&context, "thread.cpu", "0.0");
	sample(engine, 60, 47, 13);
	expect_with(&context, "thread.cpu", "50.0");
	expect_with(&context, "thread.cpu.user", "40.0");
	expect_with(&context, "thread.cpu.system", "10.0");
	sample(engine, 70, 87, 73);
	expect_with(&context, "thread.cpu", "100.0");
	getcwd_of(engine, 70);
	expect_with(&context, "thread.cpu", "none");
	field_context_fini(&context);
	engine_free(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_processes),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_strangers),
		cmocka_unit_test(test_parents_end),
		cmocka_unit_test(test_users),
		cmocka_unit_test(test_containers),
		cmocka_unit_test(test_pods),
		cmocka_unit_test(test_many_labels),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_unknown_descriptors),
		cmocka_unit_test(test_connections),
		cmocka_unit_test(test_ports_by_name),
		cmocka_unit_test(test_run_times),
		cmocka_unit_test(test_cpu_shares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

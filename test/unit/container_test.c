/* Containers: which cgroups are those of one, and what container events tell. Ids and types are those that sysdig 0.29.3
 * prints for the same files, but for what it takes for the host: newer lxc, systemd-nspawn, podman below libpod_parent. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/engine/container.h"
#include "src/engine/state.h"
#include "src/engine/string_pool.h"

#define HEX "3ad7b26ded6d8e7b23da7d48fe889434573036c27ae5a74837233de441c3601e"
#define OTHER "9f5c2b7e1d0a4836c7e2b1f09d8a6543210fedcba9876543210fedcba9876543"

struct world {
	struct string_pool *pool;
	struct container_table *table;
};

static int setup(void **state)
{
	static struct world world;

	world = (struct world){ .pool = string_pool_new() };
	world.table = container_table_new(world.pool);
	*state = &world;
	return !world.table;
}

static int teardown(void **state)
{
	struct world *world = *state;

	container_table_free(world->table);
	string_pool_free(world->pool);
	return 0;
}

static struct container *of_path(struct world *world, const char *path)
{
	char list[512];
	int size = snprintf(list, sizeof(list), "cpuset=/%ccpu=%s", 0, path);

	return container_of_cgroups(world->table, list, (size_t)size + 1);
}

static void paths_of_cgroups(void **state)
{
	static const struct {
		const char *path, *id, *type;   /* id NULL: the host */
	} paths[] = {
		{ "/docker/" HEX, "3ad7b26ded6d", "docker" },
		{ "/system.slice/docker-" HEX ".scope", "3ad7b26ded6d", "docker" },
		{ "/kubepods/burstable/pod3ad7b26d-ed6d-8e7b-23da-7d48fe889434/" HEX, "3ad7b26ded6d", "docker" },
		/* one in another; kubelet with either driver of control groups, and in a container itself; rootless */
		{ "/docker/" OTHER "/docker/" HEX, "3ad7b26ded6d", "docker" },
		{ "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod0f1e_2d.slice/docker-" HEX ".scope", "3ad7b26ded6d",
		  "docker" },
		{ "/kubepods.slice/kubepods-pod0f1e_2d.slice/cri-containerd-" HEX ".scope", "3ad7b26ded6d", "cri" },
		{ "/docker/" OTHER "/kubelet/kubepods/besteffort/pod0f1e-2d/" HEX, "3ad7b26ded6d", "docker" },
		{ "/docker/" OTHER "/kubelet.slice/kubelet-kubepods.slice/cri-containerd-" HEX ".scope", "3ad7b26ded6d", "cri" },
		{ "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" HEX ".scope", "3ad7b26ded6d", "podman" },
		{ "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" HEX ".scope/container", "3ad7b26ded6d", "podman" },
		{ "/user.slice/user-1000.slice/user@1000.service/user.slice/podman-1234.scope", NULL, NULL },
		/* as it is seen from another control group namespace */
		{ "/../../docker-" HEX ".scope", "3ad7b26ded6d", "docker" },
		{ "/../" HEX, "3ad7b26ded6d", "docker" },
		{ "/docker/" HEX "0", NULL, NULL },
		{ "/docker-" HEX, NULL, NULL },
		{ "/docker/" HEX "/init.scope", NULL, NULL },
		{ "/machine.slice/libpod-" HEX ".scope", "3ad7b26ded6d", "podman" },
		{ "/machine.slice/libpod-" HEX ".scope/container", "3ad7b26ded6d", "podman" },
		{ "/libpod_parent/libpod-" HEX, "3ad7b26ded6d", "podman" },
		{ "/machine.slice/libpod-conmon-" HEX ".scope", NULL, NULL },
		{ "/kubepods.slice/crio-" HEX ".scope", "3ad7b26ded6d", "cri" },
		{ "/kubepods.slice/cri-containerd-" HEX ".scope", "3ad7b26ded6d", "cri" },
		{ "/system.slice/kubepods-podx.slice:cri-containerd:" HEX, "3ad7b26ded6d", "cri" },
		{ "/kubepods.slice/crio-conmon-" HEX ".scope", NULL, NULL },
		{ "/lxc/web", "web", "lxc" },
		{ "/lxc/web/init.scope", "web", "lxc" },
		{ "/lxc.payload/web", "web", "lxc" },
		{ "/lxc.payload.web/system.slice", "web", "lxc" },
		{ "/lxc.monitor.web", NULL, NULL },
		{ "/lxc/", NULL, NULL },
		{ "/machine.slice/systemd-nspawn@box.service/payload", "box", "systemd-nspawn" },
		{ "/machine.slice/systemd-nspawn@box.service/supervisor", NULL, NULL },
		{ "/machine.slice/machine-box.scope", "box", "systemd-nspawn" },
		{ "/machine.slice/machine-qemu\\x2d1\\x2dvm.scope", NULL, NULL },
		{ "/machine/web.libvirt-lxc", "web", "libvirt-lxc" },
		{ "/machine.slice/machine-lxc\\x2dweb.scope", "web", "libvirt-lxc" },
		{ "/bpm-web", "web", "bpm" },
		{ "/bpm-web/x", NULL, NULL },
		{ "/mesos/3ad7b26d-ed6d-8e7b-23da-7d48fe889434", "3ad7b26d-ed6d-8e7b-23da-7d48fe889434", "mesos" },
		{ "/user.slice/user-1000.slice", NULL, NULL },
		{ "/", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct world world = { .pool = string_pool_new() };
		const struct container *container;

		world.table = container_table_new(world.pool);
		container = of_path(&world, paths[i].path);
		if (!container != !paths[i].id)
			fail_msg("%s: %s", paths[i].path, container ? container->id->text : "host");
		if (container) {
			assert_string_equal(container->id->text, paths[i].id);
			assert_string_equal(container_type_name(container->type), paths[i].type);
			assert_ptr_equal(of_path(&world, paths[i].path), container);
		}
		container_table_free(world.table);
		string_pool_free(world.pool);
	}
}

#define POD "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
#define POD_ "0f1e2d3c_4b5a_6978_8796_a5b4c3d2e1f0"

/* As kubelet names groups with each driver, in a container itself, and for pods of its own. */
static void pods_of_cgroups(void **state)
{
	static const struct {
		const char *path, *id;
	} paths[] = {
		{ "/kubepods/burstable/pod" POD "/" HEX, POD },
		{ "/kubepods/pod" POD "/" HEX, POD },
		{ "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" POD_ ".slice/docker-" HEX ".scope", POD },
		{ "/kubepods.slice/kubepods-pod" POD_ ".slice/cri-containerd-" HEX ".scope", POD },
		{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" POD_ ".slice/crio-" HEX ".scope", POD },
		{ "/system.slice/containerd.service/kubepods-burstable-pod" POD_ ".slice:cri-containerd:" HEX, POD },
		{ "/docker/" OTHER "/kubelet/kubepods/besteffort/pod" POD "/" HEX, POD },
		{ "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod" POD_ ".slice/cri-containerd-" HEX ".scope", POD },
		{ "/kubepods/burstable/pod0123456789abcdef0123456789abcdef/" HEX, "0123456789abcdef0123456789abcdef" },
		{ "/kubepods/burstable/pod0f1e-2d/" HEX, "" },
		{ "/kubepods/burstable/pod" POD "0/" HEX, "" },
		{ "/kubepods/burstable/xpod" POD "/" HEX, "" },
		{ "/kubepods/pod/" HEX, "" },
		{ "/pod" POD "/" HEX, "" },
		{ "/docker/" HEX, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct world world = { .pool = string_pool_new() };
		const struct container *container;

		world.table = container_table_new(world.pool);
		container = of_path(&world, paths[i].path);
		if (!container || strcmp(container->group_pod_id->text, paths[i].id))
			fail_msg("%s: %s", paths[i].path, container ? container->group_pod_id->text : "host");
		assert_string_equal(container->id->text, "3ad7b26ded6d");
		container_table_free(world.table);
		string_pool_free(world.pool);
	}
}

static int learn(struct world *world, const char *json)
{
	return container_learn(world->table, json, strlen(json));
}

#define EXPECT_TEXT(text_, expected) do {                       \
	assert_non_null(text_);                                 \
	assert_string_equal((text_)->text, expected);           \
} while (0)

static void labels_tell_of_pods(void **state)
{
	struct world *world = *state;
	const struct container *container, *sandbox;

	assert_int_equal(learn(world, "{\"container\":{\"id\":\"aaaaaaaaaaaa\",\"type\":0,\"labels\":{\"z\":\"1\",\"io.kubernetes.pod.name\":"
				      "\"web-0\",\"io.kubernetes.pod.namespace\":\"shop\",\"io.kubernetes.pod.uid\":\"" POD "\","
				      "\"io.kubernetes.sandbox.id\":\"" HEX "\",\"a\":\"\"}}}"), 0);
	container = container_find(world->table, "aaaaaaaaaaaa", 12);
	assert_non_null(container);
	EXPECT_TEXT(container->pod_name, "web-0");
	EXPECT_TEXT(container->pod_namespace, "shop");
	EXPECT_TEXT(container->pod_id, POD);
	EXPECT_TEXT(container_label(container, "a"), "");
	EXPECT_TEXT(container_label(container, "z"), "1");
	assert_null(container_label(container, "b"));
	assert_null(container_label(container, "zz"));
	assert_null(container_sandbox(world->table, container));
	/* asked for, since only it has the labels of the pod; twice is once */
	container_expect_sandbox(world->table, container);
	sandbox = container_sandbox(world->table, container);
	assert_non_null(sandbox);
	container_expect_sandbox(world->table, container);
	assert_ptr_equal(container_sandbox(world->table, container), sandbox);
	EXPECT_TEXT(sandbox->full_id, HEX);
	assert_false(sandbox->is_known);
	assert_ptr_equal(container_to_ask(world->table, 1), sandbox);
	assert_int_equal(learn(world, "{\"container\":{\"id\":\"3ad7b26ded6d\",\"name\":\"p\",\"labels\":{\"app\":\"web\"}}}"), 0);
	EXPECT_TEXT(container_label(container_sandbox(world->table, container), "app"), "web");
	/* told anew it has only what is told now */
	assert_int_equal(learn(world, "{\"container\":{\"id\":\"aaaaaaaaaaaa\",\"type\":0}}"), 0);
	assert_null(container->pod_name);
	assert_null(container_label(container, "z"));
	assert_null(container_sandbox(world->table, container));
}

/* As sysdig 0.29.3 takes them, which reads no file with a list among them. */
static void labels_of_other_types(void **state)
{
	struct world *world = *state;
	const struct container *container;

	assert_int_equal(learn(world, "{\"container\":{\"id\":\"aaaaaaaaaaaa\",\"labels\":{\"io.kubernetes.pod.name\":5,"
				      "\"io.kubernetes.pod.uid\":true,\"io.kubernetes.pod.namespace\":null,\"l\":[1],\"o\":{}}}}"), 0);
	container = container_find(world->table, "aaaaaaaaaaaa", 12);
	EXPECT_TEXT(container->pod_name, "5");
	EXPECT_TEXT(container->pod_id, "true");
	EXPECT_TEXT(container->pod_namespace, "");
	assert_null(container_label(container, "l"));
	assert_null(container_label(container, "o"));
	assert_int_equal(learn(world, "{\"container\":{\"id\":\"aaaaaaaaaaaa\",\"labels\":[\"io.kubernetes.pod.name\"]}}"), 0);
	assert_null(container->pod_name);
	/* too short an id is none */
	assert_int_equal(learn(world, "{\"container\":{\"id\":\"aaaaaaaaaaaa\",\"labels\":{\"io.kubernetes.sandbox.id\":\"x\"}}}"), 0);
	container_expect_sandbox(world->table, container);
	assert_null(container_sandbox(world->table, container));
}

static void lists_of_cgroups(void **state)
{
	struct world *world = *state;

	assert_null(container_of_cgroups(world->table, "", 0));
	assert_null(container_of_cgroups(world->table, "/docker/" HEX, sizeof("/docker/" HEX)));
	/* without a NUL at the end, and of version 2, whose controller has no name */
	assert_non_null(container_of_cgroups(world->table, "=/docker/" HEX, strlen("=/docker/" HEX)));
}

static void events_tell_of_containers(void **state)
{
	struct world *world = *state;
	const struct container *container = of_path(world, "/docker/" HEX);

	assert_false(container->is_known);
	assert_string_equal(container->full_id->text, HEX);
	assert_int_equal(learn(world,
			       "{\"container\": {\"id\": \"3ad7b26ded6d\", \"full_id\": \"" HEX "\", \"type\": 7,"
			       "\"name\": \"cache\", \"image\": \"redis:6\", \"imageid\": \"sha256:a\", \"imagerepo\": \"redis\","
			       "\"imagetag\": \"6\", \"imagedigest\": \"sha256:b\", \"privileged\": true, \"ip\": \"172.17.0.5\","
			       "\"Healthcheck\": {\"exe\": \"/bin/chk\", \"args\": [\"-a\", \"b c\", 5]},"
			       "\"LivenessProbe\": {\"exe\": \"live\"},"
			       "\"Mounts\": [{\"Source\": \"/s\", \"Destination\": \"/d\", \"Mode\": \"ro\", \"RW\": false,"
			       "\"Propagation\": \"rprivate\"}, 5, {\"Source\": \"/t\", \"RW\": true}]}}"),
			 0);
	/* whoever points at it sees what is known now */
	assert_ptr_equal(container_find(world->table, "3ad7b26ded6d", 12), container);
	assert_true(container->is_known);
	assert_int_equal(container->type, CONTAINER_CONTAINERD);
	assert_string_equal(container->name->text, "cache");
	assert_string_equal(container->image->text, "redis:6");
	assert_string_equal(container->image_id->text, "sha256:a");
	assert_string_equal(container->image_repository->text, "redis");
	assert_string_equal(container->image_tag->text, "6");
	assert_string_equal(container->image_digest->text, "sha256:b");
	assert_int_equal(container->privileged, 1);
	assert_true(container->has_address);
	assert_string_equal(container->healthcheck->text, "/bin/chk -a b c 5");
	assert_string_equal(container->liveness_probe->text, "live");
	assert_string_equal(container->readiness_probe->text, "");
	assert_int_equal(container->nmounts, 2);
	assert_string_equal(container->mounts[0].destination->text, "/d");
	assert_false(container->mounts[0].writable);
	assert_string_equal(container->mounts[1].source->text, "/t");
	assert_string_equal(container->mounts[1].mode->text, "");
	assert_true(container->mounts[1].writable);
	/* the next event replaces all of it */
	assert_int_equal(learn(world, "{\"container\": {\"id\": \"3ad7b26ded6d\", \"name\": \"again\"}} rest"), 0);
	assert_string_equal(container->name->text, "again");
	assert_string_equal(container->image->text, "");
	assert_int_equal(container->type, CONTAINER_DOCKER);
	assert_int_equal(container->nmounts, 0);
}

static void wrong_types_are_ignored(void **state)
{
	struct world *world = *state;
	const struct container *container;

	assert_int_equal(learn(world, "{\"container\": {\"id\": 5, \"type\": \"x\", \"name\": [1], \"image\": {\"a\": 1},"
				      "\"imageid\": null, \"imagetag\": 6, \"imagedigest\": true, \"privileged\": \"yes\","
				      "\"Mounts\": \"x\", \"Healthcheck\": 7, \"LivenessProbe\": {\"args\": [\"a\"]},"
				      "\"ip\": 7}}"),
			 0);
	container = container_find(world->table, "5", 1);
	assert_non_null(container);
	assert_int_equal(container->type, CONTAINER_DOCKER);
	assert_string_equal(container->name->text, "");
	assert_string_equal(container->image->text, "");
	assert_string_equal(container->image_tag->text, "6");
	assert_string_equal(container->image_digest->text, "true");
	assert_int_equal(container->privileged, 0);
	assert_false(container->has_address);
	assert_string_equal(container->healthcheck->text, "");
	assert_string_equal(container->liveness_probe->text, "");
	assert_int_equal(learn(world, "{\"container\": {\"id\": \"t\", \"type\": 4000000000}}"), 0);
	assert_int_equal(container_find(world->table, "t", 1)->type, CONTAINER_DOCKER);
}

static void what_is_no_container_is_refused(void **state)
{
	static const char *const texts[] = {
		"", "garbage", "[]", "5", "{}", "{\"container\": []}", "{\"container\": {\"name\": \"x\"}}",
		"{\"container\": {\"id\": \"\"}}", "{\"id\": \"x\"}", "{\"container\": {\"id\": \"x\"",
	};
	struct world *world = *state;
	size_t size = 100000;
	char *deep = malloc(size);

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(learn(world, texts[i]), -EINVAL);
	memset(deep, '[', size);
	assert_int_equal(container_learn(world->table, deep, size), -EINVAL);
	free(deep);
	size = 5u << 20;
	deep = malloc(size);
	memset(deep, ' ', size);
	memcpy(deep, "{\"container\":{\"id\":\"big\"}}", 26);
	assert_int_equal(container_learn(world->table, deep, size), -EINVAL);
	free(deep);
	assert_null(container_find(world->table, "x", 1));
}

static void count(void *context, const struct container *container)
{
	(void)container;
	++*(unsigned *)context;
}

static void the_table_grows(void **state)
{
	struct world *world = *state;
	unsigned counted = 0;
	char path[64];

	for (unsigned i = 0; i < 3000; i++) {
		snprintf(path, sizeof(path), "/lxc/c%u", i);
		assert_non_null(of_path(world, path));
	}
	assert_string_equal(of_path(world, "/lxc/c1234")->name->text, "c1234");
	container_each(world->table, count, &counted);
	assert_int_equal(counted, 3000);
}

#define SECOND 1000000000ull

/* Twice as late each time, and not for ever; from the first time on it is called by its id. */
static void what_is_unknown_is_asked_again(void **state)
{
	static const char id[] = "0123456789ab";
	static const char told[] = "{\"container\":{\"id\":\"0123456789ab\",\"name\":\"web\",\"type\":0}}";
	struct world *world = *state;
	uint64_t now = 100 * SECOND;
	struct container *container;
	unsigned asked = 0;
	char path[96];

	assert_null(container_to_ask(world->table, now));
	snprintf(path, sizeof(path), "/docker/%s%052d", id, 0);
	assert_non_null(of_path(world, path));
	container = container_to_ask(world->table, now);
	assert_non_null(container);
	container_stays_unknown(world->table, container, now);
	assert_string_equal(container->name->text, id);
	assert_null(container_to_ask(world->table, now));
	for (now += SECOND; now < 3600 * SECOND; now += SECOND)
		while ((container = container_to_ask(world->table, now))) {
			container_stays_unknown(world->table, container, now);
			asked++;
		}
	assert_in_range(asked, 5, 12);
	/* one that is told is not asked for */
	memset(path + 8, 'f', 12);
	assert_non_null(of_path(world, path));
	assert_non_null(container_to_ask(world->table, now));
	assert_int_equal(container_learn(world->table, told, strlen(told)), 0);
	assert_string_equal(container_find(world->table, id, 12)->name->text, "web");
	snprintf(path, sizeof(path), "{\"container\":{\"id\":\"ffffffffffff\",\"name\":\"db\",\"type\":0}}");
	assert_int_equal(container_learn(world->table, path, strlen(path)), 0);
	assert_null(container_to_ask(world->table, now));
}

/* Its pod is known, but not its name. */
static void what_has_no_name_is_asked_again(void **state)
{
	struct world *world = *state;
	uint64_t now = 100 * SECOND;
	struct container *container;
	unsigned asked = 0;

	assert_non_null(of_path(world, "/kubepods/pod" POD "/" HEX));
	for (; now < 3600 * SECOND; now += SECOND)
		while ((container = container_to_ask(world->table, now))) {
			assert_int_equal(learn(world, "{\"container\":{\"id\":\"3ad7b26ded6d\",\"type\":0,\"labels\":"
						      "{\"io.kubernetes.pod.uid\":\"" POD "\"}}}"), 0);
			container_stays_unknown(world->table, container, now);
			assert_string_equal(container->name->text, "3ad7b26ded6d");
			EXPECT_TEXT(container->pod_id, POD);
			EXPECT_TEXT(container->group_pod_id, POD);
			asked++;
		}
	assert_in_range(asked, 5, 12);
}

/* A new container every second, for days: those that no process is in any more are forgotten, others not. */
static void those_that_are_left_are_forgotten(void **data)
{
	struct world *world = *data;
	struct state *state = state_new(world->pool);
	struct process *process = state_thread(state, 10, 10)->process;
	struct thread *child = state_fork(state, state_thread(state, 20, 20), 21, 21, NULL, 1);
	const char told[] = "{\"container\":{\"id\":\"eeeeeeeeeeee\",\"name\":\"web\",\"type\":0}}";
	struct container *first = NULL, *pod;
	size_t bytes = 0;
	char path[128];

	assert_int_equal(container_learn(world->table, told, strlen(told)), 0);
	/* one that has no process, but the labels of a pod that has */
	assert_int_equal(learn(world, "{\"container\":{\"id\":\"bbbbbbbbbbbb\",\"labels\":{\"io.kubernetes.sandbox.id\":"
				      "\"cccccccccccc\"}}}"), 0);
	pod = container_of_cgroups(world->table, "cpu=/lxc/bbbbbbbbbbbb", sizeof("cpu=/lxc/bbbbbbbbbbbb"));
	state_facts_container(state_facts(state, state_thread(state, 30, 30)->process), pod);
	container_expect_sandbox(world->table, pod);
	for (unsigned i = 0; i < 20000; i++) {
		struct container *container;

		snprintf(path, sizeof(path), "/docker/%064x", i + 0x1000000);
		memmove(path + 8, path + 8 + 52, 12);   /* the short id is the first part */
		container = of_path(world, path);
		state_facts_container(state_facts(state, process), container);
		if (!i) {
			first = container;
			state_facts_container(state_facts(state, child->process), container);
			/* what it forks is in it, too; then it ends */
			state_fork(state, child, 22, 22, NULL, 2);
			state_exit(state, child, true, 3);
		}
		if (i == 5000)
			bytes = string_pool_bytes(world->pool);
	}
	state_collect(state, (uint64_t[LANES]){ 0 });
	assert_int_equal(first->users, 1);
	assert_ptr_equal(container_find(world->table, first->id->text, 12), first);
	assert_int_equal(first->id->size, 12);
	assert_non_null(container_sandbox(world->table, pod));
	assert_non_null(container_find(world->table, "eeeeeeeeeeee", 12));
	assert_in_range(string_pool_bytes(world->pool), 1, bytes * 2);
	state_free(state);
	assert_int_equal(first->users, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_of_cgroups),
		cmocka_unit_test(pods_of_cgroups),
		cmocka_unit_test_setup_teardown(labels_tell_of_pods, setup, teardown),
		cmocka_unit_test_setup_teardown(labels_of_other_types, setup, teardown),
		cmocka_unit_test_setup_teardown(lists_of_cgroups, setup, teardown),
		cmocka_unit_test_setup_teardown(events_tell_of_containers, setup, teardown),
		cmocka_unit_test_setup_teardown(wrong_types_are_ignored, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_no_container_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(the_table_grows, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_unknown_is_asked_again, setup, teardown),
		cmocka_unit_test_setup_teardown(what_has_no_name_is_asked_again, setup, teardown),
		cmocka_unit_test_setup_teardown(those_that_are_left_are_forgotten, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

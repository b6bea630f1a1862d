/* View files: what they may say, what is said about those that are wrong, and what hostile ones cannot do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "src/engine/query.h"
#include "test/unit/query_helpers.h"

#define CHISELS "/usr/share/sysdig/chisels"

struct told {
	char text[2000];
	unsigned broken, skipped;
};

static void tell(void *context, enum view_result result, const char *text)
{
	struct told *told = context;

	snprintf(told->text, sizeof(told->text), "%s", text);
	told->broken += result == VIEW_BROKEN;
	told->skipped += result == VIEW_SKIPPED;
}

static struct view_set *views_new(bool containers)
{
	struct view_set *set = view_set_new(containers);

	assert_non_null(set);
	return set;
}

/* Fails unless the text is refused with this message. */
static void expect_error(const char *text, size_t size, enum view_result result, const char *message)
{
	struct view_set *set = views_new(false);
	struct told told = { .text = "" };
	size_t before = view_set_count(set);

	assert_int_equal(view_set_load_text(set, "x.lua", text, size, tell, &told), result);
	assert_string_equal(told.text, message);
	assert_int_equal(view_set_count(set), before);
	view_set_free(set);
}

static void broken(const char *text, const char *message)
{
	expect_error(text, strlen(text), VIEW_BROKEN, message);
}

#define HEAD "view_info = {\n id = \"x\",\n name = \"X\",\n"
#define KEY "{ name = \"NA\", field = \"proc.pid\", is_key = true },\n"

static const char everything[] =
	"-- a comment with view_info = { id = 3 }\n"
	"local width = 4 + 4\n"
	"view_info =\n{\n"
	"	id = \"mine\", name = \"Mine\", description = \"What I want.\",\n"
	"	tips = { \"a tip\", \"another\" },\n"
	"	tags = { \"Default\", \"nocsysdig\" },\n"
	"	view_type = \"table\",\n"
	"	applies_to = { \"\", \"proc.pid\", \"k8s.pod.id\" },\n"
	"	is_root = true, use_defaults = true, propagate_filter = false,\n"
	"	filter = \"evt.type!=switch\",\n"
	"	drilldown_target = \"threads\",\n"
	"	drilldown_increase_depth = true,\n"
	"	spectro_type = \"tracers\",\n"
	"	unheard_of = { 1, 2, 3 },\n"
	"	columns = {\n"
	"		{ name = \"NA\", field = \"thread.tid\", is_key = true, filterfield = \"thread.vtid\",\n"
	"		  filter_in_child_only = true },\n"
	"		{ name = \"NA\", field = \"proc.pid\", is_groupby_key = true },\n"
	"		{ name = \"CPU\", field = \"thread.cpu\", description = \"share\", colsize = width,\n"
	"		  aggregation = \"AVG\", groupby_aggregation = \"SUM\", is_sorting = true },\n"
	"		{ name = \"P\", field = \"evt.latency\", aggregation = \"P999\", tags = { \"wide\" } },\n"
	"		{ name = \"RC\", field = \"k8s.rc.name\" },\n"
	"		{ name = \"C\", field = \"container.name\", tags = { \"containers\" } },\n"
	"		{ name = \"D\", field = \"fd.name\", tags = { \"default\" } },\n"
	"	},\n"
	"	actions = {\n"
	"		{ hotkey = \"k\", command = \"kill %proc.pid\", description = \"kill\", ask_confirmation = true,\n"
	"		  wait_finish = false },\n"
	"		{ hotkey = \"c\", command = \"gcore %proc.pid\" },\n"
	"	},\n"
	"}\n";

static void a_file_says_all_of_a_view(void **state)
{
	struct view_set *set = views_new(false);
	struct told told = { .text = "" };
	const struct view *view;

	(void)state;
	assert_int_equal(view_set_load_text(set, "x.lua", everything, strlen(everything), tell, &told), VIEW_LOADED);
	assert_string_equal(told.text, "");
	view = view_set_find(set, "mine");
	assert_non_null(view);
	assert_string_equal(view->name, "Mine");
	assert_string_equal(view->description, "What I want.");
	assert_int_equal(view->ntips, 2);
	assert_string_equal(view->tips[1], "another");
	assert_int_equal(view->ntags, 2);
	assert_int_equal(view->kind, VIEW_TABLE);
	assert_true(view->top_level && view->is_root && view->use_defaults && view->drilldown_deeper);
	assert_false(view->propagate_filter);
	assert_true(view_applies_to(view, "proc.pid") && view_applies_to(view, ""));
	assert_false(view_applies_to(view, "proc.name"));
	assert_string_equal(view->filter, "evt.type!=switch");
	assert_string_equal(view->drilldown, "threads");
	assert_string_equal(view->spectro_type, "tracers");
	assert_string_equal(view->scope, "all");
	/* without -pc no column about containers, and never one about a cluster */
	assert_int_equal(view->ncolumns, 5);
	assert_int_equal(view->columns[0].flags, COLUMN_KEY | COLUMN_LAST_LEVEL);
	assert_string_equal(view->columns[0].filter_field, "thread.vtid");
	assert_int_equal(view->columns[1].flags, COLUMN_GROUPBY);
	assert_ptr_equal(view_key(view), &view->columns[1]);
	assert_int_equal(view->columns[2].aggregation, AGGREGATE_AVG);
	assert_true(view->columns[2].has_groupby);
	assert_int_equal(view->columns[2].groupby, AGGREGATE_SUM);
	assert_int_equal(view->columns[2].width, 8);
	assert_int_equal(view->columns[2].flags, COLUMN_SORT);
	assert_false(view->columns[3].has_groupby);
	assert_int_equal(view->columns[3].aggregation, AGGREGATE_P999);
	assert_int_equal(view->columns[3].flags, COLUMN_WIDE);
	assert_string_equal(view->columns[4].title, "D");
	assert_int_equal(view->nactions, 2);
	assert_string_equal(view->actions[0].command, "kill %proc.pid");
	assert_true(view->actions[0].ask_confirmation);
	assert_false(view->actions[0].wait_finish);
	assert_true(view->actions[1].wait_finish);
	view_set_free(set);
}

static void columns_about_containers_come_with_them(void **state)
{
	struct view_set *set = views_new(true);
	const struct view *view;

	(void)state;
	assert_int_equal(view_set_load_text(set, "x.lua", everything, strlen(everything), NULL, NULL), VIEW_LOADED);
	view = view_set_find(set, "mine");
	assert_int_equal(view->ncolumns, 5);
	assert_string_equal(view->columns[4].title, "C");
	view = view_set_find(set, "connections");
	assert_string_equal(view_key(view)->field, "fd.containername");
	view_set_free(set);
}

static void mistakes_are_told_with_their_line(void **state)
{
	(void)state;
	broken("view_info = {\n id = \"x\"\n name = 3 }\n", "x.lua:3: '}' expected (to close '{' at line 1) near 'name'");
	broken("view_info = {\n id = nothing.x }\n", "x.lua:2: attempt to index global 'nothing' (a nil value)");
	broken("-- view_info\n", "x.lua: there is no view_info");
	broken("view_info = 3\n", "x.lua: view_info is no table");
	broken("\nview_info = {\n name = \"X\" }\n", "x.lua:2: id: is missing");
	broken("view_info = {\n\n id = 3,\n}\n", "x.lua:3: id: must be a text");
	broken("view_info = {\n id = \"a/b\",\n}\n", "x.lua:2: id: must be of 1 to 64 letters, digits, and '_'");
	broken(HEAD " view_type = \"tabel\", columns = { " KEY " } }\n", "x.lua:4: view_type: 'tabel' is not known");
	broken(HEAD " filter = \"proc.pid===1\", columns = { " KEY " } }\n",
	       "x.lua:4: filter: column 9: '==' is no operator: write '=' (and quotes around a value that begins "
	       "with '=')");
	broken(HEAD "}\n", "x.lua:1: columns: there are none");
	broken(HEAD " columns = \"none\" }\n", "x.lua:4: columns: must be a list");
	broken(HEAD " view_type = \"spectrogram\",\n columns = { { name = \"N\", field = \"evt.num\", is_key = true } } }\n",
	       "x.lua:5: columns: 'evt.num' is no duration: a spectrogram shows one, such as evt.latency");
	broken(HEAD " columns = { 3 } }\n", "x.lua:4: columns[1]: must be a table");
	broken(HEAD " columns = { { name = \"A\", field = \"fd.name\" } } }\n",
	       "x.lua:4: columns: none is the key of the rows");
	broken(HEAD " columns = { " KEY "\n" KEY " } }\n", "x.lua:4: columns: more than one is the key");
	broken(HEAD " columns = {\n " KEY " -- { name = \"not me\" }\n { name = \"{ nor me\",\n field = \"proc.pdi\" } } }\n",
	       "x.lua:8: columns[2].field: unknown field: 'proc.pdi'");
	broken(HEAD " columns = {\n " KEY " { name = \"A\", field = \"fd.name\",\n colsize = \"wide\" } } }\n",
	       "x.lua:7: columns[2].colsize: must be a number from 0 to 10000");
	broken(HEAD " columns = {\n " KEY " { name = \"A\", field = \"fd.name\", aggregation = \"MEAN\" } } }\n",
	       "x.lua:6: columns[2].aggregation: 'MEAN' is not known");
	broken(HEAD " columns = {\n " KEY " { field = \"fd.name\" } } }\n", "x.lua:6: columns[2].name: is missing");
	broken(HEAD " use_defaults = \"yes\", columns = { " KEY " } }\n",
	       "x.lua:4: use_defaults: must be true or false");
	broken(HEAD " columns = { " KEY " }, actions = {\n { hotkey = \"kk\", command = \"x\" } } }\n",
	       "x.lua:6: actions[1].hotkey: must be one character");
}

static void views_of_clusters_are_left_out_with_a_reason(void **state)
{
	static const char by_task[] = HEAD " columns = {\n { name = \"NA\", field = \"mesos.task.id\", is_key = true } } }\n";
	static const char by_service[] = HEAD " columns = {\n { name = \"NA\", field = \"k8s.svc.id\", is_key = true } } }\n";
	static const char by_pod[] = HEAD " filter = \"k8s.pod.id != '' or k8s.svc.id != ''\",\n columns = {\n"
				     " { name = \"NA\", field = \"k8s.pod.id\", is_key = true } } }\n";
	static const char filtered[] = HEAD " filter = \"k8s.ns.id != ''\",\n columns = { " KEY " } }\n";
	static const char other[] = "description = \"a chisel\"\nrequire \"common\"\nfunction on_event() end\n";
	struct view_set *set;
	struct told told = { .text = "" };

	(void)state;
	expect_error(by_task, strlen(by_task), VIEW_SKIPPED, "x.lua:5: columns[1].field: unknown field: 'mesos.task.id'");
	expect_error(by_service, strlen(by_service), VIEW_SKIPPED,
		     "x.lua:5: columns[1].field: the API server is not asked: 'k8s.svc.id'");
	expect_error(filtered, strlen(filtered), VIEW_SKIPPED, "x.lua:4: filter: nothing passes: the API server is not asked");
	set = views_new(false);
	assert_int_equal(view_set_load_text(set, "x.lua", by_pod, strlen(by_pod), tell, &told), VIEW_LOADED);
	assert_int_equal(view_set_load_text(set, "x.lua", other, strlen(other), tell, &told), VIEW_NONE);
	assert_string_equal(told.text, "");
	view_set_free(set);
}

/* What would end the machine's patience, its memory or its safety. */
static void hostile_files_do_nothing(void **state)
{
	static const char bytecode[] = "\x1bLJ\x02 view_info";
	static const char *const absent[] = {
		"os.execute", "io.open", "package.path", "debug.getinfo", "ffi.cdef", "jit.on", "coroutine.wrap", "string.rep",
		"table.sort",
	};
	static const char *const functions[] = {
		"require", "load", "loadstring", "dofile", "loadfile", "setmetatable", "getmetatable", "getfenv", "setfenv",
		"pcall", "rawset", "newproxy", "collectgarbage", "print", "module",
	};
	char text[300], message[300];
	clock_t start = clock();

	(void)state;
	for (size_t i = 0; i < sizeof(absent) / sizeof(*absent); i++) {
		size_t length = strcspn(absent[i], ".");
		bool table = strncmp(absent[i], "string", length);

		snprintf(text, sizeof(text), "view_info = {}\n%s(\"true\")\n", absent[i]);
		snprintf(message, sizeof(message), table ? "x.lua:2: attempt to index global '%.*s' (a nil value)" :
			 "x.lua:2: attempt to call field 'rep' (a nil value)", (int)length, absent[i]);
		broken(text, message);
	}
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
		snprintf(text, sizeof(text), "view_info = {}\n%s(\"true\")\n", functions[i]);
		snprintf(message, sizeof(message), "x.lua:2: attempt to call global '%s' (a nil value)", functions[i]);
		broken(text, message);
	}
	broken("view_info = {}\nlocal a = (\"x\"):rep(1e9)\n", "x.lua:2: attempt to call method 'rep' (a nil value)");
	broken("view_info = {}\nwhile true do\nend\n", "x.lua:2: it runs for too long");
	broken("view_info = {}\nlocal function f() return f() end\nf()\n", "x.lua:2: it runs for too long");
	broken("view_info = {}\nlocal a = \"xxxxxxxxxxxxxxxx\"\nwhile true do a = a .. a end\n", "x.lua: it takes too much memory");
	broken("view_info = {}\nlocal a = {}\na[2^30] = 1\nfor i = 1, 2^20 do a[i] = {} end\n", "x.lua:4: it runs for too long");
	expect_error(bytecode, sizeof(bytecode) - 1, VIEW_BROKEN, "x.lua: attempt to load chunk with wrong mode");
	/* far below what any of these would take */
	assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
}

static void texts_for_the_screen_are_one_line(void **state)
{
	static const char text[] = "view_info = { id = \"x\", name = \"a\\27[2Jb\\nc\",\n columns = { " KEY "} }";
	static const char zero[] = "view_info = { id = \"x\", name = \"a\\0b\",\n columns = { " KEY "} }";
	struct view_set *set = views_new(false);

	(void)state;
	assert_int_equal(view_set_load_text(set, "x.lua", text, strlen(text), NULL, NULL), VIEW_LOADED);
	assert_string_equal(view_set_find(set, "x")->name, "a [2Jb c");
	broken(zero, "x.lua:1: name: has a zero byte");
	view_set_free(set);
}

static void put_file(const char *directory, const char *name, const char *text)
{
	char path[300];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void files_of_a_directory_replace_views(void **state)
{
	char directory[] = "/tmp/view_lua_test.XXXXXX", path[300], name[400];
	static const char *const names[] = { "a.lua", "b.lua", "c.txt", "d.lua" };
	struct view_set *set = views_new(false);
	size_t before = view_set_count(set);
	struct told told = { .text = "" };

	(void)state;
	assert_non_null(mkdtemp(directory));
	put_file(directory, "a.lua", "view_info = { id = \"events\", name = \"Other\", columns = { " KEY "} }");
	put_file(directory, "b.lua", "view_info = {\n");
	put_file(directory, "c.txt", "view_info = {\n");
	snprintf(path, sizeof(path), "%s/d.lua", directory);
	assert_int_equal(mkfifo(path, 0600), 0); /* whose opening would wait for a writer, for ever */
	assert_int_equal(view_set_load_directory(set, directory, tell, &told), 0);
	snprintf(name, sizeof(name), "%s: this is no file", path);
	assert_string_equal(told.text, name);
	assert_int_equal(told.broken, 2);
	assert_int_equal(view_set_count(set), before);
	assert_string_equal(view_set_find(set, "events")->name, "Other");
	assert_string_equal(view_set_at(set, 5)->name, "Other"); /* in the place of the one it replaces */
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
		remove(path);
	}
	rmdir(directory);
	assert_int_equal(view_set_load_directory(set, directory, tell, &told), -2); /* ENOENT */
	view_set_free(set);
}

static void drilling_down_finds_a_view(void **state)
{
	static const char text[] = HEAD " drilldown_target = \"gone\",\n columns = { " KEY "} }";
	struct view_set *set = views_new(false);

	(void)state;
	assert_string_equal(view_set_drilldown(set, view_set_find(set, "procs"))->id, "threads");
	assert_null(view_set_drilldown(set, view_set_find(set, "syscall_procs")));
	/* csysdig takes the first by name that applies to a process */
	assert_int_equal(view_set_load_text(set, "x.lua", text, strlen(text), NULL, NULL), VIEW_LOADED);
	assert_string_equal(view_set_drilldown(set, view_set_find(set, "x"))->id, "connections");
	view_set_free(set);
}

/* csysdig's own files, as they are: 43 views, of which 10 are about clusters, all but that of pods beyond what a machine itself
 * knows; v_cpus.lua has no view_info. */
static void csysdigs_files_load_unchanged(void **state)
{
	struct view_set *set = views_new(false);
	struct told told = { .text = "" };
	struct engine *engine;
	const struct view *view;

	(void)state;
	if (access(CHISELS "/v_procs.lua", R_OK)) {
		view_set_free(set);
		skip();
	}
	assert_int_equal(view_set_load_directory(set, CHISELS, tell, &told), 0);
	assert_int_equal(told.broken, 1);
	assert_int_equal(told.skipped, 9);
	view = view_set_find(set, "docker_events"); /* is not among ours */
	assert_non_null(view);
	view = view_set_find(set, "procs");
	assert_int_equal(view->nactions, 9);
	assert_int_equal(view->ncolumns, 12);
	view = view_set_find(set, "spectro_all");
	assert_string_equal(view_key(view)->field, "evt.latency");
	view = view_set_find(set, "traces_summary");
	assert_true(view->counts_partial && view->drilldown_deeper);
	assert_string_equal(view_set_at(set, 0)->id, "traces_summary");
	engine = engine_of(16 << 20);
	for (size_t i = 0; i < view_set_count(set); i++) {
		struct query_spec spec = { .view = view_set_at(set, i) };

		query_free(query_of(engine, &spec));
	}
	engine_free(engine);
	view_set_free(set);
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool is_of_pods(const struct view *view)
{
	return !strncmp(view->id, "kubernetes_", strlen("kubernetes_"));
}

static void expect_same_view(const struct view *ours, const struct view *theirs)
{
	assert_int_equal(ours->kind, theirs->kind);
	assert_true(same_text(ours->filter, theirs->filter));
	assert_true(same_text(ours->drilldown, theirs->drilldown));
	assert_int_equal(ours->use_defaults, theirs->use_defaults);
	/* containers and pods in which nothing happens are shown, too */
	assert_int_equal(ours->is_root, theirs->is_root || !strcmp(ours->id, "containers") || is_of_pods(ours));
	assert_int_equal(ours->propagate_filter, theirs->propagate_filter);
	/* of namespaces the names are known, not the ids */
	for (size_t i = 0; i < ours->napplies_to; i++)
		assert_true(view_applies_to(theirs, ours->applies_to[i]) ||
			    (!strcmp(ours->applies_to[i], "k8s.ns.name") && view_applies_to(theirs, "k8s.ns.id")));
	assert_int_equal(ours->ncolumns, theirs->ncolumns);
	for (size_t i = 0; i < ours->ncolumns; i++) {
		const struct view_column *a = &ours->columns[i], *b = &theirs->columns[i];

		/* csysdig's counts one call of those that open files */
		if (strcmp(a->field, "evt.count.open") || strcmp(b->field, "evt.type.is.3"))
			assert_string_equal(a->field, b->field);
		assert_true(same_text(a->filter_field, b->filter_field));
		/* the containers of a pod need not all tell its labels */
		if (!strcmp(a->field, "k8s.pod.labels"))
			continue;
		assert_int_equal(a->aggregation, b->aggregation);
		assert_int_equal(a->has_groupby, b->has_groupby);
		assert_int_equal(a->groupby, b->groupby);
		assert_int_equal(a->width, b->width);
		assert_int_equal(a->flags, b->flags);
	}
}

/* A view of csysdig's, built in, means the same; those about spans, spectrograms and page faults are our own, and more. */
static void builtin_views_are_as_csysdigs(void **state)
{
	static const char *const own[] = {
		"traces_summary", "traces_list", "spectro_traces", "spans_summary", "spans_list", "spectro_all", "spectro_file",
		"docker_events", "page_faults",
	};
	unsigned same = 0;

	(void)state;
	if (access(CHISELS "/v_procs.lua", R_OK))
		skip();
	for (int containers = 0; containers < 2; containers++) {
		struct view_set *ours = views_new(containers), *theirs = views_new(containers);

		assert_int_equal(view_set_load_directory(theirs, CHISELS, NULL, NULL), 0);
		for (size_t i = 0; i < view_set_count(theirs); i++) {
			const struct view *view = view_set_at(theirs, i), *built_in = view_set_find(ours, view->id);
			bool is_own = false;

			for (size_t j = 0; j < sizeof(own) / sizeof(*own); j++)
				is_own |= !strcmp(own[j], view->id);
			if (is_own)
				continue;
			assert_non_null(built_in);
			expect_same_view(built_in, view);
			same++;
		}
		view_set_free(ours);
		view_set_free(theirs);
	}
	assert_true(same > 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_says_all_of_a_view),
		cmocka_unit_test(columns_about_containers_come_with_them),
		cmocka_unit_test(mistakes_are_told_with_their_line),
		cmocka_unit_test(views_of_clusters_are_left_out_with_a_reason),
		cmocka_unit_test(hostile_files_do_nothing),
		cmocka_unit_test(texts_for_the_screen_are_one_line),
		cmocka_unit_test(files_of_a_directory_replace_views),
		cmocka_unit_test(drilling_down_finds_a_view),
		cmocka_unit_test(csysdigs_files_load_unchanged),
		cmocka_unit_test(builtin_views_are_as_csysdigs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

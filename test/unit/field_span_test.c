/* Fields: the values of span.* and evtin.span.* for markers made by hand; and no field trips over an event. */
#include "test/unit/field_world.h"

static struct string *pack(struct world *world, const char *packed, size_t size)
{
	return string_get(world->pool, packed, size);
}

/* The span "req.db" of id 4242, entered 7.029 ms before its exit at START, below "req". */
static void make_span(struct world *world)
{
	world->parent = (struct span){ .num = 1, .id = 4242, .ntags = 1, .enter_time = START - 10000000,
				       .thread = &world->main, .owner = &world->program };
	world->parent.tags = pack(world, "req", 4);
	world->span = (struct span){ .num = 2, .id = 4242, .ntags = 2, .nenter_args = 2, .nexit_args = 1,
				     .flags = SPAN_CLOSED, .enter_time = START - 7029000, .exit_time = START,
				     .thread = &world->main, .exit_thread = &world->main,
				     .owner = &world->program, .parent = &world->parent,
				     .outer = &world->parent, .children_ns = 2029000 };
	world->span.tags = pack(world, "req\0db", 7);
	world->span.enter_args = pack(world, "n\0001\0q\0x y", 10);
	world->span.exit_args = pack(world, "ret\00049", 7);
}

static void span_names(struct world *world, const struct event *event)
{
	expect_number(world, event, "span.id", 4242);
	expect_number(world, event, "span.ntags", 2);
	expect_text(world, event, "span.tags", "req.db");
	expect_text(world, event, "span.tag[0]", "req");
	expect_text(world, event, "span.tag[1]", "db");
	expect_text(world, event, "span.tag[-1]", "db");
	expect_none(world, event, "span.tag[2]");
	expect_none(world, event, "span.tag[-3]");
	expect_text(world, event, "span.idtag[1]", "4242db");
	expect_text(world, event, "span.idtag[5]", "4242");
}

static void spans(void **state)
{
	struct world *world = *state;
	struct event *event = make(world, EVENT_SPAN_EXIT, NULL, 0, NULL, 0);

	make_span(world);
	event->span = &world->span;
	span_names(world, event);
	/* the enter's: 7.029 ms before 22:13:20.000001000 */
	expect_text(world, event, "span.time", "22:13:19.992972000");
	expect_number(world, event, "span.rawtime", START - 7029000);
	expect_number(world, event, "span.rawparenttime", START - 10000000);
	expect_number(world, event, "span.nargs", 2);
	expect_text(world, event, "span.args", "ret=49");
	expect_text(world, event, "span.arg[0]", "49");
	expect_text(world, event, "span.arg.ret", "49");
	expect_none(world, event, "span.arg.n");
	expect_text(world, event, "span.enterargs", "n=1,q=x y");
	expect_text(world, event, "span.enterarg[-1]", "x y");
	expect_text(world, event, "span.enterarg.n", "1");
	expect_none(world, event, "span.enterarg[2]");
	expect_text(world, event, "evt.args", "id=4242 tags=req.db args=ret:49 ");
	expect_text(world, event, "evt.text", "req.db ret=49");
	expect_text(world, event, "evt.arg.tags", "req.db");
	expect_number(world, event, "evt.rawarg.id", 4242);

	event->type = EVENT_SPAN_ENTER;
	event->time = START - 7029000;
	span_names(world, event);
	expect_text(world, event, "span.time", "22:13:19.992972000");
	expect_text(world, event, "span.args", "n=1,q=x y");
	expect_text(world, event, "span.arg.q", "x y");
	expect_text(world, event, "evt.args", "id=4242 tags=req.db args=n:1,q:x y ");
	expect_text(world, event, "evt.text", "req.db n=1,q=x y");

	event = make_call(world, "getpid", 200, NULL);
	event->span = &world->span;
	expect_none(world, event, "span.id");
	expect_none(world, event, "span.tags");
	expect_none(world, event, "span.count");
	expect_none(world, event, "span.duration");
}

static void span_measures(void **state)
{
	struct world *world = *state;
	struct event *event = make(world, EVENT_SPAN_EXIT, NULL, 0, NULL, 0);

	make_span(world);
	event->span = &world->span;
	expect_number(world, event, "span.duration", 7029000);
	expect_text(world, event, "span.duration.human", "7.02ms");
	/* 7029000 ns is 6.8469 decades: column 219 of 32 a decade */
	expect_number(world, event, "span.duration.quantized", 220);
	expect_number(world, event, "span.duration.fortag[1]", 7029000);
	expect_none(world, event, "span.duration.fortag[0]");
	expect_number(world, event, "span.self", 5000000);
	expect_number(world, event, "span.count", 1);
	expect_number(world, event, "span.count.fortag[1]", 1);
	expect_number(world, event, "span.count.fortag[0]", 0);
	expect_number(world, event, "span.childcount.fortag[0]", 1);
	expect_number(world, event, "span.childcount.fortag[1]", 0);
	expect_number(world, event, "span.unfinished", false);
	expect_number(world, event, "span.lossy", false);
	expect_none(world, event, "span.cpu");
	world->span.has_account = true;
	world->span.account = (struct span_account){ 1, 2, 3, 4, 5 };
	world->span.flags |= SPAN_LOSSY;
	world->span.children_ns = 8000000;
	expect_number(world, event, "span.cpu", 1);
	expect_number(world, event, "span.queue", 2);
	expect_number(world, event, "span.switches", 3);
	expect_number(world, event, "span.faults", 9);
	expect_number(world, event, "span.lossy", true);
	expect_number(world, event, "span.self", 0);

	event->type = EVENT_SPAN_ENTER;
	expect_none(world, event, "span.duration");
	expect_none(world, event, "span.duration.fortag[1]");
	expect_none(world, event, "span.unfinished");
	expect_number(world, event, "span.count", 0);
	expect_number(world, event, "span.count.fortag[1]", 0);
	expect_number(world, event, "span.childcount.fortag[0]", 0);
}

static void spans_without_an_end(void **state)
{
	struct world *world = *state;
	struct event *event = make(world, EVENT_SPAN_EXIT, NULL, 0, NULL, 0);

	make_span(world);
	event->span = &world->span;
	event->flags = EVENT_UNFINISHED;
	world->span.flags |= SPAN_UNFINISHED;
	expect_number(world, event, "span.unfinished", true);
	expect_number(world, event, "span.count", 0);
	expect_none(world, event, "span.duration");
	expect_text(world, event, "span.enterargs", "n=1,q=x y");

	/* an exit that nothing was opened for */
	event->flags = 0;
	world->span.flags = SPAN_CLOSED | SPAN_NO_ENTER;
	world->span.enter_time = 0;
	world->span.enter_args = NULL;
	world->span.nenter_args = 0;
	world->span.parent = NULL;
	span_names(world, event);
	expect_number(world, event, "span.count", 1);
	expect_none(world, event, "span.time");
	expect_none(world, event, "span.rawtime");
	expect_none(world, event, "span.rawparenttime");
	expect_none(world, event, "span.nargs");
	expect_none(world, event, "span.args");
	expect_none(world, event, "span.enterargs");
	expect_none(world, event, "span.enterarg[0]");
	expect_none(world, event, "span.duration");
	expect_none(world, event, "span.self");
	event->span = NULL;
	expect_none(world, event, "span.id");
	expect_none(world, event, "evt.arg.id");
}

static void inside_by_links(void **state)
{
	struct world *world = *state;
	struct event *event = make_call(world, "getpid", 200, NULL);
	struct field field;
	struct value value;
	const char *reason;
	size_t at;

	make_span(world);
	world->span.flags = 0;
	world->span.exit_time = 0;
	event->span = &world->span;
	expect_number(world, event, "evtin.span.id", 4242);
	expect_text(world, event, "evtin.span.tags", "req.db");
	expect_number(world, event, "evtin.span.ntags", 2);
	expect_number(world, event, "evtin.span.nargs", 2);
	expect_text(world, event, "evtin.span.tag[-1]", "db");
	expect_text(world, event, "evtin.span.args", "n:1,q:x y");
	expect_text(world, event, "evtin.span.arg.q", "x y");
	expect_text(world, event, "evtin.span.arg[0]", "1");
	/* outwards, span by span */
	field_parse("evtin.span.tags", 15, &field, &reason, &at);
	assert_true(field.definition->get(&field, event, 1, &world->context, &value) && value.size == 3);
	assert_memory_equal(value.text, "req", 3);
	assert_false(field.definition->get(&field, event, 2, &world->context, &value));
	/* not inside itself on the enter, still inside on the exit */
	event->type = EVENT_SPAN_ENTER;
	expect_text(world, event, "evtin.span.tags", "req");
	event->type = EVENT_SPAN_EXIT;
	expect_text(world, event, "evtin.span.tags", "req.db");
	event->type = EVENT_CALL;
	event->span = NULL;
	expect_none(world, event, "evtin.span.id");
	/* the wider scopes need the recording */
	event->span = &world->span;
	expect_none(world, event, "evtin.span.m.id");
}

/* Bytes of every kind of event must never be read beyond their end, whatever the field. */
static void every_field_of_every_event(void **state)
{
	struct world *world = *state;
	const enum event_type types[] = { EVENT_CALL,		EVENT_SPAN_ENTER, EVENT_SPAN_EXIT,
					  EVENT_MARKER_INVALID, EVENT_FORK,	  EVENT_EXEC,
					  EVENT_THREAD_EXIT };

	for (size_t t = 0; t < sizeof(types) / sizeof(types[0]); t++) {
		struct event *event = make(world, types[t], NULL, 0, NULL, 0);

		for (unsigned pass = 0; pass < 2; pass++) {
			for (const struct field_definition *d = field_table; d->name; d++) {
				struct field field = { .definition = d,
						       .index = -1,
						       .argument = (char *)"res" };
				struct value value;

				field.has_index = d->argument != FIELD_ARGUMENT_NAME;
				d->get(&field, event, 0, &world->context, &value);
			}
			event->fd = &world->fd;
			make_span(world);
			if (types[t] != EVENT_MARKER_INVALID)
				event->span = &world->span;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(spans, setup, teardown),
		cmocka_unit_test_setup_teardown(span_measures, setup, teardown),
		cmocka_unit_test_setup_teardown(spans_without_an_end, setup, teardown),
		cmocka_unit_test_setup_teardown(inside_by_links, setup, teardown),
		cmocka_unit_test_setup_teardown(every_field_of_every_event, setup, teardown),
	};

	return cmocka_run_group_tests_name("field_span", tests, utc, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "src/engine/view.h"
#include "src/ui/filter_path.h"

static void spans_are_found_outside_quotes(void **state)
{
	(void)state;
	assert_true(filter_names_span("span.id=1"));
	assert_true(filter_names_span("proc.pid=1 and (span.duration>5ms)"));
	assert_true(filter_names_span("not span.tag[0]=\"a\""));
	assert_false(filter_names_span(""));
	assert_false(filter_names_span("proc.name=span"));
	assert_false(filter_names_span("evtin.span.id=1"));
	assert_false(filter_names_span("fd.name=\"span.id\""));
	assert_false(filter_names_span("fd.name='a \\' span.id'"));
	assert_false(filter_names_span("fd.name=\"x\\\" span.id=\""));
	assert_false(filter_names_span("lifespan.id=1"));
	assert_false(filter_names_span("fd.name=\"never closed span.id"));
}

static void inside(const char *text, const char *expected)
{
	char *result = filter_inside(text);

	assert_string_equal(result, expected);
	free(result);
}

static void conditions_turn_inside(void **state)
{
	(void)state;
	inside("", "");
	inside("proc.pid=1", "proc.pid=1");
	inside("span.id=1", "evtin.span.id=1");
	inside("span.tag[0]=\"span.id\" and (span.ntags>=2 or evtin.span.id=3)",
	       "evtin.span.tag[0]=\"span.id\" and (evtin.span.ntags>=2 or evtin.span.id=3)");
}

static void at_depth(const char *text, unsigned depth, const char *expected)
{
	char *result = view_text_at_depth(text, depth);

	assert_string_equal(result, expected);
	free(result);
}

static void depth_is_replaced(void **state)
{
	(void)state;
	at_depth("span.ntags>=%depth+1", 2, "span.ntags>=3");
	at_depth("span.tag[%depth]=a and span.ntags=%depth+10", 0, "span.tag[0]=a and span.ntags=10");
	at_depth("span.tag[%depth-1]=a", 3, "span.tag[2]=a");
	at_depth("100%", 3, "100%");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spans_are_found_outside_quotes),
		cmocka_unit_test(conditions_turn_inside),
		cmocka_unit_test(depth_is_replaced),
	};

	return cmocka_run_group_tests_name("filter_path", tests, NULL, NULL);
}

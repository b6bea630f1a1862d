/* F7: what the view shows, and what alone is recorded of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "test/ui/screen.h"

static void what_the_kernel_records(void **state)
{
	struct screen screen;

	(void)state;
	screen_open(&screen, "traces_summary", NULL, 40, 100);
	screen_type(&screen, "F7");
	screen_lacks(&screen, "The kernel records only");
	screen_type(&screen, "Esc");
	screen.status.recorded = "process 42, failed calls";
	screen_type(&screen, "F7");
	screen_has(&screen, "The kernel records only: process 42, failed calls");
	screen_close(&screen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_kernel_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "kernel_filter.h"

#include <stdio.h>
#include <string.h>

#include "calls.h"
#include "container_filter.h"
#include "field_classes.h"
#include "filter_private.h"
#include "ingest.h"
#include "scap_expand.h"
#include "text_output.h"

static bool is_field(const struct filter_check *check, const char *name)
{
	return !strcmp(check->field.definition->name, name);
}

/* A call is one event of the recording, and two of a capture, which may have other names: that the check comes out
 * so for one of them is enough. */
static bool may_be_call(const struct filter *filter, const struct filter_check *check, bool outcome, unsigned number)
{
	struct field_context context = { 0 };
	struct event event = { .type = EVENT_CALL, .call = (uint16_t)number, .flags = EVENT_NO_ENTER };
	bool may_be = filter_check_holds(filter, check, &event, &context) == outcome;

	event.type = EVENT_SCAP;
	event.call = (uint16_t)scap_expand_type(number);
	for (int i = 0; i < 2 && !may_be && event.call > SCAP_TYPE_GENERIC_X; i++, event.call++)
		may_be = filter_check_holds(filter, check, &event, &context) == outcome;
	field_context_fini(&context);
	return may_be;
}

static void add_calls(struct kernel_filter *kernel, const struct filter *filter, const struct filter_check *check,
		      bool outcome)
{
	for (unsigned i = 0; i < RECORD_CALLS; i++) {
		bool wanted = may_be_call(filter, check, outcome, i);

		kernel->calls[i] = wanted && (!kernel->by_call || kernel->calls[i]);
	}
	kernel->by_call = true;
}

/* proc.pid = N, or in (...). Of two such conditions one is enough. */
static void add_processes(struct kernel_filter *kernel, const struct filter *filter, const struct filter_check *check)
{
	if ((check->operator != OPERATOR_EQUAL && check->operator != OPERATOR_IN) || kernel->npids ||
	    check->count > KERNEL_FILTER_PIDS)
		return;
	for (uint32_t i = 0; i < check->count; i++) {
		int64_t pid = filter->constants[check->first + i].i;

		if (pid <= 0 || pid > INT32_MAX) {
			kernel->npids = 0;
			return;
		}
		kernel->pids[kernel->npids++] = (uint32_t)pid;
	}
}

static void add_thread(struct kernel_filter *kernel, const struct filter_constant *constant)
{
	if (!kernel->tid && constant->i > 0 && constant->i <= INT32_MAX)
		kernel->tid = (uint32_t)constant->i;
}

static bool is_about_type(const struct filter_check *check)
{
	return is_field(check, "evt.type") || is_field(check, "syscall.type");
}

static void add_check(struct kernel_filter *kernel, const struct filter *filter, const struct filter_check *check)
{
	const struct filter_constant *constant = check->count ? &filter->constants[check->first] : NULL;
	bool is_lower_bound = check->operator == OPERATOR_GREATER || check->operator == OPERATOR_GREATER_EQUAL;

	if (is_about_type(check))
		add_calls(kernel, filter, check, true);
	else if (!constant)
		return;
	else if (is_field(check, "proc.pid"))
		add_processes(kernel, filter, check);
	else if (is_field(check, "thread.tid") && check->operator == OPERATOR_EQUAL)
		add_thread(kernel, constant);
	else if (is_field(check, "evt.failed") && check->operator == OPERATOR_EQUAL && constant->u)
		kernel->failed = true;
	else if (is_field(check, "evt.rawres") && check->operator == OPERATOR_LESS && constant->i <= 0)
		kernel->failed = true;
	else if (is_field(check, "evt.latency") && is_lower_bound && !constant->below && constant->u > kernel->at_least)
		kernel->at_least = constant->u;
}

/* What such fields say of an event depends on which others there are. And a filter of spans does not hold for the calls
 * inside them, which are shown when a span is opened. */
static bool depends_on_others(const struct filter_check *check)
{
	static const char *const names[] = { "span.", "evt.num", "evt.reltime", "evt.deltatime" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strncmp(check->field.definition->name, names[i], strlen(names[i])))
			return true;
	return false;
}

void kernel_filter_add(struct kernel_filter *kernel, const struct filter *filter)
{
	int32_t at = filter->start;

	for (size_t i = 0; i < filter->nchecks; i++)
		if (depends_on_others(&filter->checks[i]))
			return;
	kernel->by_container |= filter_tells_containers(filter);
	/* as long as one outcome of a check ends it all, each event has to have the other */
	while (at >= 0) {
		const struct filter_check *check = &filter->checks[at];

		if (check->on_false == FILTER_FAIL)
			add_check(kernel, filter, check);
		else if (check->on_true == FILTER_FAIL && is_about_type(check))
			add_calls(kernel, filter, check, false);
		else if (check->on_true != FILTER_FAIL)
			return;
		at = check->on_false == FILTER_FAIL ? check->on_true : check->on_false;
	}
}

bool kernel_filter_follow(struct kernel_filter *kernel, uint32_t pid, bool is_command)
{
	if (kernel->npids == KERNEL_FILTER_PIDS)
		return false;
	if (is_command)
		kernel->command = pid;
	kernel->pids[kernel->npids++] = pid;
	kernel->descendants = true;
	return true;
}

bool kernel_filter_is_empty(const struct kernel_filter *kernel)
{
	return !kernel->npids && !kernel->by_container && !kernel->tid && !kernel->failed && !kernel->at_least && !kernel->by_call;
}

static void put_separator(struct text_output *output)
{
	if (output->kept)
		put_word(output, ", ");
}

/* Names of calls, as long as there are few; else how many. */
static void put_calls(struct text_output *output, const struct kernel_filter *kernel)
{
	unsigned count = 0, named = 0;
	char name[16];

	for (unsigned i = 0; i < RECORD_CALLS; i++)
		count += kernel->calls[i] && call_find(i)->name;
	if (count > 6) {
		put_unsigned(output, count, 10);
		put_word(output, " kinds of calls");
		return;
	}
	put_word(output, count == 1 ? "call " : count ? "calls " : "no calls");
	for (unsigned i = 0; i < RECORD_CALLS; i++) {
		if (!kernel->calls[i] || !call_find(i)->name)
			continue;
		put_word(output, named++ ? " " : "");
		put_word(output, call_name(i, name));
	}
}

size_t kernel_filter_text(const struct kernel_filter *kernel, char *text, size_t size)
{
	struct text_output output = { .text = text, .size = size - 1 };
	char duration[32];

	if (kernel->npids) {
		put_word(&output, kernel->npids == 1 ? "process " : "processes ");
		for (size_t i = 0; i < kernel->npids; i++) {
			put_word(&output, i ? " " : "");
			put_unsigned(&output, kernel->pids[i], 10);
		}
		if (kernel->descendants)
			put_word(&output, " and what it starts");
	} else if (kernel_filter_by_container(kernel)) {
		put_word(&output, "processes by their container");
	}
	if (kernel->tid) {
		put_separator(&output);
		put_word(&output, "thread ");
		put_unsigned(&output, kernel->tid, 10);
	}
	if (kernel->by_call) {
		put_separator(&output);
		put_calls(&output, kernel);
	}
	if (kernel->failed) {
		put_separator(&output);
		put_word(&output, "failed calls");
	}
	if (kernel->at_least) {
		put_separator(&output);
		put_word(&output, "calls of at least ");
		duration_format(kernel->at_least, duration, sizeof(duration));
		put_word(&output, duration);
	}
	text[output.kept] = '\0';
	return output.kept;
}

void kernel_filter_rows(const struct kernel_filter *kernel, struct record_row *table, size_t rows)
{
	struct call_rule rules[RECORD_CALLS];

	ingest_rules(rules);
	for (size_t i = 0; i < rows && i < RECORD_CALLS; i++) {
		/* datagrams bring their ends with them */
		bool tells = (rules[i].effect && rules[i].effect != EFFECT_SENDTO && rules[i].effect != EFFECT_RECVFROM) ||
			     table[i].flags & (RECORD_ROW_FD_RESULT | RECORD_ROW_NO_RETURN);

		table[i].directory = rules[i].effect == EFFECT_CHDIR || rules[i].effect == EFFECT_FCHDIR;
		if (tells)
			table[i].flags |= RECORD_ROW_STATE;
		else if (kernel->by_call && !kernel->calls[i])
			table[i].flags |= RECORD_ROW_UNWANTED;
	}
}

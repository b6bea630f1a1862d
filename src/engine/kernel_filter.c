#include "kernel_filter.h"

#include <stdio.h>
#include <string.h>

#include "calls.h"
#include "field_classes.h"
#include "filter_private.h"
#include "ingest.h"
#include "scap_expand.h"
#include "text_output.h"

static bool is_field(const struct filter_check *check, const char *name)
{
	return !strcmp(check->field.definition->name, name);
}

/* A name that only the recording has, or only captures, is enough. */
static bool may_be_call(const struct filter *filter, const struct filter_check *check, unsigned number)
{
	struct field_context context = { 0 };
	struct event event = { .type = EVENT_CALL, .call = (uint16_t)number, .flags = EVENT_NO_ENTER };
	bool holds = filter_check_holds(filter, check, &event, &context);

	event.type = EVENT_SCAP;
	event.call = (uint16_t)scap_expand_type(number);
	if (!holds && event.call > SCAP_TYPE_GENERIC_X) {
		holds = filter_check_holds(filter, check, &event, &context);
		event.call++;
		holds = holds || filter_check_holds(filter, check, &event, &context);
	}
	field_context_fini(&context);
	return holds;
}

static void add_calls(struct kernel_filter *kernel, const struct filter *filter, const struct filter_check *check)
{
	for (unsigned i = 0; i < RECORD_CALLS; i++) {
		bool wanted = may_be_call(filter, check, i);

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

static void add_check(struct kernel_filter *kernel, const struct filter *filter, const struct filter_check *check)
{
	const struct filter_constant *constant = check->count ? &filter->constants[check->first] : NULL;
	bool is_lower_bound = check->operator == OPERATOR_GREATER || check->operator == OPERATOR_GREATER_EQUAL;

	if (is_field(check, "evt.type") || is_field(check, "syscall.type"))
		add_calls(kernel, filter, check);
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

void kernel_filter_add(struct kernel_filter *kernel, const struct filter *filter)
{
	int32_t at = filter->start;

	/* as long as a check that fails ends it all, each event has to meet it */
	while (at >= 0 && filter->checks[at].on_false == FILTER_FAIL) {
		add_check(kernel, filter, &filter->checks[at]);
		at = filter->checks[at].on_true;
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
	return !kernel->npids && !kernel->tid && !kernel->failed && !kernel->at_least && !kernel->by_call;
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

		if (tells)
			table[i].flags |= RECORD_ROW_STATE;
		else if (kernel->by_call && !kernel->calls[i])
			table[i].flags |= RECORD_ROW_UNWANTED;
	}
}

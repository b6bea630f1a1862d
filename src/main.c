#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "batch.h"
#include "check.h"
#include "dig.h"
#include "engine/field.h"
#include "list_calls.h"
#include "options.h"
#include "record.h"
#include "screen.h"
#include "traced_command.h"
#include "views.h"

static void list_fields(void)
{
	static const char *const arguments[] = { "", "[N]", ".NAME", "[N]", "[N]" };
	size_t class = 0;

	for (const struct field_definition *field = field_table; field->name; field++) {
		size_t length = strcspn(field->name, ".");
		char name[64];

		if (field->flags & FIELD_TABLE_ONLY)
			continue;
		if (field == field_table || length != class || strncmp(field->name, field[-1].name, length))
			printf("%s%.*s\n", field == field_table ? "" : "\n", (int)length, field->name);
		class = length;
		snprintf(name, sizeof(name), "%s%s", field->name, arguments[field->argument]);
		printf("  %-28s %-9s %s\n", name, value_type_name(field->type), field->help);
	}
}

static void list_views(const struct view_set *views)
{
	char shown[1024];

	for (size_t i = 0; i < view_set_count(views); i++) {
		const struct view *view = view_set_at(views, i);

		text_escape(view->description, strlen(view->description), shown, sizeof(shown));
		printf("  %-20s %s\n", view->id, shown);
	}
}

/* What needs the views. */
static int run_views(const struct options *options)
{
	struct view_set *views = views_load(options);
	int status = 0;

	if (!views)
		return 1;
	if (options->list_views)
		list_views(views);
	else if (options->raw || options->json || options->csv)
		status = batch_run(options, views);
	else
		status = screen_run(options, views);
	view_set_free(views);
	return options->list_views ? fflush(stdout) || ferror(stdout) : status;
}

static int run(const struct options *options)
{
	if (options->help)
		options_help();
	else if (options->version)
		puts("spantop " SPANTOP_VERSION);
	else if (options->list_fields)
		list_fields();
	else if (options->list_calls)
		list_calls();
	else if (options->check && !options->list_views)
		return check_run(options);
	else
		return run_views(options);
	return fflush(stdout) || ferror(stdout);
}

/* The command is started before anything is blocked, attached or raised in priority, none of which it should inherit; and
 * held until it is looked at. */
static int run_command(struct options *options)
{
	struct traced_command command;
	/* its words would stand in the middle of the screen */
	bool is_silent = !options->raw && !options->json && isatty(STDERR_FILENO);
	int status = 1, error = traced_command_start(&command, options->command, is_silent ? COMMAND_SILENT : COMMAND_TO_ERROR);

	if (error) {
		fprintf(stderr, "spantop: cannot start %s: %s\n", options->command[0], strerror(-error));
	} else if (options_follow(options, (uint32_t)command.pid)) {
		fprintf(stderr, "spantop: out of memory\n");
	} else {
		options->traced = &command;
		status = run(options);
	}
	traced_command_stop(&command);
	traced_command_fini(&command);
	return status;
}

int main(int argc, char **argv)
{
	struct options options;
	char error[256];
	int status;

	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C"); /* filters and JSON have decimal points */
	if (argc > 1 && !strcmp(argv[1], "dig"))
		return dig_run(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "record"))
		return record_run(argc - 1, argv + 1);
	if (options_parse(&options, argc, argv, error, sizeof(error))) {
		fprintf(stderr, "spantop: %s\n", error);
		return 2;
	}
	status = options.command && !options.help && !options.version ? run_command(&options) : run(&options);
	options_fini(&options);
	return status;
}

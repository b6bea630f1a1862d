#include "view_set.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "value.h"
#include "view_builtin.h"
#include "view_private.h"

#define FILE_MAX (256u << 10)

struct view_set {
	struct view_entry **entries;
	size_t count, capacity;
	bool containers;
};

void view_entry_free(struct view_entry *entry)
{
	if (!entry)
		return;
	while (entry->memory) {
		struct view_memory *next = entry->memory->next;

		free(entry->memory);
		entry->memory = next;
	}
	free(entry);
}

/* ---- looking ---- */

size_t view_set_count(const struct view_set *set)
{
	return set->count;
}

const struct view *view_set_at(const struct view_set *set, size_t i)
{
	return &set->entries[i]->view;
}

const struct view *view_set_find(const struct view_set *set, const char *id)
{
	for (size_t i = 0; id && i < set->count; i++)
		if (!strcmp(set->entries[i]->view.id, id))
			return &set->entries[i]->view;
	return NULL;
}

const struct view *view_set_drilldown(const struct view_set *set, const struct view *view)
{
	const struct view_column *key = view_key(view);
	const struct view *found = view_set_find(set, view->drilldown), *first = NULL;

	if (found || !view->drilldown || !key)
		return found;
	for (size_t i = 0; i < set->count; i++) {
		const struct view *other = &set->entries[i]->view;

		if (other != view && view_applies_to(other, key->filter_field ? key->filter_field : key->field) &&
		    (!first || strcmp(other->name, first->name) < 0))
			first = other;
	}
	return first;
}

/* ---- loading ---- */

static int compare(const struct view_entry *a, const struct view_entry *b)
{
	int names = strcmp(a->view.name, b->view.name);

	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	return names ? names : strcmp(a->view.id, b->view.id);
}

/* Takes it out, and returns its place in menus; VIEW_ORDER_LAST if there is none. */
static int remove_entry(struct view_set *set, const char *id)
{
	int order;

	for (size_t i = 0; i < set->count; i++)
		if (!strcmp(set->entries[i]->view.id, id)) {
			order = set->entries[i]->order;
			view_entry_free(set->entries[i]);
			set->count--;
			memmove(set->entries + i, set->entries + i + 1, (set->count - i) * sizeof(*set->entries));
			return order;
		}
	return VIEW_ORDER_LAST;
}

static bool add_entry(struct view_set *set, struct view_entry *entry)
{
	size_t i;
	int order;

	if (set->count == set->capacity) {
		size_t capacity = set->capacity ? set->capacity * 2 : 64;
		struct view_entry **entries = realloc(set->entries, capacity * sizeof(*entries));

		if (!entries)
			return false;
		set->entries = entries;
		set->capacity = capacity;
	}
	order = remove_entry(set, entry->view.id);
	if (entry->order == VIEW_ORDER_LAST)
		entry->order = order;
	for (i = set->count; i && compare(entry, set->entries[i - 1]) < 0; i--)
		set->entries[i] = set->entries[i - 1];
	set->entries[i] = entry;
	set->count++;
	return true;
}

static void report_file(view_report *report, void *context, enum view_result result, const char *name, int line,
			const char *error)
{
	char shown_name[512], shown_error[1024], text[1600], number[16] = "";

	if (!report)
		return;
	text_escape(name, strlen(name), shown_name, sizeof(shown_name));
	text_escape(error, strlen(error), shown_error, sizeof(shown_error));
	if (line > 0)
		snprintf(number, sizeof(number), "%d:", line);
	snprintf(text, sizeof(text), "%s:%s %s", shown_name, number, shown_error);
	report(context, result, text);
}

enum view_result view_set_load_text(struct view_set *set, const char *name, const char *text, size_t size,
				    view_report *report, void *context)
{
	struct view_file file = { .text = text, .size = size, .containers = set->containers };

	/* chisels lie in the same directories */
	if (!memmem(text, size, "view_info", strlen("view_info")))
		return VIEW_NONE;
	file.entry = calloc(1, sizeof(*file.entry));
	if (!file.entry) {
		report_file(report, context, VIEW_BROKEN, name, 0, "out of memory");
		return VIEW_BROKEN;
	}
	view_lua_run(&file, view_read);
	if (file.result == VIEW_LOADED && add_entry(set, file.entry))
		return VIEW_LOADED;
	if (file.result == VIEW_LOADED) {
		file.result = VIEW_BROKEN;
		snprintf(file.error, sizeof(file.error), "out of memory");
	}
	view_entry_free(file.entry);
	report_file(report, context, file.result, name, file.line, file.error);
	return file.result;
}

static void load_file(struct view_set *set, const char *path, view_report *report, void *context)
{
	struct stat status;
	int number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* the name may be a pipe's */
	FILE *file = number >= 0 ? fdopen(number, "rb") : NULL;
	char *text = malloc(FILE_MAX + 1);
	const char *error = NULL;
	size_t size = 0;

	if (!text)
		error = "out of memory";
	else if (!file)
		error = strerror(errno);
	else if (fstat(fileno(file), &status) || !S_ISREG(status.st_mode))
		error = "this is no file";
	else if ((size = fread(text, 1, FILE_MAX + 1, file)) > FILE_MAX)
		error = "this is too large for a view";
	else if (ferror(file))
		error = "it cannot be read";
	if (error)
		report_file(report, context, VIEW_BROKEN, path, 0, error);
	else
		view_set_load_text(set, path, text, size, report, context);
	if (file)
		fclose(file);
	else if (number >= 0)
		close(number);
	free(text);
}

static int is_lua(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return entry->d_name[0] != '.' && length > 4 && !strcmp(entry->d_name + length - 4, ".lua");
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

int view_set_load_directory(struct view_set *set, const char *path, view_report *report, void *context)
{
	struct dirent **entries;
	int count = scandir(path, &entries, is_lua, by_name);

	if (count < 0)
		return -errno;
	for (int i = 0; i < count; i++) {
		char *name = NULL;

		if (asprintf(&name, "%s/%s", path, entries[i]->d_name) >= 0) {
			load_file(set, name, report, context);
			free(name);
		}
		free(entries[i]);
	}
	free(entries);
	return 0;
}

/* ---- life ---- */

struct view_set *view_set_new(bool containers)
{
	struct view_set *set = calloc(1, sizeof(*set));

	if (!set)
		return NULL;
	set->containers = containers;
	for (const struct view_builtin *view = view_builtins; view->name; view++)
		if (view_set_load_text(set, view->name, view->text, strlen(view->text), NULL, NULL) != VIEW_LOADED) {
			view_set_free(set);
			return NULL;
		}
	return set;
}

void view_set_free(struct view_set *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->count; i++)
		view_entry_free(set->entries[i]);
	free(set->entries);
	free(set);
}

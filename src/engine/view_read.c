/* Turns the table view_info of a view file into a view. Whatever is wrong ends the reading, as an error of Lua. */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <luajit-2.1/lauxlib.h>

#include "field_classes.h"
#include "filter.h"
#include "view_private.h"

#define ID_MAX 64
#define WIDTH_MAX 10000
#define ITEMS_MAX 1000
#define COLUMNS_MAX 48

/* Where in view_info the reading is: the table on top of the stack is one of a list, or view_info itself. */
struct reader {
	struct view_file *file;
	lua_State *lua;
	const char *list;      /* "columns", "actions"; NULL: in view_info */
	int index;             /* from 1 */
};

static _Noreturn void stop(struct reader *reader, enum view_result result, const char *key, const char *format, va_list args)
{
	struct view_file *file = reader->file;
	char place[160] = "";

	if (reader->list && key)
		snprintf(place, sizeof(place), "%s[%d].%s: ", reader->list, reader->index, key);
	else if (reader->list)
		snprintf(place, sizeof(place), "%s[%d]: ", reader->list, reader->index);
	else if (key)
		snprintf(place, sizeof(place), "%s: ", key);
	snprintf(file->error, sizeof(file->error), "%s", place);
	vsnprintf(file->error + strlen(place), sizeof(file->error) - strlen(place), format, args);
	file->result = result;
	file->line = view_line_of(file->text, file->size, reader->list, reader->index, key);
	lua_pushnil(reader->lua);
	lua_error(reader->lua);
	abort(); /* lua_error never returns, which its declaration does not say */
}

static _Noreturn void broken(struct reader *reader, const char *key, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static _Noreturn void broken(struct reader *reader, const char *key, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	stop(reader, VIEW_BROKEN, key, format, args);
}

static _Noreturn void skipped(struct reader *reader, const char *key, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static _Noreturn void skipped(struct reader *reader, const char *key, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	stop(reader, VIEW_SKIPPED, key, format, args);
}

static void *keep(struct reader *reader, size_t size)
{
	struct view_memory *memory = calloc(1, sizeof(*memory) + size);

	if (!memory)
		broken(reader, NULL, "out of memory");
	memory->next = reader->file->entry->memory;
	reader->file->entry->memory = memory;
	return memory->bytes;
}

/* ---- values ---- */

/* The text on top of the stack, kept; it is for one line. */
static const char *keep_text(struct reader *reader, const char *key)
{
	size_t size;
	const char *text;
	char *copy;

	if (lua_type(reader->lua, -1) != LUA_TSTRING)
		broken(reader, key, "must be a text");
	text = lua_tolstring(reader->lua, -1, &size);
	if (memchr(text, '\0', size))
		broken(reader, key, "has a zero byte");
	copy = keep(reader, size + 1);
	for (size_t i = 0; i < size; i++)
		copy[i] = (unsigned char)text[i] < ' ' || text[i] == 127 ? ' ' : text[i];
	return copy;
}

/* NULL if it is not there. */
static const char *read_text(struct reader *reader, const char *key)
{
	const char *text = NULL;

	lua_getfield(reader->lua, -1, key);
	if (!lua_isnil(reader->lua, -1))
		text = keep_text(reader, key);
	lua_pop(reader->lua, 1);
	return text;
}

static const char *need_text(struct reader *reader, const char *key)
{
	const char *text = read_text(reader, key);

	if (!text)
		broken(reader, key, "is missing");
	return text;
}

static bool read_bool(struct reader *reader, const char *key, bool otherwise)
{
	lua_getfield(reader->lua, -1, key);
	if (!lua_isnil(reader->lua, -1)) {
		if (!lua_isboolean(reader->lua, -1))
			broken(reader, key, "must be true or false");
		otherwise = lua_toboolean(reader->lua, -1);
	}
	lua_pop(reader->lua, 1);
	return otherwise;
}

static int read_number(struct reader *reader, const char *key, int most, int otherwise)
{
	lua_getfield(reader->lua, -1, key);
	if (!lua_isnil(reader->lua, -1)) {
		lua_Number number = lua_tonumber(reader->lua, -1);

		if (lua_type(reader->lua, -1) != LUA_TNUMBER || !(number >= 0) || number > most)
			broken(reader, key, "must be a number from 0 to %d", most);
		otherwise = (int)number;
	}
	lua_pop(reader->lua, 1);
	return otherwise;
}

static size_t count_items(struct reader *reader, const char *key, size_t most)
{
	size_t count;

	if (!lua_istable(reader->lua, -1))
		broken(reader, key, "must be a list");
	count = lua_objlen(reader->lua, -1);
	if (count > most)
		broken(reader, key, "has more than %zu entries", most);
	return count;
}

/* NULL and 0 if it is not there. */
static const char *const *read_texts(struct reader *reader, const char *key, size_t *count)
{
	const char **texts = NULL;

	*count = 0;
	lua_getfield(reader->lua, -1, key);
	if (!lua_isnil(reader->lua, -1)) {
		*count = count_items(reader, key, ITEMS_MAX);
		texts = keep(reader, (*count + 1) * sizeof(*texts));
		for (size_t i = 0; i < *count; i++) {
			lua_rawgeti(reader->lua, -1, (int)i + 1);
			texts[i] = keep_text(reader, key);
			lua_pop(reader->lua, 1);
		}
	}
	lua_pop(reader->lua, 1);
	return texts;
}

static bool has_text(const char *const *texts, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(texts[i], text))
			return true;
	return false;
}

struct word {
	const char *name;
	int value;
};

static int read_word(struct reader *reader, const char *key, const struct word *words, size_t count, int otherwise)
{
	const char *text = read_text(reader, key);

	if (!text)
		return otherwise;
	for (size_t i = 0; i < count; i++)
		if (!strcmp(words[i].name, text))
			return words[i].value;
	broken(reader, key, "'%.40s' is not known", text);
}

/* ---- fields and filters ---- */

/* Of what keeps containers in order; nothing here asks its servers. */
static bool is_of_orchestrator(const char *text)
{
	return strstr(text, "k8s.") || strstr(text, "mesos.") || strstr(text, "marathon.");
}

static bool field_is_known(struct reader *reader, const char *text, const char **reason)
{
	char *name = view_text_at_depth(text, 0);
	struct field field;
	size_t at, size;
	int length;
	bool far;

	if (!name)
		broken(reader, NULL, "out of memory");
	size = strlen(name);
	*reason = "there is no such field";
	length = field_parse(name, size, &field, reason, &at);
	free(name);
	if (length < 0)
		return false;
	far = is_of_orchestrator(field.definition->name) && field.definition->get == field_none;
	if (far)
		*reason = "the API server is not asked";
	field_fini(&field);
	return (size_t)length == size && !far;
}

static void check_filter(struct reader *reader, const char *text)
{
	struct filter_error error;
	struct filter *filter;
	bool never;
	char *whole;

	if (!text)
		return;
	whole = view_text_at_depth(text, 0);
	if (!whole)
		broken(reader, NULL, "out of memory");
	filter = filter_new(whole, &error);
	free(whole);
	if (!filter && is_of_orchestrator(text))
		skipped(reader, "filter", "%s", error.text);
	if (!filter)
		broken(reader, "filter", "column %zu: %s", error.position + 1, error.text);
	never = is_of_orchestrator(text) && !filter_may_pass(filter);
	filter_free(filter);
	if (never)
		skipped(reader, "filter", "nothing passes: the API server is not asked");
}

/* ---- parts of a view ---- */

static enum aggregation read_aggregation(struct reader *reader, const char *key, bool *given)
{
	static const struct word words[] = {
		{ "FIRST", AGGREGATE_FIRST }, { "LAST", AGGREGATE_LAST }, { "SUM", AGGREGATE_SUM },
		{ "AVG", AGGREGATE_AVG }, { "TIME_AVG", AGGREGATE_TIME_AVG }, { "MIN", AGGREGATE_MIN },
		{ "MAX", AGGREGATE_MAX }, { "P50", AGGREGATE_P50 }, { "P90", AGGREGATE_P90 },
		{ "P99", AGGREGATE_P99 }, { "P999", AGGREGATE_P999 }, { "RATE", AGGREGATE_RATE },
		{ "COUNT", AGGREGATE_COUNT }, { "DISTINCT", AGGREGATE_DISTINCT }, { "TREND", AGGREGATE_TREND },
	};
	int value = read_word(reader, key, words, sizeof(words) / sizeof(*words), -1);

	*given = value >= 0;
	return value < 0 ? AGGREGATE_FIRST : (enum aggregation)value;
}

/* One column, on top of the stack. False: the view is without it. */
static bool read_column(struct reader *reader, const struct view *view, struct view_column *column)
{
	static const struct { const char *key; unsigned flag; } flags[] = {
		{ "is_key", COLUMN_KEY }, { "is_groupby_key", COLUMN_GROUPBY }, { "is_sorting", COLUMN_SORT },
		{ "filter_in_child_only", COLUMN_LAST_LEVEL }, { "ascending", COLUMN_ASCENDING },
	};
	size_t ntags;
	const char *const *tags = read_texts(reader, "tags", &ntags);
	const char *reason;
	bool given;

	column->title = need_text(reader, "name");
	column->field = need_text(reader, "field");
	column->description = read_text(reader, "description");
	column->filter_field = read_text(reader, "filterfield");
	column->width = read_number(reader, "colsize", WIDTH_MAX, 0);
	column->aggregation = read_aggregation(reader, "aggregation", &given);
	column->groupby = read_aggregation(reader, "groupby_aggregation", &column->has_groupby);
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (read_bool(reader, flags[i].key, false))
			column->flags |= flags[i].flag;
	if (has_text(tags, ntags, "wide"))
		column->flags |= COLUMN_WIDE;
	if (has_text(tags, ntags, reader->file->containers ? "default" : "containers"))
		return false;
	if (view->kind == VIEW_SPECTROGRAM && !(column->flags & COLUMN_KEY))
		return false; /* the picture counts by its key alone */
	if (!field_is_known(reader, column->field, &reason)) {
		bool far = is_of_orchestrator(column->field);

		if (far && !(column->flags & COLUMN_HIDDEN))
			return false;
		if (far)
			skipped(reader, "field", "%s: '%.80s'", reason, column->field);
		broken(reader, "field", "%s: '%.80s'", reason, column->field);
	}
	if (column->filter_field && !field_is_known(reader, column->filter_field, &reason))
		broken(reader, "filterfield", "%s: '%.80s'", reason, column->filter_field);
	return true;
}

/* Calls read for each table of the list: it fills its place in an array of items of that size, or leaves it out. */
static void *read_list(struct reader *reader, const char *key, size_t item_size, size_t most, size_t *count,
		       bool (*read)(struct reader *reader, void *item))
{
	struct reader inner = { reader->file, reader->lua, key, 0 };
	size_t there;
	char *items = NULL;

	*count = 0;
	lua_getfield(reader->lua, -1, key);
	if (!lua_isnil(reader->lua, -1)) {
		there = count_items(reader, key, most);
		items = keep(reader, (there + 1) * item_size);
		for (size_t i = 0; i < there; i++) {
			inner.index = (int)i + 1;
			lua_rawgeti(reader->lua, -1, inner.index);
			if (!lua_istable(reader->lua, -1))
				broken(&inner, NULL, "must be a table");
			memset(items + *count * item_size, 0, item_size);
			*count += read(&inner, items + *count * item_size);
			lua_pop(reader->lua, 1);
		}
	}
	lua_pop(reader->lua, 1);
	return items;
}

static bool read_column_item(struct reader *reader, void *item)
{
	return read_column(reader, &reader->file->entry->view, item);
}

static bool read_action_item(struct reader *reader, void *item)
{
	struct view_action *action = item;

	action->hotkey = need_text(reader, "hotkey");
	action->command = need_text(reader, "command");
	action->description = read_text(reader, "description");
	action->ask_confirmation = read_bool(reader, "ask_confirmation", false);
	action->wait_finish = read_bool(reader, "wait_finish", true);
	if (strlen(action->hotkey) != 1)
		broken(reader, "hotkey", "must be one character");
	return true;
}

static void check_id(struct reader *reader, const char *id)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";

	if (!id[0] || strlen(id) > ID_MAX || id[strspn(id, letters)])
		broken(reader, "id", "must be of 1 to %d letters, digits, and '_'", ID_MAX);
}

static void read_columns(struct reader *reader, struct view *view)
{
	const struct view_column *columns;
	size_t keys = 0, groups = 0;

	columns = read_list(reader, "columns", sizeof(*columns), COLUMNS_MAX, &view->ncolumns, read_column_item);
	view->columns = columns;
	for (size_t i = 0; i < view->ncolumns; i++) {
		keys += !!(columns[i].flags & COLUMN_KEY);
		groups += !!(columns[i].flags & COLUMN_GROUPBY);
	}
	if (!view->ncolumns && view->kind != VIEW_TEXT)
		broken(reader, "columns", "there are none");
	if (keys > 1 || groups > 1)
		broken(reader, "columns", "more than one is the key");
	if (!keys && (view->kind == VIEW_TABLE || view->kind == VIEW_SPECTROGRAM || view->kind == VIEW_IN_FLIGHT))
		broken(reader, "columns", "none is the key of the rows");
}

/* What holds where a file says nothing, and what csysdig's files call otherwise. */
static void fit(struct view *view)
{
	static const char *const top[] = { "" };
	static const char quantized[] = ".quantized";
	struct view_column *key = NULL;

	for (size_t i = 0; i < view->ncolumns; i++)
		if (view->columns[i].flags & COLUMN_KEY)
			key = (struct view_column *)&view->columns[i];
	/* the spectrogram makes classes of the values itself */
	if (key && view->kind == VIEW_SPECTROGRAM) {
		size_t length = strlen(key->field), end = sizeof(quantized) - 1;

		if (length > end && !strcmp(key->field + length - end, quantized))
			((char *)key->field)[length - end] = '\0';
	}
	/* grouped by what tells one span from another, rows are spans */
	if (key && view->kind == VIEW_TABLE && !strcmp(key->field, "span.rawtime"))
		view->kind = VIEW_LIST;
	if (!view->applies_to) {
		view->applies_to = top;
		view->napplies_to = 1;
	}
	view->top_level = has_text(view->applies_to, view->napplies_to, "");
	if (!view->scope)
		view->scope = view_shows_spans(view) ? "inside" : "all";
}

/* All spans are wanted; what a machine does is looked at as top shows it. */
static bool read_sampling(struct reader *reader, const struct view *view)
{
	static const struct word words[] = { { "all", false }, { "period", true } };

	return read_word(reader, "sampling", words, sizeof(words) / sizeof(*words), !view_shows_spans(view)) &&
	       view->kind == VIEW_TABLE;
}

/* A picture of latencies is of nothing else. */
static void check_spectrogram(struct reader *reader, const struct view *view)
{
	const struct view_column *key = view_key(view);
	char *name = view_text_at_depth(key->field, 0);
	enum value_type type = VALUE_NONE;
	const char *reason;
	struct field field;
	size_t at;

	if (!name)
		broken(reader, NULL, "out of memory");
	if (field_parse(name, strlen(name), &field, &reason, &at) >= 0) {
		type = field.definition->type;
		field_fini(&field);
	}
	free(name);
	if (type != VALUE_DURATION)
		broken(reader, "columns", "'%.80s' is no duration: a spectrogram shows one, such as evt.latency", key->field);
}

void view_read(struct view_file *file, lua_State *lua)
{
	static const struct word kinds[] = {
		{ "table", VIEW_TABLE }, { "list", VIEW_LIST }, { "spectrogram", VIEW_SPECTROGRAM }, { "events", VIEW_EVENTS },
		{ "waterfall", VIEW_WATERFALL },
		{ "text", VIEW_TEXT }, { "in_flight", VIEW_IN_FLIGHT },
	};
	static const struct word texts[] = { { "events", TEXT_EVENTS }, { "echo", TEXT_ECHO } };
	struct reader reader = { .file = file, .lua = lua };
	struct view *view = &file->entry->view;

	luaL_checkstack(lua, 20, NULL);
	view->id = need_text(&reader, "id");
	check_id(&reader, view->id);
	view->name = need_text(&reader, "name");
	view->description = read_text(&reader, "description");
	if (!view->description)
		view->description = view->name;
	view->tips = read_texts(&reader, "tips", &view->ntips);
	view->tags = read_texts(&reader, "tags", &view->ntags);
	view->kind = read_word(&reader, "view_type", kinds, sizeof(kinds) / sizeof(*kinds), VIEW_TABLE);
	view->text = read_word(&reader, "text", texts, sizeof(texts) / sizeof(*texts), TEXT_EVENTS);
	view->applies_to = read_texts(&reader, "applies_to", &view->napplies_to);
	view->filter = read_text(&reader, "filter");
	check_filter(&reader, view->filter);
	view->use_defaults = read_bool(&reader, "use_defaults", false);
	view->empty = read_text(&reader, "empty");
	view->is_root = read_bool(&reader, "is_root", false);
	view->propagate_filter = read_bool(&reader, "propagate_filter", true);
	view->drilldown = read_text(&reader, "drilldown_target");
	view->drilldown_deeper = read_bool(&reader, "drilldown_increase_depth", false);
	view->spectro_type = read_text(&reader, "spectro_type");
	view->events = read_text(&reader, "events");
	view->scope = read_text(&reader, "scope");
	if (view->scope && strcmp(view->scope, "spans") && strcmp(view->scope, "inside") && strcmp(view->scope, "all"))
		broken(&reader, "scope", "must be spans, inside or all");
	file->entry->order = read_number(&reader, "order", VIEW_ORDER_LAST, VIEW_ORDER_LAST);
	read_columns(&reader, view);
	view->actions = read_list(&reader, "actions", sizeof(struct view_action), ITEMS_MAX, &view->nactions,
				  read_action_item);
	fit(view);
	if (view->kind == VIEW_SPECTROGRAM)
		check_spectrogram(&reader, view);
	view->sampled = read_sampling(&reader, view);
	/* spans have a rule of their own for what is missing */
	view->counts_partial = read_bool(&reader, "counts_partial", view->use_defaults && view_shows_spans(view));
	if (view_shows_spans(view))
		view->use_defaults = false;
}

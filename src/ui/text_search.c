/* Searching in a text view: line by line, in slices, so that a long text never holds up the keyboard. */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <ctype.h>

#include "pane.h"
#include "text_view.h"

#define LINES_A_LOOK 64    /* lines between two looks at the clock */

/* Small letters find capitals as well. */
static bool has_capital(const char *text)
{
	for (; *text; text++)
		if (*text >= 'A' && *text <= 'Z')
			return true;
	return false;
}

const char *text_search_find(const struct text_search *search, const char *text, size_t size, size_t *length)
{
	size_t wanted = strlen(search->text);
	int first = search->text[0], other;

	*length = wanted;
	if (!wanted || size < wanted)
		return NULL;
	if (has_capital(search->text))
		return memmem(text, size, search->text, wanted);
	other = toupper((unsigned char)first);
	for (size_t at = 0; at + wanted <= size; at++)
		if ((text[at] == first || text[at] == other) && !strncasecmp(text + at, search->text, wanted))
			return text + at;
	return NULL;
}

static bool line_matches(struct text_view *view, uint64_t line)
{
	size_t length;

	text_view_show(view, line);
	return view->shown_size && text_search_find(&view->search, view->shown, view->shown_size, &length);
}

/* Lines may have gone and come since the last slice: whoever is out of the range starts at its end again. */
static void keep_in_range(struct text_search *search, uint64_t first, uint64_t end)
{
	if (search->at < first)
		search->at = search->backwards ? end - 1 : first;
	if (search->at >= end)
		search->at = search->backwards ? end - 1 : first;
}

/* True if found. */
static bool run(struct text_view *view, uint64_t budget_ns)
{
	struct text_search *search = &view->search;
	uint64_t first, end = text_view_lines(view, &first), start = pane_clock();

	if (first >= end)
		search->left = 0;
	for (unsigned n = 1; search->left; n++) {
		uint64_t line;

		keep_in_range(search, first, end);
		line = search->at;
		search->left--;
		if (line_matches(view, line)) {
			text_view_go(view, line);
			return true;
		}
		search->at = search->backwards ? (line > first ? line - 1 : end - 1) : line + 1;
		if (n % LINES_A_LOOK == 0 && pane_clock() - start > budget_ns)
			return false;
	}
	search->running = false;
	search->failed = true;
	return false;
}

bool text_view_search(struct text_view *view, const char *text, bool again, bool backwards, uint64_t budget_ns)
{
	struct text_search *search = &view->search;
	uint64_t first, end = text_view_lines(view, &first);

	search->failed = search->running = false;
	search->backwards = backwards;
	if (text != search->text)
		snprintf(search->text, sizeof(search->text), "%s", text);
	if (!search->text[0] || first >= end)
		return !search->text[0];
	search->running = true;
	search->left = search->total = end - first;
	search->at = view->cursor;
	if (again && backwards)
		search->at = view->cursor > first ? view->cursor - 1 : end - 1;
	else if (again)
		search->at = view->cursor + 1;
	return run(view, budget_ns);
}

bool text_view_search_on(struct text_view *view, uint64_t budget_ns)
{
	if (view->search.running)
		run(view, budget_ns);
	return view->search.running;
}

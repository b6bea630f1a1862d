/* The views that there are: those built in, and those of view files: Lua files that set a table view_info, as
 * csysdig's do. Lua runs while a file is loaded, with nothing within its reach and little time and memory; what stays are
 * the structures of view.h. */
#ifndef ENGINE_VIEW_SET_H
#define ENGINE_VIEW_SET_H

#include "view.h"

struct view_set;

enum view_result {
	VIEW_LOADED,
	VIEW_NONE,           /* not about views at all: another kind of Lua file */
	VIEW_SKIPPED,        /* sound, but about what is not known here: clusters and their orchestrators */
	VIEW_BROKEN,
};

/* Told of every file that gave no view. text is one line, escaped, and names the file and, where known, the line. */
typedef void view_report(void *context, enum view_result result, const char *text);

/* With the views that are built in, and nothing else. containers: they show their columns about containers (-pc). NULL
 * without memory. */
struct view_set *view_set_new(bool containers);
void view_set_free(struct view_set *set);
/* One file's text; name is for messages. The view replaces one of the same id. report may be NULL. */
enum view_result view_set_load_text(struct view_set *set, const char *name, const char *text, size_t size,
				    view_report *report, void *context);
/* Every file *.lua of a directory, in the order of their names. 0, or a negative errno if it cannot be read. */
int view_set_load_directory(struct view_set *set, const char *path, view_report *report, void *context);

/* In the order of menus. Pointers are good until views are loaded or the set is freed. */
size_t view_set_count(const struct view_set *set);
const struct view *view_set_at(const struct view_set *set, size_t i);
const struct view *view_set_find(const struct view_set *set, const char *id);
/* The view that a row of this one leads to: its drill-down target or, where that is not there, the first by name that
 * applies to its key; NULL if it names none. */
const struct view *view_set_drilldown(const struct view_set *set, const struct view *view);

#endif

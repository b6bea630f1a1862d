/* How a view file becomes a view: view_lua.c runs it, view_read.c turns its table into C. */
#ifndef ENGINE_VIEW_PRIVATE_H
#define ENGINE_VIEW_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include <luajit-2.1/lua.h>

#include "view_set.h"

/* A piece of memory that goes when its view goes. */
struct view_memory {
	struct view_memory *next;
	_Alignas(max_align_t) char bytes[];
};

#define VIEW_ORDER_LAST 1000

struct view_entry {
	struct view view;
	int order;                   /* place in menus: up to VIEW_ORDER_LAST, which those have that tell none; then by name */
	struct view_memory *memory;
};

void view_entry_free(struct view_entry *entry);

/* A file that is being read. */
struct view_file {
	const char *text;
	size_t size;
	bool containers;
	struct view_entry *entry;    /* being filled */
	enum view_result result;
	int line;                    /* of the error, 0: none can be told */
	char error[400];             /* not escaped */
};

/* Runs the file and calls read with the table view_info on top of the stack, if there is one. */
void view_lua_run(struct view_file *file, void (*read)(struct view_file *file, lua_State *lua));
/* A read function for it: fills file->entry. Ends by a Lua error if something is wrong: file->result, line and error say what. */
void view_read(struct view_file *file, lua_State *lua);
/* The line in which a key of view_info is set: of the table itself, or (list not NULL) of the index'th table in the list of
 * this name, from 1; key NULL is the table in the list itself. 0 if it is not found. */
int view_line_of(const char *text, size_t size, const char *list, int index, const char *key);

#endif

/* Runs a view file. Files may come from anywhere: one sees no library but a few harmless functions, no bytecode is loaded,
 * and it ends by force after some instructions or when it has filled some memory. Functions that can work long within one
 * instruction (patterns, sorting, repetition) are missing for that reason. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <luajit-2.1/lauxlib.h>
#include <luajit-2.1/luajit.h>
#include <luajit-2.1/lualib.h>

#include "view_builtin.h"
#include "view_private.h"

#define INSTRUCTIONS 20000
#define MEMORY (4u << 20)
#define CHUNK "=view"        /* begins Lua's messages: view:12: what is wrong */
#define CHUNK_NAME "view:"

struct sandbox {
	struct view_file *file;
	void (*read)(struct view_file *file, lua_State *lua);
	size_t used;
};

static void *allocate(void *context, void *old, size_t old_size, size_t size)
{
	struct sandbox *sandbox = context;
	void *new;

	if (!old)
		old_size = 0;
	if (!size) {
		free(old);
		sandbox->used -= old_size;
		return NULL;
	}
	if (size > old_size && size - old_size > MEMORY - sandbox->used)
		return NULL;
	new = realloc(old, size);
	/* Lua counts on it that a smaller size is always had */
	if (!new)
		return size <= old_size ? old : NULL;
	sandbox->used += size - old_size;
	return new;
}

static void too_long(lua_State *lua, lua_Debug *debug)
{
	lua_getinfo(lua, "l", debug);
	lua_pushfstring(lua, CHUNK_NAME "%d: it runs for too long", debug->currentline);
	lua_error(lua);
}

/* Makes an environment of what a file may use, and leaves it on the stack. */
static void push_environment(lua_State *lua)
{
	static const char *const functions[] = { "ipairs", "next", "pairs", "tonumber", "tostring", "type" };
	static const char *const texts[] = { "byte", "char", "format", "len", "lower", "sub", "upper" };

	luaopen_base(lua);
	luaopen_string(lua);
	lua_settop(lua, 0);
	lua_newtable(lua);
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
		lua_getglobal(lua, functions[i]);
		lua_setfield(lua, -2, functions[i]);
	}
	lua_newtable(lua);
	lua_getglobal(lua, "string");
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		lua_getfield(lua, -1, texts[i]);
		lua_setfield(lua, -3, texts[i]);
	}
	lua_pop(lua, 1);
	/* ("x"):rep looks here, not into the environment */
	lua_pushliteral(lua, "");
	if (lua_getmetatable(lua, -1)) {
		lua_pushvalue(lua, -3);
		lua_setfield(lua, -2, "__index");
		lua_pop(lua, 1);
	}
	lua_pop(lua, 1);
	lua_setfield(lua, -2, "string");
}

static void fail(struct view_file *file, const char *text)
{
	file->result = VIEW_BROKEN;
	snprintf(file->error, sizeof(file->error), "%s", text);
}

/* What Lua says of the file: its line, if the message begins with one. */
static void fail_in_lua(struct view_file *file, const char *text)
{
	size_t length = strlen(CHUNK_NAME);
	char *end;

	if (!text)
		text = "an error that is no text";
	if (!strncmp(text, CHUNK_NAME, length)) {
		long line = strtol(text + length, &end, 10);

		if (*end == ':' && end[1] == ' ') {
			file->line = (int)line;
			text = end + 2;
		}
	}
	fail(file, text);
}

/* In the environment at the bottom of the stack. */
static void run_text(lua_State *lua, const char *text, size_t size, const char *name)
{
	if (luaL_loadbufferx(lua, text, size, name, "t"))
		lua_error(lua);
	lua_pushvalue(lua, 1);
	lua_setfenv(lua, -2);
	lua_sethook(lua, too_long, LUA_MASKCOUNT, INSTRUCTIONS);
	lua_call(lua, 0, 0);
	lua_sethook(lua, NULL, 0, 0);
}

/* All that may run out of memory does so in here, where that is an error like others. */
static int protected_run(lua_State *lua)
{
	struct sandbox *sandbox = lua_touserdata(lua, 1);
	struct view_file *file = sandbox->file;

	push_environment(lua);
	run_text(lua, view_common, strlen(view_common), "=common");
	run_text(lua, file->text, file->size, CHUNK);
	lua_getfield(lua, 1, "view_info");
	if (!lua_istable(lua, -1)) {
		fail(file, lua_isnil(lua, -1) ? "there is no view_info" : "view_info is no table");
		return 0;
	}
	sandbox->read(file, lua);
	return 0;
}

void view_lua_run(struct view_file *file, void (*read)(struct view_file *file, lua_State *lua))
{
	struct sandbox sandbox = { .file = file, .read = read };
	lua_State *lua = lua_newstate(allocate, &sandbox);
	int status;

	if (!lua) {
		fail(file, "Lua cannot start");
		return;
	}
	/* compiled loops would not count their instructions */
	luaJIT_setmode(lua, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
	file->result = VIEW_LOADED;
	status = lua_cpcall(lua, protected_run, &sandbox);
	if (status == LUA_ERRMEM)
		fail(file, "it takes too much memory");
	else if (status && file->result == VIEW_LOADED)
		fail_in_lua(file, lua_tostring(lua, -1));
	lua_close(lua);
}

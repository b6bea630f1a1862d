/* The texts of the files in views/, put into the program when it is built. */
#ifndef ENGINE_VIEW_BUILTIN_H
#define ENGINE_VIEW_BUILTIN_H

struct view_builtin {
	const char *name;            /* of the file */
	const char *text;
};

/* Ended by a NULL name. */
extern const struct view_builtin view_builtins[];
/* What is run before each view file: tables that several share. */
extern const char view_common[];

#endif

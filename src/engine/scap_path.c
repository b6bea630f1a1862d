#include "scap_path.h"

#include <stdbool.h>
#include <string.h>

/* Takes the last part off, with the slash that ends it, but never a slash that begins the name. */
static size_t without_last_part(const char *name, size_t n)
{
	if (n && name[n - 1] == '/')
		n--;
	while (n && name[n - 1] != '/')
		n--;
	return n || name[0] != '/' ? n : 1;
}

static bool ends_part(const char *path, size_t size, size_t i)
{
	return i == size || (i < size && path[i] == '/');
}

static bool prints(char c)
{
	return c >= 0x20 && c < 0x7f;
}

/* Dots at the end of a longer part count as if they were the part; where that is wrong it is still the name that
 * sysdig shows, and that filters written for it ask for. */
size_t scap_path_join(const char *directory, size_t directory_size, const char *path, size_t size, char *name, size_t room)
{
	size_t n = size && path[0] == '/' ? 0 : directory_size, i = 0;

	if (!room)
		return 0;
	if (n > room - 1)
		n = room - 1;
	name[0] = '\0';
	if (n)
		memcpy(name, directory, n);
	while (i < size) {
		if (path[i] == '/' && n && name[n - 1] == '/') {
			i++;
		} else if (path[i] == '.' && ends_part(path, size, i + 1)) {
			i += 2;
		} else if (path[i] == '.' && i + 1 < size && path[i + 1] == '.' && ends_part(path, size, i + 2)) {
			n = without_last_part(name, n);
			i += 3;
		} else {
			size_t count = path[i] == '.' && i + 1 < size && path[i + 1] == '.' ? 2 : 1;

			for (; count && n < room - 1; count--, i++)
				name[n++] = prints(path[i]) ? path[i] : '.';
			i += count;
		}
	}
	if (n > 1 && name[n - 1] == '/')
		n--;
	name[n] = '\0';
	return n;
}

/* Names of device nodes by file system and inode. */
#include <string.h>

#include "fd_text.h"
#include "state_private.h"
#include "string_pool.h"

static size_t place_of(uint32_t dev, uint64_t inode)
{
	return (inode * 0x9e3779b97f4a7c15ull ^ dev * 0x85ebca6bull) >> 20 & (DEVICES - 1);
}

/* Of a path by which a program opened a device. */
static bool is_node(const char *name, size_t size)
{
	return size > 5 && !memcmp(name, "/dev/", 5) && !path_is_own(name, size);
}

static bool is_deleted(const char *name, size_t size)
{
	static const char end[] = " (deleted)";
	size_t length = sizeof(end) - 1;

	return size >= length && !memcmp(name + size - length, end, length);
}

const struct string *state_device(const struct state *state, uint32_t dev, uint64_t inode)
{
	size_t i = place_of(dev, inode);

	if (!inode || state->devices[i].dev != dev || state->devices[i].inode != inode)
		return NULL;
	return state->devices[i].name;
}

void state_device_learn(struct state *state, uint32_t dev, uint64_t inode, const char *name, size_t size, bool sure)
{
	const struct string *known = state_device(state, dev, inode);
	size_t i = place_of(dev, inode);
	struct string *string;

	if (!dev || !inode || !size || name[0] != '/' || is_deleted(name, size))
		return;
	if (!sure && (known || !is_node(name, size)))
		return;
	if (known && known->size == size && !memcmp(known->text, name, size))
		return;
	string = string_get(state->pool, name, size);
	if (!string)
		return;
	string_put(state->pool, state->devices[i].name);
	state->devices[i].dev = dev;
	state->devices[i].inode = inode;
	state->devices[i].name = string;
}

void state_forget_devices(struct state *state)
{
	for (size_t i = 0; i < DEVICES; i++)
		string_put(state->pool, state->devices[i].name);
	memset(state->devices, 0, sizeof(state->devices));
}

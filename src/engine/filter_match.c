/* Matching texts: patterns, paths, any case. */
#include <string.h>

#include "filter_private.h"

/* Whether c is in the class that begins behind a '[' at *at, which moves behind its ']'. A class that is
 * never closed is no class: then *at stays. */
static bool class_has(const char *pattern, size_t size, size_t *at, unsigned char c, bool *is_class)
{
	size_t i = *at;
	bool inverse = i < size && (pattern[i] == '!' || pattern[i] == '^'), has = false;

	*is_class = false;
	i += inverse;
	for (size_t first = i; i < size && (pattern[i] != ']' || i == first);) {
		unsigned char low, high;

		if (pattern[i] == '\\' && i + 1 < size)
			i++;
		low = high = pattern[i++];
		if (i + 1 < size && pattern[i] == '-' && pattern[i + 1] != ']') {
			i++;
			if (pattern[i] == '\\' && i + 1 < size)
				i++;
			high = pattern[i++];
		}
		has = has || (c >= low && c <= high);
	}
	if (i >= size)
		return false;
	*is_class = true;
	*at = i + 1;
	return has != inverse;
}

/* Whether the one-byte element of the pattern at *at matches c; moves *at behind it. */
static bool element_matches(const char *pattern, size_t size, size_t *at, unsigned char c)
{
	unsigned char p = pattern[(*at)++];
	bool is_class, has;

	if (p == '?')
		return true;
	if (p == '[') {
		has = class_has(pattern, size, at, c, &is_class);
		return is_class ? has : c == '[';
	}
	if (p == '\\' && *at < size)
		p = pattern[(*at)++];
	return p == c;
}

/* Only the last star is ever tried again: what the ones before it took need not change. */
bool glob_matches(const char *pattern, size_t pattern_size, const char *text, size_t size)
{
	size_t p = 0, t = 0, star = SIZE_MAX, star_text = 0;

	while (t < size) {
		if (p < pattern_size && pattern[p] == '*') {
			star = ++p;
			star_text = t;
			continue;
		}
		if (p < pattern_size && element_matches(pattern, pattern_size, &p, text[t])) {
			t++;
			continue;
		}
		if (star == SIZE_MAX)
			return false;
		p = star;
		t = ++star_text;
	}
	while (p < pattern_size && pattern[p] == '*')
		p++;
	return p == pattern_size;
}

static void skip_slashes(const char *path, size_t size, size_t *at)
{
	while (*at < size && path[*at] == '/')
		++*at;
}

bool path_is_below(const char *path, size_t size, const char *base, size_t base_size)
{
	size_t p = 0, b = 0;

	for (;;) {
		skip_slashes(base, base_size, &b);
		skip_slashes(path, size, &p);
		if (b == base_size)
			return true;
		while (b < base_size && base[b] != '/') {
			if (p == size || path[p] != base[b])
				return false;
			p++;
			b++;
		}
		if (p < size && path[p] != '/')
			return false;
	}
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

bool contains_any_case(const char *text, size_t size, const char *needle, size_t needle_size)
{
	for (size_t start = 0; start + needle_size <= size; start++) {
		size_t i = 0;

		while (i < needle_size && lower(text[start + i]) == needle[i])
			i++;
		if (i == needle_size)
			return true;
	}
	return false;
}

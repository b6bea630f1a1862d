/* What is remembered of a spectrogram: how long a row is, which decades its axis has, whether percentiles are marked.
 * As text: `row=500 axis=data marks=auto`, in any order; the axis is data, all, or decades of ns such as 3-6. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spectrogram.h"

#define ROW_MIN_MS 10
#define ROW_MAX_MS 60000
#define NS_PER_MS 1000000

static const char *const mark_names[] = { [MARKS_AUTO] = "auto", [MARKS_ON] = "on", [MARKS_OFF] = "off" };

/* The text behind `name=`, and its length up to the next blank; NULL if there is none. */
static const char *word_of(const char *text, const char *name, size_t *length)
{
	size_t size = strlen(name);

	for (; text && *text; text += strcspn(text, " ")) {
		text += strspn(text, " ");
		if (!strncmp(text, name, size) && text[size] == '=') {
			*length = strcspn(text + size + 1, " ");
			return text + size + 1;
		}
	}
	return NULL;
}

static bool is_word(const char *word, size_t length, const char *text)
{
	return strlen(text) == length && !memcmp(word, text, length);
}

uint64_t spectro_text_row(const char *text)
{
	size_t length;
	const char *word = word_of(text, "row", &length);
	unsigned long ms = word && *word >= '0' && *word <= '9' ? strtoul(word, NULL, 10) : 0;

	return ms >= ROW_MIN_MS && ms <= ROW_MAX_MS ? ms * NS_PER_MS : 0;
}

static void read_axis(struct spectrogram *spectrogram, const char *word, size_t length)
{
	unsigned first, last;

	if (is_word(word, length, "data"))
		spectrogram->range = RANGE_DATA;
	else if (is_word(word, length, "all"))
		spectrogram->range = RANGE_ALL;
	else if (sscanf(word, "%2u-%2u", &first, &last) == 2 && first <= last && last < SPECTRUM_DECADES) {
		spectrogram->range = RANGE_ZOOM;
		spectrogram->zoom_first = first;
		spectrogram->zoom_last = last;
	}
}

void spectro_text_read(struct spectrogram *spectrogram, const char *text)
{
	size_t length;
	const char *word = word_of(text, "axis", &length);

	if (word)
		read_axis(spectrogram, word, length);
	word = word_of(text, "marks", &length);
	for (size_t i = 0; word && i < sizeof(mark_names) / sizeof(*mark_names); i++)
		if (is_word(word, length, mark_names[i]))
			spectrogram->marks = (enum spectro_marks)i;
}

void spectro_text(const struct spectrogram *spectrogram, char text[SPECTRO_TEXT])
{
	uint64_t period = query_get_spec(spectrogram->pane.query)->period;
	char axis[32];

	snprintf(axis, sizeof(axis), "%u-%u", spectrogram->zoom_first, spectrogram->zoom_last);
	snprintf(text, SPECTRO_TEXT, "row=%llu axis=%s marks=%s", (unsigned long long)(period / NS_PER_MS),
		 spectrogram->range == RANGE_ZOOM ? axis : spectrogram->range == RANGE_ALL ? "all" : "data",
		 mark_names[spectrogram->marks]);
}

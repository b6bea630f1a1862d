/* Spectrograms of spans whose times are known, in the real application. */
#ifndef TEST_SPECTRO_FIXTURE_H
#define TEST_SPECTRO_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "src/ui/app.h"
#include "src/ui/spectrogram.h"
#include "src/ui/terminal.h"

#define T0 1700000000000000000ull     /* 2023-11-14 22:13:20 UTC, the beginning of a row */
#define US 1000ull
#define MS (1000 * US)
#define SECOND (1000 * MS)
#define PERIOD (500 * MS)
#define SPANS_MAX 2000

struct spectro_span {
	uint64_t end, duration;
};

struct spectro_fixture {
	struct spectro_span spans[SPANS_MAX];
	unsigned count;
	struct engine *engine;
	struct app *app;
	struct terminal *terminal;
	struct cells cells;      /* what is on the screen; colors may be set */
	uint64_t now;
};

/* The screen of rows x columns with the spans that fill added (NULL none). */
struct spectro_fixture *spectro_fixture_new(int rows, int columns, void (*fill)(struct spectro_fixture *fixture));
void spectro_fixture_free(struct spectro_fixture *fixture);
void spectro_add_span(struct spectro_fixture *fixture, uint64_t end, uint64_t duration);
/* 12 s: a crowd about 1 ms that grows, some about 100 ms, one of 2 s every 2 s; nothing between 5 s and 6 s. */
void spectro_add_service(struct spectro_fixture *fixture);
/* How many of the spans ended in [from, to) and took [low, high). */
uint64_t spectro_count(const struct spectro_fixture *fixture, uint64_t from, uint64_t to, uint64_t low, uint64_t high);

struct spectrogram *spectro_pane(const struct spectro_fixture *fixture);
/* Reads what there is, and draws. */
void spectro_settle(struct spectro_fixture *fixture);
/* A script of keys (terminal_headless.h), drawing after each. */
void spectro_type(struct spectro_fixture *fixture, const char *script);
/* The mouse on a row of the data and a column of the picture. */
void spectro_mouse(struct spectro_fixture *fixture, const char *kind, size_t row, unsigned column);
bool spectro_on_screen(const struct spectro_fixture *fixture, const char *text);
void spectro_expect(const struct spectro_fixture *fixture, const char *text);
/* Checks the selection's read-out against the data, opens it, checks the list's rows, and goes back. */
void spectro_check_drill(struct spectro_fixture *fixture);

#endif

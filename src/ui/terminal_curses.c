/* The real terminal. Curses draws (it knows terminals and sends only what changed); keys are read from the tty and
 * parsed by key_parser, for curses hands out the bytes of sequences it does not know as if they had been typed. */
#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

/* term.h defines every capability's name as a macro */
#undef columns

#include "crash_guard.h"
#include "key_parser.h"
#include "terminal.h"
#include "theme.h"

#define MOUSE_ON "\033[?1000h\033[?1002h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1002l\033[?1000l"

enum { EXTRA_KEYS = 48 };

struct curses_terminal {
	struct terminal terminal;
	SCREEN *screen;
	FILE *tty;               /* opened for keys because standard input is none, or NULL */
	int in, out;
	bool mouse, ascii;
	bool plain;              /* what is shown now is to be ASCII: ascii, or the cells' own wish */
	enum theme theme;        /* that the pairs are made for */
	int colors;              /* 0: none */
	int own_fore, own_back;  /* what stands for the terminal's own colours */
	struct winsize size;
	struct termios before;
	struct key_parser parser;
	struct key_sequence extra[EXTRA_KEYS];
};

static struct curses_terminal *of(struct terminal *terminal)
{
	return (struct curses_terminal *)terminal;
}

static void send_bytes(int fd, const char *bytes)
{
	size_t size = strlen(bytes);

	while (size > 0) {
		ssize_t written = write(fd, bytes, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return;
		bytes += written;
		size -= (size_t)written;
	}
}

/* ---- drawing ---- */

static void curses_size(struct terminal *terminal, int *rows, int *columns)
{
	(void)terminal;
	getmaxyx(stdscr, *rows, *columns);
}

static attr_t curses_attributes(unsigned attributes)
{
	return (attributes & THEME_BOLD ? A_BOLD : 0) | (attributes & THEME_DIM ? A_DIM : 0) |
	       (attributes & THEME_REVERSE ? A_REVERSE : 0) | (attributes & THEME_UNDERLINE ? A_UNDERLINE : 0);
}

static void init_pairs(struct curses_terminal *curses)
{
	for (int style = 0; curses->colors && style < STYLE_HEAT + HEAT_LEVELS; style++) {
		struct look look = theme_look(curses->theme, (uint8_t)style, curses->colors);

		init_pair((short)(style + 1), look.foreground < 0 ? (short)curses->own_fore : look.foreground,
			  look.background < 0 ? (short)curses->own_back : look.background);
	}
}

static void init_colors(struct curses_terminal *curses)
{
	if (start_color() == ERR || COLORS < 8 || COLOR_PAIRS <= STYLE_HEAT + HEAT_LEVELS) {
		curses->colors = 0;
		return;
	}
	curses->colors = COLORS;
	curses->own_fore = curses->own_back = -1;
	if (use_default_colors() == ERR)
		curses->own_fore = COLOR_WHITE, curses->own_back = COLOR_BLACK;
	init_pairs(curses);
}

/* The cells may want another theme than the last time. */
static void follow_theme(struct curses_terminal *curses, const struct cells *cells)
{
	curses->plain = curses->ascii || cells->ascii;
	if (cells->theme == curses->theme || cells->theme >= THEMES)
		return;
	curses->theme = cells->theme;
	init_pairs(curses);
	clearok(curscr, TRUE);
}

static void make_cell(const struct curses_terminal *curses, uint32_t character, uint8_t style, cchar_t *result)
{
	struct look look = theme_look(curses->theme, style, curses->colors);
	wchar_t text[2] = { (wchar_t)character, 0 };

	setcchar(result, text, curses_attributes(look.attributes), curses->colors ? (short)(style + 1) : 0,
		 NULL);
}

/* One row, in runs: a wide character ends one, so that every cell is where it belongs even if the C library and our
 * table disagree about widths. */
static void show_row(const struct curses_terminal *curses, const struct cells *cells, int row, cchar_t *line)
{
	const struct cell *cell = cells->grid + (size_t)row * (size_t)cells->columns;
	int start = 0, length = 0;

	for (int column = 0; column < cells->columns; column++) {
		uint32_t character = cell[column].character;
		bool wide = column + 1 < cells->columns && !cell[column + 1].character;

		if (curses->plain)
			character = (unsigned char)(character ? theme_ascii(character) : ' ');
		else if (character && wcwidth((wchar_t)character) != 1 + wide)
			character = '?';
		if (!character) {
			/* right half: nothing to write, unless the left one was replaced above */
			if (column > 0 && wcwidth((wchar_t)cell[column - 1].character) == 2) {
				mvadd_wchnstr(row, start, line, length);
				start = column + 1;
				length = 0;
				continue;
			}
			character = ' ';
		}
		make_cell(curses, character, cell[column].style, &line[length++]);
	}
	mvadd_wchnstr(row, start, line, length);
}

static void curses_show(struct terminal *terminal, const struct cells *cells)
{
	struct curses_terminal *curses = of(terminal);
	int rows, columns;
	cchar_t *line;

	getmaxyx(stdscr, rows, columns);
	line = malloc(sizeof(*line) * ((size_t)cells->columns + 1));
	if (!line)
		return;  /* the next frame may fit */
	follow_theme(curses, cells);
	if (cells->rows < rows || cells->columns < columns)
		erase();
	for (int row = 0; row < cells->rows && row < rows; row++)
		show_row(curses, cells, row, line);
	free(line);
	if (cells->cursor_row >= 0 && cells->cursor_row < rows && cells->cursor_column < columns) {
		move(cells->cursor_row, cells->cursor_column);
		curs_set(1);
	} else {
		curs_set(0);
	}
	refresh();
}

/* ---- keys ---- */

static const struct {
	const char *capability;
	int key;
} capabilities[] = {
	{ "kcuu1", K_UP },       { "kcud1", K_DOWN },      { "kcub1", K_LEFT },      { "kcuf1", K_RIGHT },
	{ "khome", K_HOME },     { "kend", K_END },        { "kpp", K_PAGE_UP },     { "knp", K_PAGE_DOWN },
	{ "kdch1", K_DELETE },   { "kich1", K_INSERT },    { "kbs", K_BACKSPACE },   { "kcbt", K_BACKTAB },
	{ "kri", K_SHIFT_UP },   { "kind", K_SHIFT_DOWN }, { "kLFT", K_SHIFT_LEFT }, { "kRIT", K_SHIFT_RIGHT },
	{ "kent", K_ENTER },     { "kf1", K_F(1) },        { "kf2", K_F(2) },        { "kf3", K_F(3) },
	{ "kf4", K_F(4) },       { "kf5", K_F(5) },        { "kf6", K_F(6) },        { "kf7", K_F(7) },
	{ "kf8", K_F(8) },       { "kf9", K_F(9) },        { "kf10", K_F(10) },      { "kf11", K_F(11) },
	{ "kf12", K_F(12) },
};

static const char *capability(const char *name)
{
	const char *text = tigetstr(name);

	return text == (char *)-1 ? NULL : text;
}

static void init_keys(struct curses_terminal *curses)
{
	size_t count = 0;

	for (size_t i = 0; i < sizeof(capabilities) / sizeof(*capabilities) && count < EXTRA_KEYS; i++) {
		const char *bytes = capability(capabilities[i].capability);

		if (bytes && bytes[0] == '\033' && bytes[1])
			curses->extra[count++] = (struct key_sequence){ bytes, capabilities[i].key };
	}
	key_parser_init(&curses->parser, curses->extra, count);
}

static bool resized(struct curses_terminal *curses)
{
	struct winsize size;

	if (ioctl(curses->out, TIOCGWINSZ, &size) || !size.ws_row || !size.ws_col)
		return false;
	if (size.ws_row == curses->size.ws_row && size.ws_col == curses->size.ws_col)
		return false;
	curses->size = size;
	resizeterm(size.ws_row, size.ws_col);
	return true;
}

/* Control-Z. Done here rather than by a signal, so that the shell gets the terminal back without mouse
 * reports. */
static void suspend(struct curses_terminal *curses)
{
	struct sigaction stop = { .sa_handler = SIG_DFL }, before;

	if (curses->mouse)
		send_bytes(curses->out, MOUSE_OFF);
	endwin();
	sigemptyset(&stop.sa_mask);
	sigaction(SIGTSTP, &stop, &before);
	kill(0, SIGTSTP);
	sigaction(SIGTSTP, &before, NULL);
	clearok(curscr, TRUE);
	refresh();
	if (curses->mouse)
		send_bytes(curses->out, MOUSE_ON);
}

/* Keys that the terminal itself answers. */
static void own_keys(struct curses_terminal *curses, struct key_event *event)
{
	if (event->key == K_CTRL('Z')) {
		suspend(curses);
		event->key = K_RESIZE;
	} else if (event->key == K_CTRL('L')) {
		clearok(curscr, TRUE);
		event->key = K_RESIZE;
	}
}

static int curses_key(struct terminal *terminal, struct key_event *event)
{
	struct curses_terminal *curses = of(terminal);
	struct timespec clock;
	uint64_t now;

	memset(event, 0, sizeof(*event));
	if (resized(curses)) {
		event->key = K_RESIZE;
		return 1;
	}
	clock_gettime(CLOCK_MONOTONIC, &clock);
	now = (uint64_t)clock.tv_sec * 1000 + (uint64_t)clock.tv_nsec / 1000000;
	while (!key_parser_next(&curses->parser, false, now, event)) {
		bool waiting = key_parser_waiting(&curses->parser);
		struct pollfd in = { .fd = curses->in, .events = POLLIN };
		int ready = poll(&in, 1, waiting ? KEY_PARSER_WAIT : 0);
		unsigned char *room;
		ssize_t bytes;
		size_t size;

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready < 0)
			return -1;
		if (!ready && !waiting)
			return 0;
		if (!ready) {
			key_parser_next(&curses->parser, true, now, event);
			break;
		}
		room = key_parser_room(&curses->parser, &size);
		bytes = read(curses->in, room, size);
		if (bytes < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (bytes <= 0)
			return -1;
		key_parser_add(&curses->parser, (size_t)bytes);
	}
	own_keys(curses, event);
	return 1;
}

static int curses_poll_fd(struct terminal *terminal)
{
	return of(terminal)->in;
}

/* ---- beginning and end ---- */

static void curses_close(struct terminal *terminal)
{
	struct curses_terminal *curses = of(terminal);

	if (curses->mouse)
		send_bytes(curses->out, MOUSE_OFF);
	endwin();
	crash_guard_clear();
	delscreen(curses->screen);
	/* also what curses did not change or know */
	tcsetattr(curses->in, TCSADRAIN, &curses->before);
	if (curses->tty)
		fclose(curses->tty);
	free(curses);
}

static const struct terminal_operations curses_operations = {
	.size = curses_size,
	.key = curses_key,
	.show = curses_show,
	.poll_fd = curses_poll_fd,
	.close = curses_close,
};

/* Appends a capability without its padding ($<5>), which only tputs understands. */
static size_t append(char *text, size_t used, size_t size, const char *bytes)
{
	while (bytes && *bytes && used + 1 < size) {
		if (bytes[0] == '$' && bytes[1] == '<') {
			const char *end = strchr(bytes, '>');

			if (!end)
				break;
			bytes = end + 1;
			continue;
		}
		text[used++] = *bytes++;
	}
	text[used] = '\0';
	return used;
}

static void arm_guard(struct curses_terminal *curses)
{
	char text[256] = "";
	size_t used = append(text, 0, sizeof(text), curses->mouse ? MOUSE_OFF : "");

	used = append(text, used, sizeof(text), capability("sgr0"));
	used = append(text, used, sizeof(text), capability("cnorm"));
	used = append(text, used, sizeof(text), capability("rmcup"));
	crash_guard_set(curses->out, text, used, &curses->before);
}

/* Keys one by one, and none that stops, freezes or kills the program behind curses' back but Control-C. */
static void init_modes(struct curses_terminal *curses)
{
	struct termios modes;

	cbreak();
	noecho();
	nonl();
	if (!tcgetattr(curses->in, &modes)) {
		modes.c_cc[VSUSP] = modes.c_cc[VQUIT] = _POSIX_VDISABLE;
		modes.c_cc[VLNEXT] = modes.c_cc[VDISCARD] = _POSIX_VDISABLE;
		modes.c_iflag &= ~(tcflag_t)(IXON | ICRNL | INLCR | IGNCR | ISTRIP);
		tcsetattr(curses->in, TCSANOW, &modes);
	}
	def_prog_mode();
}

static const char *find_tty(struct curses_terminal *curses)
{
	if (!isatty(STDOUT_FILENO))
		return "standard output is not a terminal (--raw prints plain text)";
	curses->out = STDOUT_FILENO;
	curses->in = STDIN_FILENO;
	if (!isatty(STDIN_FILENO)) {
		curses->tty = fopen("/dev/tty", "re");
		if (!curses->tty)
			return "standard input is not a terminal and /dev/tty cannot be opened";
		curses->in = fileno(curses->tty);
	}
	return NULL;
}

static const char *open_screen(struct curses_terminal *curses)
{
	int error = 0;

	/* asked before newterm, which says less about why it fails */
	if (setupterm(NULL, curses->out, &error) == ERR)
		return error < 0 ? "no terminfo database was found (package ncurses-base)" :
				   "the terminal type in TERM is not known; try TERM=xterm-256color";
	if (!capability("cup") || !capability("clear")) {
		del_curterm(cur_term);
		return "the terminal type in TERM cannot move its cursor; try TERM=xterm-256color";
	}
	del_curterm(cur_term);
	tcgetattr(curses->in, &curses->before);
	curses->screen = newterm(NULL, stdout, curses->tty ? curses->tty : stdin);
	return curses->screen ? NULL : "the terminal could not be set up";
}

struct terminal *terminal_curses_new(const struct terminal_options *options, const char **reason)
{
	struct curses_terminal *curses = calloc(1, sizeof(*curses));
	const char *no_color = getenv("NO_COLOR");

	*reason = "out of memory";
	if (!curses)
		return NULL;
	*reason = find_tty(curses);
	if (!*reason)
		*reason = open_screen(curses);
	if (*reason) {
		if (curses->tty)
			fclose(curses->tty);
		free(curses);
		return NULL;
	}
	curses->terminal.operations = &curses_operations;
	curses->ascii = options->ascii || strcmp(nl_langinfo(CODESET), "UTF-8");
	curses->mouse = !options->no_mouse && (capability("XM") || capability("kmous"));
	init_modes(curses);
	typeahead(-1);
	if (!options->no_color && (!no_color || !*no_color))
		init_colors(curses);
	init_keys(curses);
	resized(curses);
	arm_guard(curses);
	if (curses->mouse)
		send_bytes(curses->out, MOUSE_ON);
	return &curses->terminal;
}

/* The real terminal: terminfo says what it understands, a painter what it is to be sent. Keys are read from the tty and
 * parsed by key_parser, for curses hands out the bytes of sequences it does not know as if they had been typed.
 *
 * Colours of 24 bits are written as xterm has them, which is what every terminal that takes them understands. Terminfo
 * seldom tells that: the variable COLORTERM does, which terminals set for it. Inside GNU screen it is not believed, for
 * what is inside inherits it from the terminal around, and screen would take the numbers for attributes; tmux turns the
 * colours into those that it has. */
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

/* term.h defines every capability's name as a macro */
#undef columns
#undef lines

#include "clipboard.h"
#include "crash_guard.h"
#include "key_parser.h"
#include "painter.h"
#include "terminal.h"
#include "theme.h"

#define MOUSE_ON "\033[?1000h\033[?1002h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1002l\033[?1000l"

enum { EXTRA_KEYS = 48, PALETTE = 256, DEFAULT_ROWS = 24, DEFAULT_COLUMNS = 80 };

/* A capability without its padding. */
struct sequence {
	char text[64];
};

struct curses_terminal {
	struct terminal terminal;
	FILE *tty;               /* opened for keys because standard input is none, or NULL */
	int in, out;
	bool mouse, mouse_known; /* it is taken; the terminal can tell of it */
	int palette;             /* colours that terminfo knows how to choose */
	const char *move;        /* the capability, with parameters */
	struct winsize size;
	struct termios before, modes;   /* what the terminal was set to, and is while it is ours */
	struct painter *painter;
	struct sequence reset, bold, dim, reverse, underline, clear, clear_line, hide, show, begin, end;
	struct sequence colors[2][PALETTE];   /* of foreground and background */
	struct key_parser parser;
	struct key_sequence extra[EXTRA_KEYS];
};

/* What signals tell; a handler is given nothing else. */
static volatile sig_atomic_t size_changed, stop_wanted;

static struct curses_terminal *of(struct terminal *terminal)
{
	return (struct curses_terminal *)terminal;
}

static void send_bytes(int fd, const char *bytes, size_t size)
{
	while (size > 0) {
		struct pollfd room = { .fd = fd, .events = POLLOUT };
		ssize_t written = write(fd, bytes, size);

		if (written < 0 && (errno == EINTR || errno == EAGAIN)) {
			if (errno == EAGAIN && poll(&room, 1, 1000) == 0)
				return;
			continue;
		}
		if (written <= 0)
			return;
		bytes += written;
		size -= (size_t)written;
	}
}

static void send_text(int fd, const char *text)
{
	send_bytes(fd, text, strlen(text));
}

static const char *capability(const char *name)
{
	const char *text = tigetstr(name);

	return text == (char *)-1 ? NULL : text;
}

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

static void take_sequence(struct sequence *sequence, const char *bytes)
{
	append(sequence->text, 0, sizeof(sequence->text), bytes);
}

/* ---- drawing ---- */

static void curses_size(struct terminal *terminal, int *rows, int *columns)
{
	*rows = of(terminal)->size.ws_row;
	*columns = of(terminal)->size.ws_col;
}

static size_t paint_move(void *context, int row, int column, char *text, size_t size)
{
	const struct curses_terminal *curses = context;

	return append(text, 0, size, tiparm(curses->move, row, column));
}

static size_t paint_color(void *context, bool background, int color, char *text, size_t size)
{
	const struct curses_terminal *curses = context;
	int code = background ? 48 : 38;

	if (color < curses->palette)
		return append(text, 0, size, curses->colors[background][color].text);
	if (color < PALETTE)
		return (size_t)snprintf(text, size, "\033[%d;5;%dm", code, color);
	return (size_t)snprintf(text, size, "\033[%d;2;%d;%d;%dm", code, color >> 16 & 255, color >> 8 & 255, color & 255);
}

static bool takes_24_bits(void)
{
	const char *told = getenv("COLORTERM"), *term = getenv("TERM"), *tmux = getenv("TMUX");

	if (tigetflag("RGB") > 0 || tigetflag("Tc") > 0)
		return true;
	if (!told || (strcmp(told, "truecolor") && strcmp(told, "24bit")))
		return false;
	return !term || strncmp(term, "screen", 6) || (tmux && *tmux);
}

static int find_colors(const struct terminal_options *options)
{
	const char *no_color = getenv("NO_COLOR");
	int colors = tigetnum("colors");

	if (options->no_color || (no_color && *no_color))
		return 0;
	if (options->colors)
		return options->colors;
	if (colors < 8 || !capability("setaf") || !capability("setab"))
		return 0;
	return colors >= PALETTE && takes_24_bits() ? PAINTER_RGB : colors > PALETTE ? PALETTE : colors;
}

/* How terminfo chooses the colours of the palette. Entries for 24 bits (xterm-direct) have a palette of eight. */
static void init_palette(struct curses_terminal *curses)
{
	const char *fore = capability("setaf"), *back = capability("setab");
	int colors = tigetnum("colors");

	if (!fore || !back || colors < 8)
		return;
	curses->palette = colors > PALETTE ? 8 : colors;
	for (int color = 0; color < curses->palette; color++) {
		take_sequence(&curses->colors[0][color], tiparm(fore, color));
		take_sequence(&curses->colors[1][color], tiparm(back, color));
	}
}

/* ncv: bits as in sgr's parameters. */
static unsigned plain_only(void)
{
	static const struct { int bit; unsigned attribute; } bits[] = {
		{ 2, THEME_UNDERLINE }, { 4, THEME_REVERSE }, { 16, THEME_DIM }, { 32, THEME_BOLD },
	};
	int video = tigetnum("ncv");
	unsigned attributes = 0;

	for (size_t i = 0; i < sizeof(bits) / sizeof(*bits) && video > 0; i++)
		if (video & bits[i].bit)
			attributes |= bits[i].attribute;
	return attributes;
}

static void init_sequences(struct curses_terminal *curses)
{
	const struct { struct sequence *sequence; const char *name; } all[] = {
		{ &curses->bold, "bold" }, { &curses->dim, "dim" }, { &curses->reverse, "rev" },
		{ &curses->underline, "smul" }, { &curses->clear, "clear" }, { &curses->clear_line, "el" },
		{ &curses->hide, "civis" }, { &curses->show, "cnorm" }, { &curses->begin, "smcup" },
		{ &curses->end, "rmcup" },
	};
	const char *reset = capability("sgr0"), *own = capability("op");
	size_t used = append(curses->reset.text, 0, sizeof(curses->reset.text), reset);

	/* ANSI's goes back to the own colours as well */
	if (!strstr(curses->reset.text, "[m") && !strstr(curses->reset.text, "[0"))
		append(curses->reset.text, used, sizeof(curses->reset.text), own);
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		take_sequence(all[i].sequence, capability(all[i].name));
	curses->move = capability("cup");
}

static bool init_painter(struct curses_terminal *curses, const struct terminal_options *options)
{
	struct painter_terminal terminal = {
		.context = curses, .move = paint_move, .color = paint_color,
		.reset = curses->reset.text, .bold = curses->bold.text, .dim = curses->dim.text,
		.reverse = curses->reverse.text, .underline = curses->underline.text,
		.clear = curses->clear.text, .clear_line = curses->clear_line.text,
		.hide = curses->hide.text, .show = curses->show.text,
		.plain_only = plain_only(), .colors = curses->terminal.colors,
		.ascii = options->ascii || strcmp(nl_langinfo(CODESET), "UTF-8"),
		.no_own = !capability("op"),
		.last_scrolls = tigetflag("am") > 0 && tigetflag("xenl") <= 0,
	};

	/* blocks of two colours are no ASCII: few colours, and characters instead */
	if (terminal.ascii && curses->terminal.colors >= PALETTE)
		curses->terminal.colors = terminal.colors = 16;
	curses->painter = painter_new(&terminal);
	return curses->painter;
}

static void curses_show(struct terminal *terminal, const struct cells *cells)
{
	struct curses_terminal *curses = of(terminal);
	size_t size;
	const char *bytes = painter_paint(curses->painter, cells, &size);

	if (bytes)
		send_bytes(curses->out, bytes, size);
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
	bool told = size_changed;
	struct winsize size = { 0 };

	size_changed = 0;
	if (ioctl(curses->out, TIOCGWINSZ, &size) || !size.ws_row || !size.ws_col) {
		if (curses->size.ws_row)
			return false;
		size.ws_row = tigetnum("lines") > 0 ? (unsigned short)tigetnum("lines") : DEFAULT_ROWS;
		size.ws_col = tigetnum("cols") > 0 ? (unsigned short)tigetnum("cols") : DEFAULT_COLUMNS;
	}
	if (!told && size.ws_row == curses->size.ws_row && size.ws_col == curses->size.ws_col)
		return false;
	curses->size = size;
	/* it may have been another one in between */
	painter_forget(curses->painter);
	return true;
}

/* A terminal without a second screen keeps what it shows: what comes then begins below it. */
static void leave_below(struct curses_terminal *curses)
{
	char text[64];
	size_t size;

	if (curses->end.text[0])
		return;
	size = paint_move(curses, curses->size.ws_row - 1, 0, text, sizeof(text));
	send_bytes(curses->out, text, size);
	send_text(curses->out, curses->clear_line.text);
}

static void curses_leave(struct terminal *terminal)
{
	struct curses_terminal *curses = of(terminal);

	if (curses->mouse)
		send_text(curses->out, MOUSE_OFF);
	send_text(curses->out, curses->reset.text);
	send_text(curses->out, curses->show.text);
	leave_below(curses);
	send_text(curses->out, curses->end.text);
	/* also what we did not change or know */
	tcsetattr(curses->in, TCSADRAIN, &curses->before);
}

static void curses_enter(struct terminal *terminal)
{
	struct curses_terminal *curses = of(terminal);

	tcsetattr(curses->in, TCSADRAIN, &curses->modes);
	send_text(curses->out, curses->begin.text);
	if (curses->mouse)
		send_text(curses->out, MOUSE_ON);
	painter_forget(curses->painter);
}

/* Control-Z. Done here rather than by a signal, so that the shell gets the terminal back as it was. */
static void suspend(struct curses_terminal *curses)
{
	struct sigaction stop = { .sa_handler = SIG_DFL }, before;

	curses_leave(&curses->terminal);
	sigemptyset(&stop.sa_mask);
	sigaction(SIGTSTP, &stop, &before);
	kill(0, SIGTSTP);
	sigaction(SIGTSTP, &before, NULL);
	curses_enter(&curses->terminal);
}

/* Keys that the terminal itself answers. */
static void own_keys(struct curses_terminal *curses, struct key_event *event)
{
	if (event->key == K_CTRL('Z')) {
		suspend(curses);
		event->key = K_RESIZE;
	} else if (event->key == K_CTRL('L')) {
		painter_forget(curses->painter);
		event->key = K_RESIZE;
	}
}

static int curses_key(struct terminal *terminal, struct key_event *event)
{
	struct curses_terminal *curses = of(terminal);
	struct timespec clock;
	uint64_t now;

	memset(event, 0, sizeof(*event));
	if (stop_wanted) {
		stop_wanted = 0;
		suspend(curses);
		event->key = K_RESIZE;
		return 1;
	}
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

static void note_signal(int number)
{
	if (number == SIGWINCH)
		size_changed = 1;
	else
		stop_wanted = 1;
}

/* They end a wait, and curses_key sees what they told. */
static void watch_signals(bool watch)
{
	struct sigaction action = { .sa_handler = watch ? note_signal : SIG_DFL };

	sigemptyset(&action.sa_mask);
	sigaction(SIGWINCH, &action, NULL);
	sigaction(SIGTSTP, &action, NULL);
}

static void curses_free(struct curses_terminal *curses)
{
	painter_free(curses->painter);
	if (curses->tty)
		fclose(curses->tty);
	free(curses);
}

static void curses_close(struct terminal *terminal)
{
	curses_leave(terminal);
	watch_signals(false);
	crash_guard_clear();
	del_curterm(cur_term);
	curses_free(of(terminal));
}

static void arm_guard(struct curses_terminal *curses);

static void curses_mouse(struct terminal *terminal, int on)
{
	struct curses_terminal *curses = of(terminal);

	if (!on == !curses->mouse || !curses->mouse_known)
		return;
	curses->mouse = on;
	send_text(curses->out, on ? MOUSE_ON : MOUSE_OFF);
	arm_guard(curses);
}

static int curses_copy(struct terminal *terminal, const char *text, size_t size)
{
	const char *type = getenv("TERM");
	char sequence[CLIPBOARD_SEQUENCE];

	if (!type || !clipboard_known(type))
		return 0;
	send_bytes(of(terminal)->out, sequence, clipboard_sequence(text, size, sequence));
	return 1;
}

static const struct terminal_operations curses_operations = {
	.size = curses_size,
	.key = curses_key,
	.show = curses_show,
	.poll_fd = curses_poll_fd,
	.leave = curses_leave,
	.enter = curses_enter,
	.mouse = curses_mouse,
	.copy = curses_copy,
	.close = curses_close,
};

static void arm_guard(struct curses_terminal *curses)
{
	char text[256] = "";
	size_t used = append(text, 0, sizeof(text), curses->mouse ? MOUSE_OFF : "");

	used = append(text, used, sizeof(text), curses->reset.text);
	used = append(text, used, sizeof(text), curses->show.text);
	used = append(text, used, sizeof(text), curses->end.text);
	crash_guard_set(curses->out, text, used, &curses->before);
}

/* Keys one by one, unseen, and none that stops, freezes or kills the program behind our back but Control-C. */
static void init_modes(struct curses_terminal *curses)
{
	tcgetattr(curses->in, &curses->before);
	curses->modes = curses->before;
	curses->modes.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ECHOE | ECHOK | ECHONL);
	curses->modes.c_lflag |= ISIG;
	curses->modes.c_iflag &= ~(tcflag_t)(IXON | ICRNL | INLCR | IGNCR | ISTRIP);
	curses->modes.c_cc[VSUSP] = curses->modes.c_cc[VQUIT] = _POSIX_VDISABLE;
	curses->modes.c_cc[VLNEXT] = curses->modes.c_cc[VDISCARD] = _POSIX_VDISABLE;
	curses->modes.c_cc[VMIN] = 1;
	curses->modes.c_cc[VTIME] = 0;
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

static const char *find_terminfo(struct curses_terminal *curses)
{
	int error = 0;

	if (setupterm(NULL, curses->out, &error) == ERR)
		return error < 0 ? "no terminfo database was found (package ncurses-base)" :
				   "the terminal type in TERM is not known; try TERM=xterm-256color";
	if (!capability("cup") || !capability("clear")) {
		del_curterm(cur_term);
		return "the terminal type in TERM cannot move its cursor; try TERM=xterm-256color";
	}
	return NULL;
}

struct terminal *terminal_curses_new(const struct terminal_options *options, const char **reason)
{
	struct curses_terminal *curses = calloc(1, sizeof(*curses));

	*reason = "out of memory";
	if (!curses)
		return NULL;
	*reason = find_tty(curses);
	if (!*reason)
		*reason = find_terminfo(curses);
	if (*reason) {
		curses_free(curses);
		return NULL;
	}
	curses->terminal.operations = &curses_operations;
	curses->terminal.colors = find_colors(options);
	init_sequences(curses);
	init_palette(curses);
	if (!init_painter(curses, options)) {
		*reason = "out of memory";
		del_curterm(cur_term);
		curses_free(curses);
		return NULL;
	}
	curses->mouse_known = capability("XM") || capability("kmous");
	curses->mouse = !options->no_mouse && curses->mouse_known;
	init_keys(curses);
	init_modes(curses);
	watch_signals(true);
	resized(curses);
	arm_guard(curses);
	curses_enter(&curses->terminal);
	return &curses->terminal;
}

/* How a waterfall looks: the tree at the left, bars on a common time axis at the right, details below.
 *
 * A bar is solid where the span itself works, a line where spans below it do, and gaps between them show. In the solid
 * part columns rise from below: the share of that time that system calls took, in the colour of the kind that took
 * most. So a span of 100,000 calls is drawn as well as one of two: a cell adds up whatever lies in it. */
#include <stdlib.h>
#include <string.h>

#include "../engine/span.h"
#include "../engine/value.h"
#include "waterfall.h"

#define TREE_MIN 8
#define TREE_MAX 64
#define DURATION 9           /* columns, with a blank before */
#define DURATION_FROM 20     /* columns of a tree that has room for durations */
#define LABEL_MIN 6
#define DETAIL_FROM 6        /* rows of a pane that has a line of details, */
#define LEGEND_FROM 12       /* two of them and a legend */
#define TEXT 1024

/* What happened in the time of one cell, in ns. */
struct cell_time {
	double kinds[TRACE_KINDS];
	double covered;            /* by children */
	bool failed;
};

struct picture {
	struct waterfall *waterfall;
	struct cells *cells;
	struct waterfall_range range;
	struct box bars;
	struct cell_time *times;   /* of the columns of a row */
	double cell_ns;
};

/* ---- adding up ---- */

/* Adds the part of a stretch (ns since the root's enter) that lies in each cell to what `at` finds there. */
static void spread(struct picture *picture, struct waterfall_range part,
		   double *(*at)(struct cell_time *time, unsigned kind), unsigned kind)
{
	double from = ((double)part.from - (double)picture->range.from) / picture->cell_ns;
	double to = ((double)part.to - (double)picture->range.from) / picture->cell_ns;
	int first, last;

	if (to < 0 || from >= picture->bars.columns)
		return;
	first = from > 0 ? (int)from : 0;
	last = to < picture->bars.columns ? (int)to : picture->bars.columns - 1;
	for (int i = first; i <= last; i++) {
		double low = from > i ? from : i, high = to < i + 1 ? to : i + 1;

		/* what takes no time at all is seen, too */
		*at(&picture->times[i], kind) += high > low ? (high - low) * picture->cell_ns : 1e-9;
	}
	if (kind == TRACE_FAILED)
		picture->times[first].failed = true;
}

static double *kind_time(struct cell_time *time, unsigned kind)
{
	return &time->kinds[kind];
}

static double *covered_time(struct cell_time *time, unsigned kind)
{
	(void)kind;
	return &time->covered;
}

/* First call that returned at this time or later. */
static size_t first_call(const struct trace_node *node, uint64_t time)
{
	size_t low = 0, high = node->ncalls;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (node->calls[middle].to < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void spread_calls(struct picture *picture, const struct trace_node *node)
{
	uint64_t begin = trace_tree_node(picture->waterfall->tree, 0)->span->enter_time;
	uint64_t to = begin + picture->range.to;

	for (size_t i = first_call(node, begin + picture->range.from); i < node->ncalls; i++) {
		const struct trace_call *call = &node->calls[i];

		if (call->to > to && call->to - to > node->longest)
			break;
		if (call->from >= begin)
			spread(picture, (struct waterfall_range){ call->from - begin, call->to - begin }, kind_time, call->kind);
	}
}

static void spread_children(struct picture *picture, uint32_t i)
{
	const struct trace_tree *tree = picture->waterfall->tree;
	const struct trace_node *node = trace_tree_node(tree, i);
	uint64_t begin = trace_tree_node(tree, 0)->span->enter_time;
	struct trace_cover cover = { .child = node->first_child };

	while (trace_cover_next(tree, i, picture->waterfall->now, &cover))
		if (cover.from >= begin)
			spread(picture, (struct waterfall_range){ cover.from - begin, cover.to - begin }, covered_time, TRACE_OTHER);
}

/* ---- bars ---- */

/* The character of a cell of which the bar fills [from, to), in parts of it. Unicode has eighths from the left edge,
 * and one eighth and one half from the right edge. */
static uint32_t partial_block(double from, double to)
{
	int eighths = (int)((to - from) * 8 + 0.5);

	if (eighths >= 8)
		return 0x2588;
	if (from <= 1e-6 || (to < 1 - 1e-6 && from < 0.4))
		return (uint32_t)(0x2590 - (eighths > 0 ? eighths : 1));
	return eighths >= 6 ? 0x2588 : eighths >= 3 ? 0x2590 : 0x2595;
}

static enum trace_kind most_of(const struct cell_time *time, double *all)
{
	enum trace_kind most = TRACE_OTHER;

	*all = 0;
	for (unsigned kind = 0; kind < TRACE_KINDS; kind++) {
		*all += time->kinds[kind];
		if (time->kinds[kind] > time->kinds[most])
			most = (enum trace_kind)kind;
	}
	return time->failed ? TRACE_FAILED : most;
}

static void put_cell(struct picture *picture, int row, int column, uint32_t character, uint8_t style)
{
	cells_put(picture->cells, row, picture->bars.column + column, character, style);
}

/* One cell of a span's bar, which fills [from, to) of it. */
static void draw_span_cell(struct picture *picture, int row, int column, double from, double to)
{
	const struct cell_time *time = &picture->times[column];
	bool ascii = picture->waterfall->pane.ascii, whole = to - from > 1 - 1e-6;
	double bar = (to - from) * picture->cell_ns, calls;
	enum trace_kind kind = most_of(time, &calls);
	int height;

	if (bar > 0 && time->covered > bar / 2 && calls < bar / 2 && !time->failed) {
		put_cell(picture, row, column, ascii ? '-' : 0x2501, STYLE_BAR_CHILD);
		return;
	}
	if (ascii) {
		put_cell(picture, row, column, calls <= 0 ? '=' : time->failed ? '!' : calls * 2 >= bar ? '#' : '+',
			 calls > 0 ? (uint8_t)(STYLE_BAR_KIND + kind) : STYLE_BAR);
		return;
	}
	if (calls > 0 && whole && picture->cells->colors >= 8) {
		height = (int)(calls * 8 / bar + 0.5);
		height = height < 1 ? 1 : height > 7 ? 7 : height;
		cells_put_on(picture->cells, row, picture->bars.column + column, (uint32_t)(0x2580 + height),
			     (uint8_t)(STYLE_BAR_KIND + kind), STYLE_BAR_UNDER);
		return;
	}
	if (calls > 0 && whole) {
		put_cell(picture, row, column, calls * 2 < bar ? 0x2593 : 0x2592, (uint8_t)(STYLE_BAR_KIND + kind));
		return;
	}
	put_cell(picture, row, column, partial_block(from, to),
		 calls * 2 > bar || (calls > 0 && time->failed) ? (uint8_t)(STYLE_BAR_KIND + kind) : STYLE_BAR);
}

static void draw_call_cell(struct picture *picture, int row, int column, double from, double to, enum trace_kind kind)
{
	put_cell(picture, row, column,
		 picture->waterfall->pane.ascii ? kind == TRACE_FAILED ? '!' : '#' : partial_block(from, to),
		 (uint8_t)(STYLE_BAR_KIND + kind));
}

/* Draws the bar; returns its first and last column, first > last if it is not in view. */
static void draw_bar(struct picture *picture, int row, const struct waterfall_row *at, int *first, int *last)
{
	const struct trace_node *node = trace_tree_node(picture->waterfall->tree, at->node);
	struct waterfall_range part = waterfall_row_range(picture->waterfall, at);
	double from = ((double)part.from - (double)picture->range.from) / picture->cell_ns;
	double to = ((double)part.to - (double)picture->range.from) / picture->cell_ns;
	int columns = picture->bars.columns;

	*first = 0;
	*last = -1;
	if (to < 0 || from > columns || columns <= 0) {
		*first = from > columns ? columns : 0;
		*last = *first - 1;
		return;
	}
	*first = from > 0 ? (int)from : 0;
	if (*first >= columns)
		*first = columns - 1;
	*last = to < columns ? (int)to : columns - 1;
	/* an end at the edge of a cell is not in it */
	if (*last > *first && to - *last < 1.0 / 16)
		--*last;
	if (at->call == NO_CALL) {
		memset(picture->times, 0, (size_t)columns * sizeof(*picture->times));
		spread_calls(picture, node);
		spread_children(picture, at->node);
	}
	for (int i = *first; i <= *last; i++) {
		double low = from > i ? from - i : 0, high = to < i + 1 ? to - i : 1;

		if (at->call == NO_CALL)
			draw_span_cell(picture, row, i, low, high > low ? high : low);
		else
			draw_call_cell(picture, row, i, low, high > low ? high : low, node->calls[at->call].kind);
	}
}

/* Arguments or a descriptor's name, where there is room beside the bar. */
static void draw_label(struct picture *picture, int row, const struct waterfall_row *at, int first, int last)
{
	const struct box *bars = &picture->bars;
	int right = bars->columns - last - 2, width;
	char text[TEXT];

	waterfall_label(picture->waterfall, at, text, sizeof(text));
	if (!text[0])
		return;
	width = cells_width(text, strlen(text));
	if (right >= LABEL_MIN || (right > 0 && right >= width)) {
		if (right >= width || first - 1 < width)
			cells_text(picture->cells, row, bars->column + last + 2, right, STYLE_DIM, text, strlen(text));
		else
			cells_text(picture->cells, row, bars->column + first - 1 - width, width, STYLE_DIM, text, strlen(text));
	} else if (first - 1 >= LABEL_MIN) {
		if (width > first - 1)
			width = first - 1;
		cells_text(picture->cells, row, bars->column + first - 1 - width, width, STYLE_DIM, text, strlen(text));
	}
}

static void draw_grid(struct picture *picture)
{
	uint64_t step = waterfall_step(picture->range, picture->bars.columns);
	uint32_t line = picture->waterfall->pane.ascii ? ':' : 0x250a;

	for (uint64_t at = (picture->range.from + step - 1) / step * step; at < picture->range.to; at += step) {
		int column = (int)((double)(at - picture->range.from) / picture->cell_ns);

		for (int row = 0; row < picture->bars.rows && column < picture->bars.columns; row++)
			put_cell(picture, picture->bars.row + row, column, line, STYLE_DIM);
	}
}

/* ---- the tree ---- */

static uint32_t fold_mark(const struct waterfall *waterfall, const struct waterfall_row *row)
{
	const struct trace_node *node = trace_tree_node(waterfall->tree, row->node);
	enum waterfall_fold fold = waterfall_fold(waterfall, row->node);
	bool open = node->nchildren ? fold != FOLD_CLOSED : fold == FOLD_CALLS;

	if (row->call != NO_CALL)
		return waterfall->pane.ascii ? '.' : 0x00b7;
	if (!node->nchildren && !node->ncalls)
		return ' ';
	if (waterfall->pane.ascii)
		return open ? 'v' : '>';
	return open ? 0x25be : 0x25b8;
}

static uint8_t name_style(const struct waterfall *waterfall, const struct waterfall_row *row)
{
	const struct trace_node *node = trace_tree_node(waterfall->tree, row->node);

	if (row->call != NO_CALL)
		return node->calls[row->call].kind == TRACE_FAILED ? STYLE_ERROR : STYLE_DIM;
	if (node->span->flags & (SPAN_UNFINISHED | SPAN_GIVEN_UP))
		return STYLE_WARNING;
	return node->span->flags & SPAN_CLOSED ? STYLE_NORMAL : STYLE_GOOD;
}

static void draw_name(struct waterfall *waterfall, struct cells *cells, struct box box, const struct waterfall_row *row,
		      bool selected)
{
	const struct trace_node *node = trace_tree_node(waterfall->tree, row->node);
	struct waterfall_range range = waterfall_row_range(waterfall, row);
	uint8_t style = selected ? STYLE_SELECTED : name_style(waterfall, row);
	bool timed = box.columns >= DURATION_FROM;
	int width = box.columns - 1 - (timed ? DURATION : 0), used;
	uint32_t depth = node->depth + (row->call != NO_CALL);
	int indent = depth > (uint32_t)width / 4 ? width / 4 * 2 : (int)depth * 2;
	char text[TEXT], duration[32];

	if (width < 1)
		return;
	if (selected)
		cells_fill(cells, (struct box){ box.row, box.column, 1, box.columns }, STYLE_SELECTED);
	if (indent > width - 3)
		indent = width > 3 ? width - 3 : 0;
	cells_put(cells, box.row, box.column + indent, fold_mark(waterfall, row), style);
	waterfall_name(waterfall, row, text, sizeof(text));
	used = cells_text(cells, box.row, box.column + indent + 2, width - indent - 2, style, text, strlen(text));
	if (row->call == NO_CALL && waterfall_fold(waterfall, row->node) == FOLD_CLOSED && node->nbelow)
		cells_printf(cells, box.row, box.column + indent + 3 + used, width - indent - 3 - used,
			     selected ? style : STYLE_DIM, "+%u", node->nbelow);
	if (!timed)
		return;
	duration_format(range.to - range.from, duration, sizeof(duration));
	cells_printf(cells, box.row, box.column + width, DURATION, style, "%*s", DURATION - 1, duration);
}

/* ---- around them ---- */

static void draw_legend(const struct waterfall *waterfall, struct cells *cells, struct box box)
{
	static const enum trace_kind order[] = { TRACE_FILE, TRACE_NET, TRACE_WAIT, TRACE_OTHER, TRACE_FAILED };
	bool ascii = waterfall->pane.ascii;
	int at = box.column + 1, end = box.column + box.columns;

	for (int column = 0; column < box.columns; column++)
		cells_put(cells, box.row, box.column + column, ascii ? '-' : 0x2500, STYLE_DIM);
	if (box.columns < 62)
		return;
	cells_put(cells, box.row, at, ascii ? '=' : 0x2588, STYLE_BAR);
	at += 2 + cells_printf(cells, box.row, at + 1, end - at, STYLE_DIM, " itself ");
	cells_put(cells, box.row, at, ascii ? '-' : 0x2501, STYLE_BAR_CHILD);
	at += 2 + cells_printf(cells, box.row, at + 1, end - at, STYLE_DIM, " spans below ");
	for (unsigned i = 0; i < sizeof(order) / sizeof(*order); i++) {
		cells_put(cells, box.row, at, ascii ? order[i] == TRACE_FAILED ? '!' : '#' : 0x2586,
			  (uint8_t)(STYLE_BAR_KIND + order[i]));
		at += 2 + cells_printf(cells, box.row, at + 1, end - at, STYLE_DIM, " %s ", waterfall_kind_name(order[i]));
	}
}

static void draw_details(struct waterfall *waterfall, struct cells *cells, struct box box)
{
	const struct waterfall_row *row = waterfall_selected(waterfall);
	char what[TEXT], figures[TEXT];

	if (!row || !box.rows)
		return;
	waterfall_details(waterfall, row, what, sizeof(what), figures, sizeof(figures));
	if (box.rows == 1) {
		int used = cells_text(cells, box.row, box.column, box.columns, STYLE_VALUE, figures, strlen(figures));

		cells_text(cells, box.row, box.column + used + 2, box.columns - used - 2, STYLE_LABEL, what, strlen(what));
		return;
	}
	draw_legend(waterfall, cells, (struct box){ box.row, box.column, 1, box.columns });
	cells_text(cells, box.row + 1, box.column, box.columns, STYLE_LABEL, what, strlen(what));
	cells_text(cells, box.row + 2, box.column, box.columns, STYLE_VALUE, figures, strlen(figures));
}

/* Where everything goes. */
static struct box lay_out(struct waterfall *waterfall, struct box box)
{
	struct box details = box;
	int tree = box.columns * 7 / 20;

	tree = tree < TREE_MIN ? TREE_MIN : tree > TREE_MAX ? TREE_MAX : tree;
	if (tree > box.columns)
		tree = box.columns;
	details.rows = box.rows >= LEGEND_FROM ? 3 : box.rows >= DETAIL_FROM;
	details.row = box.row + box.rows - details.rows;
	waterfall->tree_box = (struct box){ box.row + 1, box.column, box.rows - 1 - details.rows, tree };
	if (waterfall->tree_box.rows < 0)
		waterfall->tree_box.rows = 0;
	waterfall->bars_box = waterfall->tree_box;
	waterfall->bars_box.column += tree;
	/* the last column stays free, so that the end of a bar is seen to be one */
	waterfall->bars_box.columns = box.columns - tree > 2 ? box.columns - tree - 1 : 0;
	return details;
}

static void draw_title(const struct waterfall *waterfall, struct cells *cells, struct box box)
{
	const struct box *tree = &waterfall->tree_box;

	cells_fill(cells, (struct box){ box.row, box.column, 1, box.columns }, STYLE_TITLE);
	cells_text(cells, box.row, box.column + 2, tree->columns - 2, STYLE_TITLE, "SPAN", 4);
	if (tree->columns >= DURATION_FROM)
		cells_text(cells, box.row, box.column + tree->columns - DURATION, DURATION - 1, STYLE_TITLE, "DURATION", 8);
	waterfall_axis_draw(waterfall, cells,
			    (struct box){ box.row, waterfall->bars_box.column, 1, waterfall->bars_box.columns });
}

static void scroll_to_cursor(struct waterfall *waterfall)
{
	size_t height = waterfall->tree_box.rows > 0 ? (size_t)waterfall->tree_box.rows : 1;

	if (waterfall->first + height > waterfall->nrows)
		waterfall->first = waterfall->nrows > height ? waterfall->nrows - height : 0;
	if (waterfall->cursor < waterfall->first)
		waterfall->first = waterfall->cursor;
	if (waterfall->cursor >= waterfall->first + height)
		waterfall->first = waterfall->cursor + 1 - height;
}

static void draw_drag(struct picture *picture)
{
	int from = picture->waterfall->drag_from, to = picture->waterfall->drag_to;

	if (!picture->waterfall->dragging || from == to)
		return;
	if (from > to) {
		int swap = from;

		from = to;
		to = swap;
	}
	for (int row = 0; row < picture->bars.rows; row++)
		cells_style(picture->cells, picture->bars.row + row, picture->bars.column + from, to - from + 1, STYLE_MARK);
}

static void draw_rows(struct picture *picture)
{
	struct waterfall *waterfall = picture->waterfall;
	struct box tree = waterfall->tree_box;

	for (int i = 0; i < tree.rows && waterfall->first + (size_t)i < waterfall->nrows; i++) {
		const struct waterfall_row *row = &waterfall->rows[waterfall->first + (size_t)i];
		struct box line = { tree.row + i, tree.column, 1, tree.columns };
		int first, last;

		draw_name(waterfall, picture->cells, line, row, waterfall->first + (size_t)i == waterfall->cursor);
		if (!picture->times)
			continue;
		draw_bar(picture, line.row, row, &first, &last);
		draw_label(picture, line.row, row, first, last);
	}
}

static void draw_nothing(const struct waterfall *waterfall, struct cells *cells, struct box box)
{
	static const char looking[] = "looking for a trace that ended", none[] = "no trace has ended yet";
	const char *text = waterfall->pane.progress < 100 ? looking : none;

	cells_text(cells, box.row + box.rows / 2, box.column + 2, box.columns - 2, STYLE_DIM, text, strlen(text));
}

void waterfall_draw(struct pane *pane, struct cells *cells, struct box box)
{
	struct waterfall *waterfall = (struct waterfall *)pane;
	struct picture picture = { .waterfall = waterfall, .cells = cells };
	struct box details = lay_out(waterfall, box);

	if (!waterfall->tree) {
		draw_nothing(waterfall, cells, box);
		return;
	}
	waterfall_rows_refresh(waterfall);
	scroll_to_cursor(waterfall);
	draw_title(waterfall, cells, box);
	picture.range = waterfall_range(waterfall);
	picture.bars = waterfall->bars_box;
	if (picture.bars.columns > 0) {
		picture.times = calloc((size_t)picture.bars.columns, sizeof(*picture.times));
		picture.cell_ns = (double)(picture.range.to - picture.range.from) / picture.bars.columns;
		draw_grid(&picture);
	}
	draw_rows(&picture);
	draw_drag(&picture);
	free(picture.times);
	draw_details(waterfall, cells, details);
}

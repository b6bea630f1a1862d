-- The columns are what a waterfall is made of: it is drawn, not listed.
view_info = {
	id = "waterfall",
	name = "Waterfall",
	description = "One trace on a time axis: its spans as bars below each other, and the system calls inside them.",
	order = 7,
	view_type = "waterfall",
	applies_to = { "", "*" },
	scope = "inside",
	propagate_filter = false,
	columns = {
		{ name = "SPAN", field = "span.tags",
		  description = "the tree: a span stands below the one that has its tags but the last" },
		{ name = "DURATION", field = "span.duration",
		  description = "time from its enter to its exit; of a span that is open until now" },
		{ name = "BAR", field = "evt.latency",
		  description = "solid where the span itself works, a line where spans below it do; what rises in it is the time in system calls" },
	},
}

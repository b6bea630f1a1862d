-- What was read and written: the data that the events hold.
view_info = {
	id = "echo",
	name = "I/O Echo",
	description = "The data of each read and write, under a line that says who did it, to what, and how long it took.",
	tips = { "v shows the data as dotted ASCII, as printable text with its own lines, or as hex.",
	         "Live, up to 2000 bytes of each buffer are kept while this view is open, else 80, or what --snaplen says." },
	view_type = "text",
	text = "echo",
	order = 7,
	applies_to = { "", "*" },
	scope = "inside",
	filter = "evt.is_io=true",
	propagate_filter = false,
}

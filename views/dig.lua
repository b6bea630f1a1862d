-- An event a line, as sysdig prints it; live calls become their enter and their exit.
view_info = {
	id = "dig",
	name = "Dig",
	description = "Each event as a line of text, as sysdig prints it; inside a span, if one was selected.",
	tips = { "v chooses how: enter and exit, or a call in one line with its result; the time of day, since the first event, or since the event before." },
	view_type = "text",
	text = "events",
	order = 7,
	applies_to = { "", "*" },
	scope = "inside",
	propagate_filter = false,
}

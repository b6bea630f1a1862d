view_info = {
	id = "spectro_traces",
	name = "Traces Spectrogram",
	description = "How long traces took, over time: latency to the right, time down, the more the warmer.",
	order = 3,
	view_type = "spectrogram",
	applies_to = { "", "*" },
	scope = "inside",
	filter = "span.ntags=%depth+1",
	propagate_filter = false,
	drilldown_target = "spans_list",
	columns = {
		{ name = "DURATION", field = "span.duration", description = "time from enter to exit",
		  colsize = 10, is_key = true },
	},
}

-- What several views share. It is run before every view file, those of users, too: `actions = process_actions` is all that a
-- view of processes needs.

-- of views whose rows are put together from threads
cpu_column = { name = "CPU", field = "thread.cpu", description = "share of one CPU, in percent",
	colsize = 8, aggregation = "AVG", groupby_aggregation = "SUM", is_sorting = true }
file_column = { name = "FILE", field = "evt.buflen.file",
	description = "bytes of files read and written, a second", colsize = 8,
	aggregation = "TIME_AVG", groupby_aggregation = "SUM" }
net_column = { name = "NET", field = "evt.buflen.net", description = "bytes received and sent, a second",
	colsize = 8, aggregation = "TIME_AVG", groupby_aggregation = "SUM" }

process_actions = {
	{ hotkey = "k", command = "kill %proc.pid", description = "end it (SIGTERM)",
	  ask_confirmation = true, wait_finish = false },
	{ hotkey = "9", command = "kill -9 %proc.pid", description = "kill it (SIGKILL)",
	  ask_confirmation = true, wait_finish = false },
	{ hotkey = "1", command = "kill -HUP %proc.pid", description = "hang up (SIGHUP): many services read their settings again",
	  ask_confirmation = true, wait_finish = false },
	{ hotkey = "[", command = "renice -n 10 -p %proc.pid", description = "give way to others (nice 10)",
	  ask_confirmation = true, wait_finish = false },
	{ hotkey = "]", command = "renice -n 0 -p %proc.pid", description = "usual priority (nice 0)",
	  ask_confirmation = true, wait_finish = false },
	{ hotkey = "t", command = "strace -f -tt -T -p %proc.pid", description = "system calls as they happen (strace)" },
	{ hotkey = "l", command = "ltrace -f -tt -p %proc.pid", description = "library calls as they happen (ltrace)" },
	{ hotkey = "f", command = "lsof -n -P -p %proc.pid", description = "open files (lsof)" },
	{ hotkey = "m", command = "pmap -x %proc.pid", description = "memory map (pmap)" },
	{ hotkey = "i", command = "iotop -b -P -p %proc.pid", description = "input and output of disks as it happens (iotop)" },
	{ hotkey = "s", command = [[gdb -p %proc.pid --batch --quiet -ex "thread apply all bt" -ex quit]],
	  description = "stacks of all threads; stops it for a moment (gdb)" },
	{ hotkey = "g", command = "gdb -p %proc.pid", description = "debugger; stops it meanwhile (gdb)",
	  ask_confirmation = true, wait_finish = false },
	{ hotkey = "c", command = "gcore -o /tmp/core %proc.pid",
	  description = "core dump into /tmp; stops it meanwhile (gcore)", ask_confirmation = true },
}

file_actions = {
	{ hotkey = "l", command = "less -- %fd.name", description = "page through it (less)", wait_finish = false },
	{ hotkey = "a", command = "cat -- %fd.name", description = "all of it (cat)" },
	{ hotkey = "t", command = "tail -n 100 -F -- %fd.name", description = "its end as it grows (tail)" },
	{ hotkey = "i", command = "ls -ld -- %fd.name", description = "size, owner, times (ls)" },
	{ hotkey = "u", command = "lsof -n -P -- %fd.name", description = "who has it open (lsof)" },
}

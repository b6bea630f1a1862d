"""What the golden and the differential tests share: running commands on captures, and comparing what they print line
for line but for differences that are meant and explained."""
import collections
import concurrent.futures
import difflib
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "test/live"))
from live import Tap  # noqa: E402,F401

CAPTURES = os.path.join(ROOT, "test/data/captures")
EXTRA = os.path.abspath(os.environ.get("SPANTOP_EXTRA_CAPTURES", os.path.join(ROOT, "../shared/captures")))
SPANTOP = os.path.abspath(os.environ.get("SPANTOP") or os.path.join(ROOT, os.environ.get("O", ".output"), "spantop"))
ENVIRONMENT = dict(os.environ, TZ="UTC", LC_ALL="C", COLUMNS="120", SPANTOP=SPANTOP)
LIMIT = 60
SHOWN = 12  # differing lines in a report


def directory_of(name):
    """Where a capture or a golden file lies; None if it does not."""
    for directory in (CAPTURES, EXTRA):
        if os.path.exists(os.path.join(directory, name)):
            return directory
    return None


def execute(command, directory, merge=False):
    """Exit status (negative: signal), standard output and standard error."""
    try:
        done = subprocess.run(command, cwd=directory, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT if merge else subprocess.PIPE, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired:
        return None, b"", f"ran longer than {LIMIT} s".encode()
    return done.returncode, done.stdout, done.stderr or b""


def in_parallel(function, jobs):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        yield from pool.map(function, jobs)


class Difference:
    """A difference that is meant: in the tests whose name fits, a line that only sysdig prints (theirs) or only
    spantop prints (ours). None: no such line."""

    def __init__(self, where, theirs, ours, why, status=None):
        self.where, self.why = re.compile(where), why
        self.theirs, self.ours = (re.compile(text.encode(), re.S) if text is not None else None for text in (theirs, ours))
        self.status = status  # (sysdig's, spantop's)
        self.seen = False

    def explains(self, line, theirs):
        pattern = self.theirs if theirs else self.ours
        return pattern is not None and pattern.search(line) is not None


class Masked:
    """A part of lines that is meant to differ in the tests whose name fits: whatever fits the pattern, in the lines that
    begin with what is given, or in all."""

    def __init__(self, where, pattern, why, begin=None):
        self.where, self.why = re.compile(where), why
        self.pattern = re.compile(pattern.encode())
        self.begin = begin and begin.encode()
        self.seen = False

    def hide(self, theirs, ours):
        if self.begin:
            return self.hide_in_lines(theirs), self.hide_in_lines(ours)
        if [match[0] for match in self.pattern.finditer(theirs)] != [match[0] for match in self.pattern.finditer(ours)]:
            self.seen = True
        return self.pattern.sub(b"#", theirs), self.pattern.sub(b"#", ours)

    def hide_in_lines(self, output):
        lines = output.split(b"\n")
        for i, line in enumerate(lines):
            if line.startswith(self.begin) and self.pattern.search(line):
                self.seen = True
                lines[i] = self.pattern.sub(b"#", line)
        return b"\n".join(lines)


class Added(Masked):
    """A value that spantop has where sysdig has none, in the tests whose name fits; where sysdig has one it is the same.
    The pattern has two groups: what stands before the value, and the value."""

    NONE = (b"<NA>", b"null")

    def hide(self, theirs, ours):
        values = [match[2] for match in self.pattern.finditer(theirs)]
        if len(values) != sum(1 for _ in self.pattern.finditer(ours)):
            return theirs, ours
        if values != [match[2] for match in self.pattern.finditer(ours)]:
            self.seen = True
        known = iter(values)
        ours = self.pattern.sub(lambda match: match[1] + (b"#" if next(known) in self.NONE else match[2]), ours)
        return self.pattern.sub(lambda match: match[1] + (b"#" if match[2] in self.NONE else match[2]), theirs), ours


def marker_differences(where, line):
    """What is meant to differ on markers.scap; line makes the pattern of a line from those of its event number and thread."""
    def of_threads(threads, why):
        return Difference(where, line(r"\d+", threads), line(r"\d+", threads), why)

    def of_events(numbers, why):
        return Difference(where, line(numbers, r"\d+"), line(numbers, r"\d+"), why)

    invalid = ("194|202|210|230|234|242|250|258|266|394|418|430|478|510|518|526|534|714|730|746|778|802|842|1002|1006|1010|1054|1066|"
               "1078|1102|1106|1146|1154|1162")
    return [
        of_threads("5009|5010|5011", "a 0 is a number and a letter"),
        of_threads("5032|5033", "only ',' and ':' end a value"),
        of_threads("5078|5082|5083|5084|5085|5089", "the JSON form is JSON"),
        of_threads("5058|5063", "a new marker ends an incomplete one"),
        of_events("810|813|814|846|849|850", "one bad write does not make a descriptor useless"),
        of_events(invalid, "bad markers have their whole text and a reason"),
    ]


def changed_lines(theirs, ours):
    """(is sysdig's, line number, line) of each line that only one has."""
    a, b = theirs.split(b"\n"), ours.split(b"\n")
    first = 0
    while first < min(len(a), len(b)) and a[first] == b[first]:
        first += 1
    last = 0
    while last < min(len(a), len(b)) - first and a[-1 - last] == b[-1 - last]:
        last += 1
    a, b = a[first:len(a) - last], b[first:len(b) - last]
    if max(len(a), len(b)) > 3000:  # too long to align: what one has more often than the other, else what stands elsewhere
        more = collections.Counter(a), collections.Counter(b)
        more = more[0] - more[1], more[1] - more[0]
        for lines, counts, is_theirs in ((a, more[0], True), (b, more[1], False)):
            for place, line in enumerate(lines):
                if counts[line] > 0:
                    counts[line] -= 1
                    yield is_theirs, first + place + 1, line
        if not any(collections.Counter(a) - collections.Counter(b)) and not any(collections.Counter(b) - collections.Counter(a)):
            place = next(place for place in range(len(a)) if a[place] != b[place])
            yield True, first + place + 1, a[place]
            yield False, first + place + 1, b[place]
        return
    for kind, a_from, a_to, b_from, b_to in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind != "equal":
            for place in range(a_from, a_to):
                yield True, first + place + 1, a[place]
            for place in range(b_from, b_to):
                yield False, first + place + 1, b[place]


def excerpt(line, changes):
    """A long line from shortly before the place where it differs from the one that is most like it."""
    place = 0
    if len(line) > 200:
        place = max((len(os.path.commonprefix([line, other])) for _, _, other in changes if other != line), default=0)
        place = max(0, place - 60)
    return ("..." if place else "") + line[place:place + 200].decode("utf-8", "replace")


def compare(name, theirs, ours, differences):
    """(status, output) of both. What differs without being meant, as lines of a report."""
    meant = [difference for difference in differences if difference.where.search(name)]
    report, hidden = [], 0
    if theirs[0] != ours[0]:
        for difference in meant:
            if isinstance(difference, Difference) and difference.status == (theirs[0], ours[0]):
                difference.seen = True
                break
        else:
            report.append(f"exit status {ours[0]}, sysdig's is {theirs[0]}")
    their_text, our_text = theirs[1], ours[1]
    for masked in meant:
        if isinstance(masked, Masked):
            their_text, our_text = masked.hide(their_text, our_text)
    meant = [difference for difference in meant if isinstance(difference, Difference)]
    if their_text == our_text:
        return report
    changes = list(changed_lines(their_text, our_text))
    for is_theirs, number, line in changes:
        for difference in meant:
            if difference.explains(line, is_theirs):
                difference.seen = True
                break
        else:
            if len(report) < SHOWN:
                report.append(f"{'sysdig ' if is_theirs else 'spantop'} {number}: {excerpt(line, changes)}")
            else:
                hidden += 1
    if hidden:
        report.append(f"and {hidden} lines more")
    return report


def report_unused(tap, differences, what):
    """A difference that is meant but is none any more is out of date."""
    stale = [f"{difference.where.pattern}: {difference.why}" for difference in differences if not difference.seen]
    tap.result(not stale, f"each explained difference of {what} is one", *stale)

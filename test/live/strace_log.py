"""What strace -f -X verbose says, as calls with arguments cut apart: the numbers, the names that it puts behind them in
comments, texts without their quotes, members of structures by name."""
import re

COMMENT = re.compile(r"/\*(.*?)\*/")
ESCAPE = re.compile(rb"\\(?:x([0-9a-f]{2})|([0-7]{1,3})|(.))", re.S)
SIMPLE = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"v": b"\v", b"f": b"\f"}


def unquote(text):
    """A quoted text as bytes, and whether it is whole; None if it is no text."""
    match = re.fullmatch(r'@?"((?:[^"\\]|\\.)*)"(\.\.\.)?', text, re.S)
    if not match:
        return None
    data = ESCAPE.sub(lambda m: bytes([int(m[1], 16)]) if m[1] else bytes([int(m[2], 8) & 255]) if m[2] else
                      SIMPLE.get(m[3], m[3]), match[1].encode("latin-1", "replace"))
    return data, not match[2]


def split(text, separator=","):
    """Parts that no bracket or quote holds together."""
    parts, depth, start, i = [], 0, 0, 0
    while i < len(text):
        c = text[i]
        if c == '"':
            i += 1
            while i < len(text) and text[i] != '"':
                i += 2 if text[i] == "\\" else 1
        elif text.startswith("/*", i):
            i = max(i, text.find("*/", i) + 1)
        elif c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        elif c == separator and not depth:
            parts.append(text[start:i].strip())
            start = i + 1
        i += 1
    return parts + [text[start:].strip()] if text[start:].strip() or parts else []


class Value:
    """One argument, or a member of one."""

    def __init__(self, text):
        self.text = text.strip()
        self.names = {word for comment in COMMENT.findall(self.text) for word in re.findall(r"[A-Z][A-Z0-9_]{2,}", comment)}

    def number(self):
        """A sum of numbers joined by |, or NULL; else None."""
        total = 0
        for part in COMMENT.sub("", self.text).split("|"):
            part = part.strip()
            if part == "NULL":
                continue
            if re.fullmatch(r"-?\d+", part):
                total |= int(part, 8) if re.fullmatch(r"0\d+", part) else int(part)
            elif re.fullmatch(r"0x[0-9a-f]+", part):
                total |= int(part, 16)
            else:
                return None
        return total

    def members(self):
        """Of a structure, or of an array of values."""
        match = re.match(r"([{\[])(.*)([}\]])", self.text, re.S)
        if not match:
            return {}
        found = {}
        for i, part in enumerate(split(match[2])):
            name = re.match(r"([a-z_0-9]+)=", part)
            found[name[1] if name else i] = Value(part[name.end():] if name else part)
        return found

    def after(self):
        """What it was when the call returned: strace writes before => after."""
        inner = self.text.strip("[]")
        return Value(inner.split("=>")[-1]) if "=>" in inner else self


class Call:
    def __init__(self, thread, name, arguments, result, error):
        self.thread, self.name, self.result, self.error = thread, name, result, error
        self.arguments = [Value(argument) for argument in split(arguments)]
        self.rest = ""   # behind the result: what select found

    def __str__(self):
        return f"{self.thread} {self.name}({', '.join(value.text for value in self.arguments)}) = {self.error or self.result}"


LINE = re.compile(r"^(\d+)\s+(.*)$", re.S)
WHOLE = re.compile(r"^(\w+)\((.*)\)\s+= (0x[0-9a-f]+|-?\d+|\?)(?: (E[A-Z0-9_]+))?(.*)$", re.S)


def read(path):
    """The calls, in the order of their ends as far as threads tell it; of those that never ended the result is None."""
    calls, begun = [], {}
    with open(path, encoding="latin-1") as file:
        for line in file:
            match = LINE.match(line.rstrip("\n"))
            if not match or match[2].startswith(("---", "+++")):
                continue
            thread, text = int(match[1]), match[2]
            if text.endswith("<unfinished ...>"):
                begun[thread] = text[:-len("<unfinished ...>")].rstrip()
                continue
            resumed = re.match(r"<\.\.\. (?:\w+|\?\?\?) resumed>(.*)$", text, re.S)
            if resumed:
                # of a thread that was killed strace may not know any more what it was in
                if thread not in begun and "??? resumed" in text:
                    continue
                text = begun.pop(thread, "") + resumed[1]
            whole = WHOLE.match(text)
            if not whole:
                raise ValueError(f"{path}: {line}")
            result = None if whole[3] == "?" else Value(whole[3]).number()
            calls.append(Call(thread, whole[1], whole[2], result, whole[4]))
            calls[-1].rest = whole[5]
    return calls

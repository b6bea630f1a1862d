"""Spans for Python: `with span("handler.write", n=5) as result: ...; result["ret"] = 7`.

A span is two lines written to /dev/null, which costs a system call each; nothing listens unless a tracer runs.
"""
import contextlib
import os

_null = os.open("/dev/null", os.O_WRONLY | os.O_CLOEXEC)
_escapes = str.maketrans({c: "\\" + c for c in "\\:,="} | {"\n": " ", "\0": " "})


def _arguments(values):
    return ",".join(f"{name}={str(value).translate(_escapes)}" for name, value in values.items())


@contextlib.contextmanager
def span(tags, **arguments):
    """Opens the span `tags` (names joined by dots, root first) of this thread and closes it at the end of the block.
    The block may fill the dictionary it gets: these are the arguments of the span's end."""
    os.write(_null, f">:t:{tags}:{_arguments(arguments)}:".encode())
    result = {}
    try:
        yield result
    finally:
        os.write(_null, f"<:t:{tags}:{_arguments(result)}:".encode())

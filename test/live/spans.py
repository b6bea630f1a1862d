"""What programs say of the spans that they write, and what is near enough."""

TOLERANCE = 1_000_000  # ns


def near(value, shortest, longest):
    return shortest - TOLERANCE <= value <= longest + TOLERANCE


def roots(spans):
    """By root tag: the root's own spans, and the number of deeper ones."""
    result = {}
    for tags, times in spans.items():
        root = tags if tags == "py esc.aped:tag" else tags.split(".")[0]
        own, deeper = result.setdefault(root, ([], []))
        (own if tags == root else deeper).extend(times)
    return result

"""What test/live/what_exists prints: reading it, and comparing what iterators in the kernel told with what /proc did."""
import json

AF_UNIX, AF_INET, AF_INET6, AF_NETLINK = 1, 2, 10, 16


def entries(lines):
    """All tasks by thread, all descriptors by process and number."""
    found = [json.loads(line) for line in lines if line.startswith("{")]
    return ({entry["tid"]: entry for entry in found if entry["kind"] == "task"},
            {(entry["pid"], entry["fd"]): entry for entry in found if entry["kind"] == "descriptor"})


def is_same(iterated, read):
    """/proc does not tell inodes of stacked file systems, sockets of other families or without a port, the type of netlink's."""
    iterated, read = dict(iterated), dict(read)
    if not read["inode"]:
        for name in ("inode", "dev"):
            iterated.pop(name), read.pop(name)
    if "socket" not in read:
        ends = iterated.pop("socket", {})
        if ends.get("family") == AF_UNIX or ends.get("local_port") or ends.get("remote_port"):
            return False
    elif read["socket"]["family"] == AF_NETLINK and "socket" in iterated:
        iterated["socket"]["type"] = read["socket"]["type"]
    return iterated == read


def differing(iterated, read):
    names = iterated.keys() | read.keys()
    return [(iterated.get(name), read.get(name)) for name in sorted(names)
            if name not in iterated or name not in read or not is_same(iterated[name], read[name])]

"""A host for Riegel modules in Python, written from docs/abi.md alone.

It needs the package `wasmtime` from PyPI. `vectors.py` runs the shared vectors with it.
"""

import datetime
import struct

from wasmtime import Engine, Instance, Module, Store

ROLES = ["system", "user", "assistant", "tool", "document", "other"]
DIRECTIONS = ["outbound", "inbound"]


def custom_sections(module: bytes) -> dict:
    """Name -> content of all custom sections."""
    found, at = {}, 8

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = module[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(module):
        kind = module[at]
        at += 1
        end = number() + at
        if kind == 0:
            name_length = number()
            found[module[at : at + name_length].decode()] = module[at + name_length : end]
        at = end
    return found


def days(date: str) -> int:
    return (datetime.date.fromisoformat(date) - datetime.date(1970, 1, 1)).days


def frame(schema: dict, event: dict) -> bytes:
    """The event as bytes: header, slots, parts, heap."""
    slots, parts = schema["slots"], event["parts"]
    base = 24 + 8 * len(slots) + 12 * len(parts)
    heap, known = bytearray(), {}

    def text(value: str):
        raw = value.encode()
        if raw not in known:
            known[raw] = base + len(heap)
            heap.extend(raw)
        return known[raw], len(raw)

    def pair(slot, value):
        kind = slot["type"]
        if value is None:
            return 0, 0
        if kind == "bool":
            return 2 if value else 1, 0
        if kind == "int":
            return 1, value & 0xFFFFFFFF
        if kind == "date":
            return 1, days(value) & 0xFFFFFFFF
        if kind == "enum":
            return slot["variants"].index(value) + 1 if value in slot["variants"] else 0xFFFFFFFF, 0
        if kind == "set":
            at = len(heap)
            heap.extend(bytes(8 * len(value)))
            for i, item in enumerate(value):
                struct.pack_into("<II", heap, at + 8 * i, *text(item))
            return base + at, len(value)
        return text(value)

    out = struct.pack("<4sIIIiI", b"RGE1", schema["hash"], len(slots), len(parts), days(event["today"]), 0)
    for slot in slots:
        out += struct.pack("<II", *pair(slot, event["attributes"].get(slot["name"])))
    for p in parts:
        out += struct.pack("<IIBBH", p["offset"], p["length"], ROLES.index(p["role"]), DIRECTIONS.index(p["direction"]), 0)
    return out + bytes(heap)


class Host:
    def __init__(self, engine: Engine, module: Module):
        assert not module.imports, "the module has imports"
        self.store = Store(engine)
        exports = Instance(self.store, module, []).exports(self.store)
        self.memory = exports["memory"]
        self.call = lambda name, *arguments: exports[name](self.store, *arguments) & 0xFFFFFFFF
        assert self.call("abi_version") == 1

    def put(self, event: bytes, content: bytes):
        """Frame where `reserve` says, content at the next multiple of 16 behind it."""
        at = self.call("reserve", len(event), len(content))
        assert at, "no memory for this content"
        self.memory.write(self.store, event, at)
        self.memory.write(self.store, content, (at + len(event) + 15) & ~15)

    def configure(self, configuration: bytes) -> int:
        self.put(configuration, b"")
        return self.call("configure", len(configuration))

    def decide(self, event: bytes, content: bytes) -> bytes:
        self.put(event, content)
        at = self.call("decide", len(event), len(content))
        magic, length = struct.unpack("<4sI", self.memory.read(self.store, at, at + 8))
        assert at and magic == b"RGD1", "no record"
        return bytes(self.memory.read(self.store, at, at + length))

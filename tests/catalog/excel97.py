"""Writes the binary workbook of Excel 97 (xls), as little of it as a reader needs."""

import struct
from collections.abc import Iterable


def workbook(name: str, table: Iterable[Iterable[str]]) -> bytes:
    """One sheet; digits become numbers."""
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for number, row in enumerate(table):
        for column, text in enumerate(row):
            if text.isdigit():
                sheet += _record(0x0203, struct.pack("<HHHd", number, column, 0, float(text)))
            elif text:
                letters = struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")
                sheet += _record(0x0204, struct.pack("<HHH", number, column, 0) + letters)
    sheet += _record(0x000A)
    begin = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    begin += _record(0x0042, struct.pack("<H", 1200))
    title = name.encode("utf-16-le")
    at = len(begin) + 4 + 8 + len(title) + 4
    begin += _record(0x0085, struct.pack("<IBBBB", at, 0, 0, len(name), 1) + title) + _record(
        0x000A
    )
    return _compound(begin + sheet)


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _compound(stream: bytes) -> bytes:
    """An OLE container of 512-byte sectors with the one stream `Workbook`."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    assert sectors <= 126, "one sector of the allocation table"
    chain = [*range(3, sectors + 2), 0xFFFFFFFE]
    table = [0xFFFFFFFD, 0xFFFFFFFE, *chain]
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, *_NONE)
    head += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    root = _entry("Root Entry", 5, child=1, start=0xFFFFFFFE, size=0)
    book = _entry("Workbook", 2, child=0xFFFFFFFF, start=2, size=len(stream))
    listing = (root + book).ljust(512, b"\0")
    allocation = struct.pack("<128I", *[*table, *[0xFFFFFFFF] * 128][:128])
    return head + allocation + listing + stream


_NONE = (0xFFFFFFFE, 0, 0xFFFFFFFE, 0)


def _entry(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    letters = name.encode("utf-16-le") + b"\0\0"
    nobody = 0xFFFFFFFF
    return (
        letters.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(letters), kind, 1, nobody, nobody, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )

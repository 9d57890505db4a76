import hashlib

import pytest
from sqlalchemy import text

from eventlog.envelope import new_id
from servicekit import files
from servicekit.sealed import Unsealable


async def put(part, content):
    async with part.kit.engine.begin() as connection:
        return await files.put(
            connection,
            part.kit.own,
            part.kit.vault,
            file=new_id(),
            name="图纸.pdf",
            media_type="application/pdf",
            content=content,
            owner="ywtb",
        )


async def read(part, stored):
    async with part.kit.engine.connect() as connection:
        return await files.read(connection, part.kit.own, part.kit.vault, stored)


@pytest.mark.parametrize("size", [0, 1, files.CHUNK, files.CHUNK + 1, 3 * files.CHUNK + 7])
async def test_what_was_put_is_read_back(part, size):
    content = bytes(range(256)) * (size // 256 + 1)
    stored = await put(part, content[:size])
    assert stored.sha256 == hashlib.sha256(content[:size]).hexdigest()
    assert await read(part, stored) == content[:size]


async def test_the_database_holds_no_plain_bytes(part):
    await put(part, b"%PDF-1.7 secret words")
    rows = await part.rows("SELECT data FROM file_chunk")
    assert all(b"secret" not in bytes(row["data"]) for row in rows)


async def test_swapped_chunks_do_not_open(part):
    stored = await put(part, b"a" * files.CHUNK + b"b" * files.CHUNK)
    async with part.kit.engine.begin() as connection:
        await connection.execute(text("UPDATE file_chunk SET seq = seq + 10"))
        await connection.execute(text("UPDATE file_chunk SET seq = 11 - seq"))
    with pytest.raises(Unsealable):
        await read(part, stored)


@pytest.mark.parametrize(
    ("content", "name", "type_"),
    [
        (b"%PDF-1.7", "x.exe", "application/pdf"),
        (b"\xff\xd8\xff\xe0", "x", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "x", "image/png"),
        (b"PK\x03\x04", "x.OFD", "application/ofd"),
    ],
)
def test_the_bytes_say_what_a_file_is(content, name, type_):
    assert files.media_type_of(content, name) == type_


@pytest.mark.parametrize(
    ("content", "name"), [(b"MZ\x90", "x.pdf"), (b"PK\x03\x04", "x.zip"), (b"", "x.pdf")]
)
def test_other_bytes_are_refused_whatever_the_name_says(content, name):
    with pytest.raises(files.FileTypeUnknown):
        files.media_type_of(content, name)

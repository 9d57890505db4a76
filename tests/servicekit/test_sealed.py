import json

import pytest

from servicekit.sealed import Unsealable, make_keys_file, open_vault


@pytest.fixture
def keys(tmp_path):
    path = tmp_path / "keys.json"
    make_keys_file(path)
    return path


def rotated(path):
    rings = json.loads(path.read_text())
    for ring in rings.values():
        ring["keys"]["2"] = ring["keys"]["1"][::-1].replace("=", "A")[:43] + "="
        ring["current"] = "2"
    path.write_text(json.dumps(rings))
    return open_vault(path)


def test_what_was_sealed_opens_in_its_place_alone(keys):
    vault = open_vault(keys)
    text = vault.seal("personal", {"name": "王小明"}, context="filing:1")
    assert "王" not in text
    assert vault.open("personal", text, context="filing:1") == {"name": "王小明"}
    with pytest.raises(Unsealable):
        vault.open("personal", text, context="filing:2")
    with pytest.raises(Unsealable):
        vault.open("exchange", text, context="filing:1")


def test_an_altered_byte_is_noticed(keys):
    vault = open_vault(keys)
    version, box = vault.seal_bytes("files", b"x" * 50, context="f:0")
    broken = bytes([box[-1] ^ 1])
    with pytest.raises(Unsealable):
        vault.open_bytes("files", version, box[:-1] + broken, context="f:0")


def test_after_a_rotation_old_texts_open_and_new_ones_use_the_new_key(keys):
    before = open_vault(keys)
    old, old_hash = before.seal("personal", "x", context="c"), before.blind("36070219900101001X")
    after = rotated(keys)
    assert after.open("personal", old, context="c") == "x"
    assert after.seal("personal", "x", context="c").startswith("v2.")
    assert old_hash in after.blinds("36070219900101001x ")
    assert after.blind("36070219900101001X").startswith("v2:")


def test_the_keys_file_is_the_owners_alone_and_is_not_made_twice(keys):
    assert keys.stat().st_mode & 0o777 == 0o600
    before = keys.read_text()
    make_keys_file(keys)
    assert keys.read_text() == before

import json

from servicekit import logs, trace


def test_what_names_a_person_never_reaches_a_line():
    said = logs.redact(
        None,
        "info",
        {"event": "申请人 36070219900101001X 电话 13800138000", "auth": "Bearer abc.def-1"},
    )
    text = json.dumps(said, ensure_ascii=False)
    for secret in ("36070219900101001X", "13800138000", "abc.def"):
        assert secret not in text
    assert "申请人" in text


def test_case_numbers_and_credit_codes_stay_readable():
    event = "20261122000000017 91360702MA35YL000W"
    assert logs.redact(None, "info", {"event": event})["event"] == event


def test_a_trace_lasts_through_what_it_covers():
    outer = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
    with trace.bound(outer):
        assert trace.request_id() == "a" * 32
        with trace.bound("nonsense"):
            assert trace.request_id() != "a" * 32
        assert trace.current() == outer

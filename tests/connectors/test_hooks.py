"""Calls of other systems: taken apart as each vendor sends them, whatever else may come."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.faults import Fault
from connectors.hooks import Call
from connectors.source import TYPES
from connectors.sources import KINDS

HEARING = [key for key, kind in KINDS.items() if kind.hears]


def hear(kind: str, value: Any, account: str = "") -> Call:
    hook = KINDS[kind].hears
    assert hook is not None
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return hook.hear(body, account)


# As in the vendors' documentation (docs.mews.com/connector-api/events, apaleo.dev/guides/webhook,
# developers.cloudbeds.com/docs/webhooks-1), with other ids.
MEWS = {
    "EnterpriseId": "851d",
    "IntegrationId": "c8be",
    "Events": [
        {"Discriminator": "ServiceOrderUpdated", "Value": {"Id": "bfee"}},
        {"Discriminator": "CustomerAdded", "Value": {"Id": "c2f1"}},
        {"Discriminator": "CustomerUpdated", "Value": {"Id": "c2f1"}},
        {"Discriminator": "MessageAdded", "Value": {"Id": "4bfe"}},
    ],
}
APALEO = {
    "topic": "Reservation",
    "type": "created",
    "id": "ec5a",
    "accountId": "HFTF",
    "propertyId": "AADS",
    "timestamp": 1692268510605,
    "data": {"entityId": "XPGMSXGF-1"},
}
HEALTH = {
    "id": "56ec",
    "topic": "system",
    "type": "healthcheck",
    "accountId": "SDXE",
    "propertyIds": ["MUC"],
    "timestamp": 1655824163606,
}
CLOUDBEDS = {
    "version": "1.0",
    "event": "reservation/created",
    "timestamp": 1611758157.431234,
    "propertyID": 12345,
    "propertyID_str": "12345",
    "reservationID": "3730532342",
}


def test_mews_tells_of_reservations_customers_and_resources_and_nothing_tells_events_apart() -> (
    None
):
    assert hear("mews", MEWS, "851d") == Call(("reservations", "guests"))
    spaces = {**MEWS, "Events": [{"Discriminator": "ResourceUpdated", "Value": {"Id": "7c"}}]}
    assert hear("mews", spaces, "851d").types == ("spaces",)
    unheard_of = {**MEWS, "Events": [{"Discriminator": "Anything", "Value": {}}, 7, None]}
    assert hear("mews", unheard_of, "851d") == Call(())


def test_what_mews_says_of_its_integrations_is_no_news() -> None:
    created = {"Action": "IntegrationCreated", "Data": {"Enterprise": {"Id": "851d"}}}
    assert hear("mews", created, "851d") == Call(())
    assert hear("mews", {"Action": "IntegrationEnabled", "Data": {}}, "851d").types == ()


def test_apaleo_tells_each_event_once_under_an_id_of_its_own() -> None:
    assert hear("apaleo", APALEO, "MUC,AADS") == Call(("reservations", "guests"), "ec5a")
    unit = {**APALEO, "topic": "unit", "type": "changed"}
    assert hear("apaleo", unit, "AADS").types == ("spaces",)
    folio = {**APALEO, "topic": "Folio", "type": "charge-posted"}
    assert hear("apaleo", folio, "AADS").types == ()


def test_apaleo_looks_whether_we_are_there_before_it_knows_of_any_property() -> None:
    call = hear("apaleo", HEALTH, "AADS")
    assert (call.types, call.is_ours) == ((), True)


def test_cloudbeds_spells_ids_in_several_ways_and_tells_events_apart_by_their_time() -> None:
    call = hear("cloudbeds", CLOUDBEDS, "12345")
    assert call.types == ("reservations",)
    assert call.is_ours
    later = hear("cloudbeds", {**CLOUDBEDS, "timestamp": 1611758157.431235}, "12345")
    assert call.event_id != later.event_id
    assert hear("cloudbeds", CLOUDBEDS, "12345").event_id == call.event_id
    guest = {"event": "guest/created", "timestamp": 1.5, "propertyId": "12345", "guestId": "9"}
    assert hear("cloudbeds", guest, "12345").types == ("reservations", "guests")
    state = {"event": "integration/appstate_changed", "timestamp": 1.5, "propertyID": 12345}
    assert hear("cloudbeds", state, "12345").types == ()


@pytest.mark.parametrize(
    ("kind", "call", "mine"),
    [("mews", MEWS, "851d"), ("apaleo", APALEO, "AADS"), ("cloudbeds", CLOUDBEDS, "12345")],
)
def test_a_call_about_another_account_is_not_ours(kind: str, call: Any, mine: str) -> None:
    assert hear(kind, call, mine).is_ours
    for other in ("", "other", f"{mine}9", f"x{mine}"):
        assert not hear(kind, call, other).is_ours, other


def test_any_other_system_may_say_nothing_or_what_has_changed() -> None:
    assert hear("rest", b"") == hear("rest", b"{}") == Call(TYPES)
    assert hear("rest", {"id": "a-1", "types": ["guests", "x"]}) == Call(("guests",), "a-1")
    assert hear("rest", {"types": []}).types == ()


BAD = (
    b"<!DOCTYPE html><p>Sign in",
    b"[]",
    b"null",
    b'"a text"',
    b"\xff\xfe",
    b'{"EnterpriseId":',
    b'{"id":' + b"[" * 300 + b"]" * 300 + b"}",
    b'{"id": {"a": 1}, "types": "all"}',
    b"a=1&b=2",
)


@pytest.mark.parametrize("body", BAD)
@pytest.mark.parametrize("kind", HEARING)
def test_what_is_no_call_is_a_fault(kind: str, body: bytes) -> None:
    with pytest.raises(Fault) as fault:
        hear(kind, body, "a")
    assert fault.value.error == "garbled"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*MEWS, *APALEO, *CLOUDBEDS, "types", "Action", "Discriminator"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(value=JSON, kind=st.sampled_from(HEARING))
def test_whatever_comes_is_a_call_or_a_fault(value: Any, kind: str) -> None:
    try:
        call = hear(kind, value, "a")
    except Fault:
        return
    assert set(call.types) <= set(TYPES)


@pytest.mark.parametrize("kind", HEARING)
def test_a_kind_that_calls_says_of_what_and_how_to_set_it_up(kind: str) -> None:
    found = KINDS[kind]
    assert found.hears is not None
    assert found.hears.steps
    assert found.hears.types
    assert set(found.hears.types) <= set(found.types)


def test_files_never_call() -> None:
    assert KINDS["file"].hears is None

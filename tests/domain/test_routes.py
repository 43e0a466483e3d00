"""The table of routes, rule by rule with plain values, and as a whole with any values at all."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import lifecycle, routes
from domain.route_words import WORDS
from domain.routes import RULES, Facts, Names, OpenCase, Rule, Side, Thing, route

NAMES = Names("D3x", "D3x Ltd", "Harbour Hotel", "con_1")
SIDES: tuple[Side, ...] = ("property", "partner", "platform")
HOURS, DAYS = timedelta(hours=1), timedelta(days=1)
USED: dict[str, Any] = {"unused_for": HOURS}
ACTIVE: dict[str, Any] = {"kind": "integrated", "status": "active", **USED}
PENDING: dict[str, Any] = {"kind": "integrated", "status": "pending", "may_nudge": True}
CORE: dict[str, Any] = {"kind": "core", "status": "connected"}
THING = (Thing("Mews data", "/integrations/int_1"),)
AT_HOTEL, AT_PARTNER = OpenCase(1001, "cas_1", "property"), OpenCase(1001, "cas_1", "partner")
AT_PLATFORM = OpenCase(1001, "cas_1", "platform", True)

# The rule, the facts, whose turn it is, and what the hotel, the partner and operators do next:
# a verb, or a page.
CASES = [
    ("never_told", PENDING | {"told": "gave_up"}, "partner", "nudge activate contact"),
    ("never_told", PENDING | {"told": "skipped"}, "partner", "nudge activate contact"),
    (
        "overdue",
        PENDING | {"waited": 3 * HOURS, "usual": HOURS},
        "partner",
        "nudge activate contact",
    ),
    ("notifying", PENDING | {"activation": "automatic"}, "partner", "nudge activate contact"),
    ("waiting", PENDING, "partner", "nudge activate contact"),
    ("waiting", PENDING | {"may_nudge": False}, "partner", "contact activate contact"),
    ("waiting", PENDING | {"usual": HOURS, "waited": HOURS}, "partner", "nudge activate contact"),
    (
        "retired",
        {"kind": "integrated", "status": "rejected", "is_offered": False},
        "partner",
        "contact nothing contact",
    ),
    (
        "rejected",
        {"kind": "integrated", "status": "rejected"},
        "property",
        "reconnect nothing contact",
    ),
    (
        "paused_by_partner",
        {"kind": "integrated", "status": "disabled", "disabled_by": "partner"},
        "partner",
        "open enable contact",
    ),
    (
        "paused_by_hotel",
        {"kind": "integrated", "status": "disabled", "disabled_by": "property"},
        "property",
        "enable contact contact",
    ),
    (
        "ended",
        {"kind": "integrated", "status": "disconnected"},
        "property",
        "reconnect nothing contact",
    ),
    *(
        (key, kind | {things: THING}, "property", "/integrations/int_1 contact contact")
        for kind in (ACTIVE, CORE)
        for key, things in (
            ("source_broken", "broken_sources"),
            ("integration_disabled", "disabled_integrations"),
            ("transfer_paused", "paused_transfers"),
            ("integration_failing", "failing_integrations"),
            ("integration_halted", "halted_integrations"),
        )
    ),
    (
        "value_gone",
        ACTIVE | {"gone_values": 1},
        "property",
        "/subscriptions/con_1/mapping contact contact",
    ),
    (
        "value_missing",
        ACTIVE | {"lacking_values": 2},
        "property",
        "/subscriptions/con_1/mapping contact contact",
    ),
    (
        "endpoint_disabled",
        ACTIVE | {"endpoint": "disabled"},
        "partner",
        "open /hub/endpoint contact",
    ),
    (
        "endpoint_failing",
        ACTIVE | {"endpoint": "failing"},
        "partner",
        "open /hub/endpoint contact",
    ),
    ("endpoint_failing", ACTIVE | {"told": "trying"}, "partner", "open /hub/endpoint contact"),
    (
        "calls_failed",
        ACTIVE | {"calls": "failed"},
        "partner",
        "open /hub/connections/con_1 contact",
    ),
    (
        "calls_refused",
        ACTIVE | {"calls": "refused"},
        "partner",
        "open /hub/connections/con_1 contact",
    ),
    (
        "case_at_hotel",
        ACTIVE | {"case": AT_HOTEL},
        "property",
        "/support/cas_1 /hub/cases/cas_1 contact",
    ),
    (
        "case_at_partner",
        ACTIVE | {"case": AT_PARTNER},
        "partner",
        "/support/cas_1 /hub/cases/cas_1 contact",
    ),
    (
        "case_at_platform",
        ACTIVE | {"case": AT_PLATFORM},
        "platform",
        "/support/cas_1 /hub/cases/cas_1 /operations/cases/cas_1",
    ),
    (
        "token_unused",
        ACTIVE | {"unused_for": None, "lasting": 2 * DAYS},
        "partner",
        "open /hub/connections/con_1 contact",
    ),
    (
        "token_quiet",
        ACTIVE | {"unused_for": 8 * DAYS},
        "partner",
        "open /hub/connections/con_1 contact",
    ),
    ("well", ACTIVE, "nobody", "open nothing nothing"),
    ("well", ACTIVE | {"unused_for": None, "lasting": HOURS}, "nobody", "open nothing nothing"),
    (
        "unknown",
        {"kind": "integrated", "status": "disabled"},
        "partner",
        "open nothing contact",
    ),
    ("broken", CORE | {"status": "broken"}, "property", "repair contact contact"),
    (
        "core_retired",
        CORE | {"status": "disconnected", "is_offered": False},
        "platform",
        "open_core nothing nothing",
    ),
    (
        "core_ended",
        CORE | {"status": "disconnected"},
        "property",
        "reconnect nothing contact",
    ),
    ("unreachable", CORE | {"account_error": True}, "property", "check nothing contact"),
    (
        "case_at_platform",
        CORE | {"case": AT_PLATFORM},
        "platform",
        "/support/cas_1 /hub/cases/cas_1 /operations/cases/cas_1",
    ),
    ("core_well", CORE, "nobody", "open_core nothing nothing"),
    ("core_unknown", CORE | {"status": "not_connected"}, "platform", "open_core nothing nothing"),
]


@pytest.mark.parametrize(("key", "facts", "whose", "steps"), CASES)
def test_a_rule_says_whose_turn_it_is_and_what_each_side_does(
    key: str, facts: dict[str, Any], whose: str, steps: str
) -> None:
    found = [route(Facts(**facts), NAMES, side) for side in SIDES]
    assert {(each.key, each.whose) for each in found} == {(key, whose)}
    assert [each.step.verb or each.step.href for each in found] == steps.split()


def test_every_rule_is_tested_and_has_its_words() -> None:
    keys = {rule.key for rules in RULES.values() for rule in rules}
    assert keys == {case[0] for case in CASES} == set(WORDS)


def test_what_the_hotel_can_put_right_itself_comes_first() -> None:
    facts = Facts(**ACTIVE, endpoint="disabled", calls="failed", paused_transfers=THING)
    assert route(facts, NAMES).key == "transfer_paused"


def test_a_case_that_is_open_is_read_and_not_opened_twice() -> None:
    facts = Facts(**ACTIVE, endpoint="disabled", case=AT_PARTNER)
    found = route(facts, NAMES)
    assert found.key == "endpoint_disabled"
    assert (found.step.label, found.step.href) == ("Read case #1001", "/support/cas_1")


def test_only_the_hotel_reads_what_it_calls_its_things() -> None:
    facts = Facts(**ACTIVE, broken_sources=THING)
    assert "Mews data" in route(facts, NAMES).title + route(facts, NAMES).problem
    for side in ("partner", "platform"):
        assert "Mews data" not in str(route(facts, NAMES, side))  # type: ignore[arg-type]


def test_a_case_is_filled_in_with_what_adjoin_knows() -> None:
    facts = Facts(**ACTIVE, calls="failed", known=("Last request: GET, request id req-1.",))
    draft = route(facts, NAMES).draft
    assert draft.title == "Requests of D3x fail"
    assert draft.text.splitlines() == [
        "The last requests of D3x failed on the platform’s side. With the request ids, D3x Ltd can "
        "escalate a case of Harbour Hotel.",
        "",
        "What Adjoin knows:",
        "- Last request: GET, request id req-1.",
        "",
        "What we wanted to do, and what happened instead:",
    ]


def test_a_case_about_nothing_that_adjoin_can_see_asks_what_was_seen() -> None:
    draft = route(Facts(**ACTIVE), NAMES).draft
    assert draft.title == "D3x does not work as expected"
    assert draft.text == "What we wanted to do, and what happened instead:\n"


def test_names_are_never_read_as_placeholders() -> None:
    strange = Names("{hotel}", "{0}", "{", "con_1")
    assert "{hotel}" in route(Facts(**PENDING), strange).problem
    assert "{0}" in route(Facts(**PENDING), strange).title


def test_the_worst_comes_first() -> None:
    kinds = [
        route(Facts(**facts), NAMES)
        for facts in (
            ACTIVE,
            ACTIVE | {"unused_for": 9 * DAYS},
            PENDING,
            ACTIVE | {"lacking_values": 1},
            ACTIVE | {"endpoint": "disabled"},
            ACTIVE | {"gone_values": 1},
        )
    ]
    assert [each.key for each in sorted(kinds, key=routes.severity)] == [
        "value_gone",
        "endpoint_disabled",
        "value_missing",
        "waiting",
        "token_quiet",
        "well",
    ]


SPANS = st.sampled_from([timedelta(), HOURS, 30 * HOURS, 30 * DAYS])
THINGS = st.sampled_from([(), THING])
OPEN_CASES = st.sampled_from([None, AT_HOTEL, AT_PARTNER, AT_PLATFORM])


@st.composite
def any_facts(draw: st.DrawFn) -> Facts:
    """Every combination of facts that the lifecycle can bring a connection into."""
    kind = draw(st.sampled_from(["integrated", "core"]))
    known = lifecycle.states(lifecycle.of(kind)) - {"not_connected"}
    status = draw(st.sampled_from(sorted(known)))
    sides = st.sampled_from(["property", "partner"])
    return Facts(
        kind,
        status,
        activation=draw(st.sampled_from(["manual", "automatic"])) if kind == "integrated" else "",
        disabled_by=draw(sides) if status == "disabled" else None,
        is_offered=draw(st.booleans()),
        may_nudge=draw(st.booleans()),
        waited=draw(SPANS),
        usual=draw(st.none() | SPANS),
        lasting=draw(SPANS),
        told=draw(st.sampled_from(["", "delivered", "trying", "gave_up", "skipped"])),
        endpoint=draw(st.sampled_from(["", "enabled", "failing", "disabled"])),
        calls=draw(st.sampled_from(["", "ok", "refused", "failed"])),
        unused_for=draw(st.none() | SPANS),
        account_error=draw(st.booleans()),
        broken_sources=draw(THINGS),
        disabled_integrations=draw(THINGS),
        paused_transfers=draw(THINGS),
        failing_integrations=draw(THINGS),
        halted_integrations=draw(THINGS),
        gone_values=draw(st.integers(0, 1)),
        lacking_values=draw(st.integers(0, 1)),
        case=None if status == "pending" else draw(OPEN_CASES),
    )


@given(any_facts())
def test_any_facts_have_one_route_that_the_lifecycle_allows(facts: Facts) -> None:
    rules = [rule for rule in RULES[facts.kind] if rule.holds(facts)]
    for side in SIDES:
        found = route(facts, NAMES, side)
        assert (found.key, found.whose, found.tone) == _said(rules[0])
        _is_finished(found)
        _is_allowed(facts, side, found.step)


def _said(rule: Rule) -> tuple[str, str, str]:
    return rule.key, rule.whose, rule.tone


def _is_finished(found: routes.Route) -> None:
    """One sentence or two, one step, and nothing left to fill in."""
    assert found.problem.endswith(".")
    assert bool(found.step.verb) != bool(found.step.href)
    assert found.title
    assert found.step.label
    assert "{" not in f"{found.title} {found.problem} {found.step.label} {found.step.href}"


def _is_allowed(facts: Facts, side: Side, step: routes.Step) -> None:
    """The step is one that this side may take in this state."""
    table = lifecycle.of(facts.kind)
    if table.move(step.verb):
        assert step.verb in table.open_to(facts.status, side, facts.disabled_by)
    elif step.verb == "nudge":
        assert (facts.status, side, facts.may_nudge) == ("pending", "property", True)
    elif step.verb == "check":
        assert (facts.kind, facts.status, side) == ("core", "connected", "property")
    elif step.verb in routes.OPENING:
        # An integrated app's case goes to its partner, a core app's to the platform.
        assert side == "property"
        assert facts.case is None
        assert facts.status != "pending"
        assert (step.verb == "open") == (facts.kind == "integrated")
    else:
        assert step.href or step.verb in ("contact", "nothing")


@given(any_facts())
def test_nobody_connects_or_activates_from_the_platform(facts: Facts) -> None:
    step = route(facts, NAMES, "platform").step
    assert step.verb in ("", "contact", "nothing")
    assert step.href.startswith("/operations/") or not step.href

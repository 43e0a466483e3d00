"""The lifecycle tables, against the same tables written out a second time, by hand."""

import itertools

import pytest

from domain import events, history, letters, lifecycle, turns

SIDES = ("property", "viewer", "partner", "platform", "adjoin")

# What each side may do in each state. Whatever is not here, nobody may.
INTEGRATED = {
    ("not_connected", "property"): {"connect"},
    ("pending", "property"): {"withdraw"},
    ("pending", "partner"): {"activate", "reject"},
    ("pending", "adjoin"): {"activate"},
    ("active", "property"): {"disable", "disconnect"},
    ("active", "partner"): {"disable", "disconnect"},
    ("disabled", "property"): {"disconnect"},
    ("disabled", "partner"): {"disconnect"},
    ("disconnected", "property"): {"reconnect"},
    ("rejected", "property"): {"reconnect"},
}
CORE = {
    ("not_connected", "property"): {"connect"},
    ("connected", "property"): {"disconnect"},
    ("connected", "adjoin"): {"break"},
    ("broken", "property"): {"repair", "disconnect"},
    ("disconnected", "property"): {"reconnect"},
}
LEADS_TO = {
    "connect": {"pending", "connected"},
    "activate": {"active"},
    "reject": {"rejected"},
    "withdraw": {"disconnected"},
    "disable": {"disabled"},
    "enable": {"active"},
    "disconnect": {"disconnected"},
    "reconnect": {"pending", "connected"},
    "break": {"broken"},
    "repair": {"connected"},
}
TABLES = {"integrated": (lifecycle.INTEGRATED, INTEGRATED), "core": (lifecycle.CORE, CORE)}
EVERY_CASE = [
    (kind, status, side)
    for kind, (table, _) in TABLES.items()
    for status, side in itertools.product(sorted(lifecycle.states(table)), SIDES)
]
EVERY_MOVE = [
    pytest.param(kind, move, id=f"{kind}-{move.verb}")
    for kind, (table, _) in TABLES.items()
    for move in table.moves
]


@pytest.mark.parametrize(("kind", "status", "side"), EVERY_CASE)
def test_each_side_may_do_exactly_what_the_design_says(kind: str, status: str, side: str) -> None:
    table, expected = TABLES[kind]
    assert set(table.open_to(status, side)) == expected.get((status, side), set())


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("disabled_by", ["property", "partner"])
def test_only_the_side_that_disabled_may_enable(side: str, disabled_by: str) -> None:
    may_enable = "enable" in lifecycle.INTEGRATED.open_to("disabled", side, disabled_by)
    assert may_enable == (side == disabled_by)


@pytest.mark.parametrize(("kind", "move"), EVERY_MOVE)
def test_every_move_leads_where_the_design_says(kind: str, move: lifecycle.Move) -> None:
    assert move.after in LEADS_TO[move.verb]


@pytest.mark.parametrize(("kind", "move"), EVERY_MOVE)
def test_no_move_belongs_to_the_platform(kind: str, move: lifecycle.Move) -> None:
    assert "platform" not in move.sides
    assert "viewer" not in move.sides


@pytest.mark.parametrize(("kind", "move"), EVERY_MOVE)
def test_a_connection_is_only_ever_begun_by_its_property(kind: str, move: lifecycle.Move) -> None:
    if move.verb in ("connect", "reconnect"):
        assert move.sides == {"property"}


@pytest.mark.parametrize(("kind", "move"), EVERY_MOVE)
def test_no_move_stays_where_it_is(kind: str, move: lifecycle.Move) -> None:
    assert move.after not in move.before


@pytest.mark.parametrize("kind", TABLES)
def test_every_state_can_be_reached_and_left(kind: str) -> None:
    table = TABLES[kind][0]
    reached = {"not_connected"}
    for _ in table.moves:
        reached |= {move.after for move in table.moves if move.before & reached}
    assert reached == lifecycle.states(table)
    assert {state for move in table.moves for state in move.before} == reached


@pytest.mark.parametrize("kind", TABLES)
def test_no_core_app_is_ever_pending(kind: str) -> None:
    assert ("pending" in lifecycle.states(lifecycle.of(kind))) == (kind == "integrated")


@pytest.mark.parametrize(("kind", "move"), EVERY_MOVE)
def test_every_move_has_words_in_the_story(kind: str, move: lifecycle.Move) -> None:
    assert move.event in history.WORDS


@pytest.mark.parametrize("move", lifecycle.INTEGRATED.moves, ids=lambda move: move.verb)
def test_every_move_of_an_integrated_app_has_an_event_and_a_letter(move: lifecycle.Move) -> None:
    assert move.event in events.EVENTS
    assert move.event in letters._HEADLINES


@pytest.mark.parametrize(("kind", "move"), EVERY_MOVE)
def test_the_verb_is_in_the_event_in_the_past_tense(kind: str, move: lifecycle.Move) -> None:
    stems = {"connect": ("requested", "connected"), "reconnect": ("requested", "connected")}
    stems |= {"withdraw": ("disconnected",), "break": ("broken",)}
    allowed = stems.get(move.verb, (f"{move.verb.removesuffix('e')}ed",))
    assert move.event.removeprefix("connection.") in allowed


NAMES = ("Keystrand", "Harbour Hotel")  # the partner behind Akia, and the property


@pytest.mark.parametrize("activation", ["manual", "automatic"])
@pytest.mark.parametrize("disabled_by", [None, "property", "partner"])
@pytest.mark.parametrize(
    "status", sorted(lifecycle.states(lifecycle.INTEGRATED) | lifecycle.states(lifecycle.CORE))
)
def test_every_state_says_whose_turn_it_is_in_a_sentence(
    status: str, disabled_by: str | None, activation: str
) -> None:
    turn = turns.of(status, "Akia", *NAMES, activation=activation, disabled_by=disabled_by)
    assert turn.whose in ("property", "partner", "nobody")
    assert 0 < len(turn.short) <= 40
    assert turn.sentence.endswith(".")
    assert any(name in turn.sentence for name in ("Akia", *NAMES))


@pytest.mark.parametrize(
    ("status", "options", "whose"),
    [
        ("pending", {"activation": "manual"}, "partner"),
        ("pending", {"activation": "automatic"}, "partner"),
        ("active", {}, "nobody"),
        ("disabled", {"disabled_by": "property"}, "property"),
        ("disabled", {"disabled_by": "partner"}, "partner"),
        ("rejected", {}, "property"),
        ("disconnected", {}, "property"),
        ("connected", {}, "nobody"),
        ("broken", {}, "property"),
    ],
)
def test_it_is_the_turn_of_whoever_can_do_something(
    status: str, options: dict[str, str], whose: str
) -> None:
    assert turns.of(status, "Akia", *NAMES, **options).whose == whose
    if status not in ("connected", "broken"):
        for_partner = turns.for_partner(status, "Akia", "Harbour Hotel", **options)
        assert for_partner.whose == whose


def test_a_pending_request_never_asks_the_hotel_to_do_anything_but_wait() -> None:
    for activation in ("manual", "automatic"):
        turn = turns.of("pending", "Akia", *NAMES, activation=activation)
        assert "You need not do anything" in turn.sentence


def test_whoever_is_waited_for_is_the_partner_and_not_its_app() -> None:
    assert turns.of("pending", "Akia", *NAMES).short == "Waiting for Keystrand"
    assert "Keystrand’s turn" in turns.of("pending", "Akia", *NAMES).sentence
    automatic = turns.of("pending", "Akia", *NAMES, activation="automatic")
    assert automatic.short == "Notifying Keystrand"
    paused = turns.of("disabled", "Akia", *NAMES, disabled_by="property")
    assert paused.short == "Paused by Harbour Hotel"
    assert paused.sentence.startswith("Harbour Hotel has paused")


# What brings data in

OF_DATA = {
    "authorization": lifecycle.AUTHORIZATION,
    "source": lifecycle.SOURCE,
    "transfer": lifecycle.TRANSFER,
    "integration": lifecycle.INTEGRATION,
    "run": lifecycle.RUN,
}
EVERY_MOVE_OF_DATA = [
    pytest.param(noun, move, id=f"{noun}-{move.verb}")
    for noun, table in OF_DATA.items()
    for move in table.moves
]


@pytest.mark.parametrize(("noun", "move"), EVERY_MOVE_OF_DATA)
def test_every_move_of_data_leads_on_and_has_words(noun: str, move: lifecycle.Move) -> None:
    assert move.after not in move.before
    assert move.event in history.WORDS
    assert move.event.startswith(f"{noun}.")
    assert move.sides <= {"property", "adjoin"}, "nobody else has to do with a property's data"


@pytest.mark.parametrize("noun", OF_DATA)
def test_every_state_of_data_is_reached_from_nothing(noun: str) -> None:
    table, reached = OF_DATA[noun], {"absent"}
    for _ in table.moves:
        reached |= {move.after for move in table.moves if move.before & reached}
    assert reached == lifecycle.states(table)


def test_the_states_of_data_are_those_of_the_design() -> None:
    states = {
        noun: set(lifecycle.states(table)) - {"absent", "removed"}
        for noun, table in OF_DATA.items()
    }
    assert states["transfer"] == {"inactive", "active", "paused"}
    assert states["integration"] == {"draft", "active", "disabled"}
    assert states["run"] == {
        "queued",
        "running",
        "succeeded",
        "succeeded_with_rejects",
        "failed",
        "canceled",
    }


def test_only_adjoin_pauses_a_transfer_and_only_the_property_does_the_rest() -> None:
    assert lifecycle.TRANSFER.open_to("active", "adjoin") == ("pause",)
    assert lifecycle.TRANSFER.open_to("active", "property") == ("deactivate", "remove")
    assert lifecycle.TRANSFER.open_to("paused", "property") == (
        "activate",
        "deactivate",
        "remove",
    )

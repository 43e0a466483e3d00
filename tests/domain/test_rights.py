"""Who may do what: every verb of the domain, called by everybody, against tests/rights.txt."""

import importlib
import inspect
import pkgutil

import pytest
import sqlalchemy as sa

import domain
from domain import connections, partner_keys, sign_ins
from domain.actors import ADJOIN, Actor
from domain.refusals import Refusal
from storage import database
from storage.people import Membership
from tests import builders, rights
from tests.domain.scenes import Scene
from tests.domain.verbs import ALSO, VERBS

EXPECTED = rights.table("verb")
CODES = {"no": "not_found", "-": "forbidden", "*": "disabled_by_other_side", "!": "not_agreed"}
EVERYBODY = ("maya", "noah", "charlie", "dee", "finn", "olga", "program", "key")


def test_the_table_has_every_verb_of_the_domain() -> None:
    found = set()
    for module in pkgutil.iter_modules(domain.__path__):
        namespace = importlib.import_module(f"domain.{module.name}")
        for name, verb in vars(namespace).items():
            is_ours = inspect.isfunction(verb) and verb.__module__ == namespace.__name__
            if is_ours and not name.startswith("_"):
                first = next(iter(inspect.signature(verb).parameters), "")
                found |= {f"{module.name}.{name}"} if first == "actor" else set()
    assert found == EXPECTED.keys() - ALSO
    assert EXPECTED.keys() == VERBS.keys()


HANDS_OFF = {"connections", "core", "tokens", "waiting", "endpoints"}
HANDS_OFF |= {
    "integrations",
    "runs",
    "records",
    "authorizations",
    "consents",
    "sources",
    "hooks",
    "transfers",
    "mappings",
    "value_mappings",
    "proposals",
    "value_pages",
    "finder",
}


def test_the_table_lets_operators_touch_no_connection_and_no_data() -> None:
    for verb, expected in EXPECTED.items():
        if verb.split(".")[0] in HANDS_OFF:
            assert expected["olga"] != "ok", verb


@pytest.mark.parametrize("noun", sorted({verb.partition(".")[0] for verb in VERBS}))
def test_everybody_gets_what_the_table_says(noun: str, scene: Scene) -> None:
    table = {verb: row for verb, row in EXPECTED.items() if verb.startswith(f"{noun}.")}
    before = builders.snapshot()
    answers: dict[str, dict[str, str]] = {verb: {} for verb in table}
    for verb, name in _cells(table, allowed=False):
        answers[verb][name] = _call(verb, scene.actor(name), scene)
    assert builders.snapshot() == before, "somebody was refused, and still changed something"
    for verb, name in _cells(table, allowed=True):
        answers[verb][name] = _call(verb, scene.actor(name), scene)
        builders.restore(before)
    assert answers == table


def test_what_somebody_may_not_see_might_as_well_not_exist(scene: Scene) -> None:
    made_up = scene.made_up()
    for verb, expected in EXPECTED.items():
        for name in EVERYBODY:
            if expected[name] == "no":
                actor = scene.actor(name)
                assert _refusal(verb, actor, scene) == _refusal(verb, actor, made_up), verb


def test_nobody_does_anything_once_signed_out(scene: Scene) -> None:
    gone = [scene.actor(name) for name in ("maya", "noah", "dee", "olga")]
    for actor in gone:
        sign_ins.sign_out(actor, now=scene.world.now)
    never = [Actor("person", "sig_never"), Actor("person", ""), Actor("person", scene.hotel)]
    before = builders.snapshot()
    for verb in VERBS:
        for actor in (*gone, *never):
            assert _call(verb, actor, scene) == "signed_out", verb
    assert builders.snapshot() == before


def test_nobody_does_anything_at_a_place_that_they_have_left(scene: Scene) -> None:
    with database.transaction() as session:
        session.execute(sa.update(Membership).values(ended_at=scene.world.now))
    before = builders.snapshot()
    for verb, row in EXPECTED.items():
        for name in ("maya", "noah", "charlie", "dee", "finn", "olga"):
            # What a stranger may do is about their own account, and stays open to everybody.
            if row["charlie"] != "ok" and (verb, name) != ("sign_ins.end", "maya"):
                assert _call(verb, scene.actor(name), scene) == "no", (verb, name)
    assert builders.snapshot() == before


def test_nothing_is_done_with_a_revoked_or_invented_token(scene: Scene) -> None:
    connections.disconnect(scene.world.maya, scene.active, now=scene.world.now)
    before = builders.snapshot()
    for verb in VERBS:
        for actor in (scene.program, Actor("token", "tok_never"), Actor("token", "")):
            assert _call(verb, actor, scene) == "token_revoked", verb
    assert builders.snapshot() == before


def test_nothing_is_done_with_a_revoked_or_invented_key(scene: Scene) -> None:
    partner_keys.revoke(scene.world.dee, scene.key.id, now=scene.world.now)
    before = builders.snapshot()
    for verb in VERBS:
        for actor in (scene.key, Actor("key", "key_never"), Actor("key", "")):
            assert _call(verb, actor, scene) == "key_revoked", verb
    assert builders.snapshot() == before


def test_only_our_own_jobs_are_adjoin_and_all_they_move_is_a_request(scene: Scene) -> None:
    before = builders.snapshot()
    allowed = {verb for verb in VERBS if _call(verb, ADJOIN, scene) == "ok"}
    reads = {"subscriptions.read", "history.of_connection", "api_requests.of_connection"}
    reads |= {"support.of_connection"}
    assert allowed == {"connections.activate", *reads}
    builders.restore(before)


def _cells(table: dict[str, dict[str, str]], *, allowed: bool) -> list[tuple[str, str]]:
    return [
        (verb, name)
        for verb, row in table.items()
        for name in EVERYBODY
        if (row[name] == "ok") == allowed
    ]


def _call(verb: str, who: Actor, scene: Scene) -> str:
    try:
        VERBS[verb](who, scene)
    except Refusal as refusal:
        return {code: mark for mark, code in CODES.items()}.get(refusal.code, refusal.code)
    return "ok"


def _refusal(verb: str, who: Actor, scene: Scene) -> tuple[str, str, str]:
    with pytest.raises(Refusal) as caught:
        VERBS[verb](who, scene)
    return caught.value.code, caught.value.message, caught.value.owner

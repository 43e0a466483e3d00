"""Routes: what is wrong on a connection, whose turn it is, and the one right next step. Pure.

One table of rules for each kind of app; the first rule that holds is the route. What a hotel can
put right by itself comes before what it has to wait for: a partner would ask for it first. What
nobody can explain ends at the partner for integrated apps, at the platform for core apps.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from domain import moments
from domain.route_words import WORDS

Whose = Literal["property", "partner", "platform", "nobody"]
Side = Literal["property", "partner", "platform"]

UNUSED_AFTER = timedelta(hours=24)  # active for so long, and the token was never used
QUIET_AFTER = timedelta(days=7)  # since the token was used last
NOT_TOLD = ("gave_up", "skipped")
OPENING = ("open", "open_core")  # the verbs that begin a case
WRONG = ("bad", "warn")  # the tones of what does not work; the others are news
_TONES = ("bad", "warn", "info", "muted", "ok")
_TURNS = ("property", "partner", "platform", "nobody")


QUESTION = "What we wanted to do, and what happened instead:"  # the end of a draft


@dataclass(frozen=True)
class Thing:
    """Something of the hotel's that is not as it should be, and the page where it is put right."""

    name: str
    href: str


@dataclass(frozen=True)
class OpenCase:
    """A case about the connection that is not resolved yet. turn: as in `storage.cases`.

    is_at_platform: whether operators may read it.
    """

    number: int
    id: str
    turn: str
    is_at_platform: bool = False


@dataclass(frozen=True)
class Facts:
    """What is known of a connection now.

    told: how the newest message to the partner ended: delivered, trying (in vain so far), gave_up,
    skipped; empty when there is none. endpoint: enabled, failing, disabled; empty without one.
    calls: how the last requests with its token ended: ok, refused, failed; empty without any.
    waited: since it was asked for; lasting: since it came into this status; unused_for: since the
    token was used, None if never. account_error: the vendor could not be asked. The things are
    those that bring in the data which the app works with. takes_cases: no sandbox does. known:
    sentences for the text of a case.
    """

    kind: str
    status: str
    activation: str = ""
    disabled_by: str | None = None
    is_offered: bool = True
    may_nudge: bool = False
    waited: timedelta = timedelta()
    usual: timedelta | None = None
    lasting: timedelta = timedelta()
    told: str = ""
    endpoint: str = ""
    calls: str = ""
    unused_for: timedelta | None = None
    account_error: bool = False
    broken_sources: tuple[Thing, ...] = ()
    disabled_integrations: tuple[Thing, ...] = ()
    paused_transfers: tuple[Thing, ...] = ()
    failing_integrations: tuple[Thing, ...] = ()
    halted_integrations: tuple[Thing, ...] = ()
    gone_values: int = 0
    lacking_values: int = 0
    takes_cases: bool = True
    case: OpenCase | None = None
    known: tuple[str, ...] = ()


@dataclass(frozen=True)
class Names:
    """What the app, the partner behind it and the hotel are called; and their connection's id."""

    app: str
    developer: str
    hotel: str
    connection: str = ""


@dataclass(frozen=True)
class Step:
    """The next step. verb: of a lifecycle, or nudge, check, contact, nothing; href: a page of ours
    instead."""

    label: str
    verb: str = ""
    href: str = ""


@dataclass(frozen=True)
class Draft:
    """A case that only needs to be read over and sent."""

    title: str
    text: str


@dataclass(frozen=True)
class Route:
    """Where one side goes with what is wrong. key: of the rule; tone: as callouts have it."""

    key: str
    whose: Whose
    tone: str
    title: str
    problem: str
    step: Step
    draft: Draft


Telling = Callable[[Facts], Step]
Condition = Callable[[Facts], bool]


@dataclass(frozen=True)
class Rule:
    """One line of the table. key: of its words; hotel, partner: what each of them can do.

    things: the field of `Facts` whose first one is wrong.
    """

    key: str
    holds: Condition
    whose: Whose
    tone: str
    hotel: Telling
    partner: Telling
    things: str = ""


def route(facts: Facts, names: Names, side: Side = "property") -> Route:
    """Return the route of `side` for these facts: there is always exactly one."""
    rule = next(rule for rule in RULES[facts.kind] if rule.holds(facts))
    said, values = WORDS[rule.key], _values(rule, facts, names)
    title, problem = said.title, said.problem
    if side != "property":
        title, problem = said.outside_title or title, said.outside
    return Route(
        rule.key,
        rule.whose,
        rule.tone,
        title.format(**values),
        problem.format(**values),
        _named(_step(rule, facts, side), values),
        _draft(rule, facts, values),
    )


def apart(facts: Facts) -> Facts:
    """Return what is known of a connection by itself, the hotel's data that it works with aside."""
    return replace(
        facts,
        broken_sources=(),
        disabled_integrations=(),
        paused_transfers=(),
        failing_integrations=(),
        halted_integrations=(),
    )


def severity(route: Route) -> tuple[int, int]:
    """Return what sorts routes, the worst first."""
    return _TONES.index(route.tone), _TURNS.index(route.whose)


# What can be done


def _move(verb: str) -> Telling:
    return lambda _: Step(verb.capitalize(), verb)


def _look(label: str, href: str) -> Telling:
    return lambda _: Step(label, href=href)


def _say(label: str, verb: str) -> Telling:
    return lambda _: Step(label, verb)


def _nudge(facts: Facts) -> Step:
    return Step("Nudge", "nudge") if facts.may_nudge else _call_partner(facts)


_ask_partner = _say("Report it to {developer}", "open")
_ask_platform = _say("Report it to the platform", "open_core")
_call_partner = _say("Call {developer}", "contact")
_call_hotel = _say("Ask {hotel}", "contact")
_nothing = _say("Nothing to do", "nothing")
_activate, _enable, _reconnect = _move("activate"), _move("enable"), _move("reconnect")
_repair, _check = _move("repair"), _say("Check now", "check")
_thing = _look("Open “{thing}”", "{place}")
_mapping = _look("Open the value mapping", "/subscriptions/{connection}/mapping")
_endpoint = _look("Look at your endpoints", "/hub/endpoint")
_requests = _look("Look at your requests", "/hub/connections/{connection}")
_case = _look("Read case #{number}", "/support/{case}")
_hub_case = _look("Read case #{number}", "/hub/cases/{case}")
_operations_case = _look("Read case #{number}", "/operations/cases/{case}")


# When


def _always(_: Facts) -> bool:
    return True


def _in(*statuses: str) -> Condition:
    return lambda facts: facts.status in statuses


def _while(status: str, more: Condition) -> Condition:
    return lambda facts: facts.status == status and more(facts)


def _works(more: Condition) -> Condition:
    return lambda facts: facts.status in ("active", "connected") and more(facts)


def _wrong(things: str) -> Condition:
    return _works(lambda facts: bool(getattr(facts, things)))


def _by(side: str) -> Condition:
    return _while("disabled", lambda facts: facts.disabled_by == side)


def _waits_for(turn: str) -> Condition:
    return lambda facts: facts.case is not None and facts.case.turn == turn


def _calls(ended: str) -> Condition:
    return lambda facts: facts.calls == ended


def _is_untold(facts: Facts) -> bool:
    return facts.told in NOT_TOLD


def _is_automatic(facts: Facts) -> bool:
    return facts.activation == "automatic"


def _has_gone(facts: Facts) -> bool:
    return facts.gone_values > 0


def _has_lacking(facts: Facts) -> bool:
    return facts.lacking_values > 0


def _has_no_answer(facts: Facts) -> bool:
    return facts.account_error


def _is_shut(facts: Facts) -> bool:
    return facts.endpoint == "disabled"


def _is_overdue(facts: Facts) -> bool:
    return facts.usual is not None and facts.waited > facts.usual


def _is_unheard(facts: Facts) -> bool:
    return facts.endpoint == "failing" or facts.told in ("trying", *NOT_TOLD)


def _is_retired(facts: Facts) -> bool:
    return facts.status in ("rejected", "disconnected") and not facts.is_offered


def _is_unused(facts: Facts) -> bool:
    return facts.unused_for is None and facts.lasting > UNUSED_AFTER


def _is_quiet(facts: Facts) -> bool:
    return facts.unused_for is not None and facts.unused_for > QUIET_AFTER


def _of_things(key: str, tone: str, things: str) -> Rule:
    return Rule(key, _wrong(things), "property", tone, _thing, _call_hotel, things)


# The table: key, when, whose turn, tone, what the hotel can do, what the partner can do

_DATA = (
    _of_things("source_broken", "bad", "broken_sources"),
    _of_things("integration_disabled", "bad", "disabled_integrations"),
    _of_things("transfer_paused", "bad", "paused_transfers"),
)
_OLD_DATA = (
    _of_things("integration_failing", "warn", "failing_integrations"),
    _of_things("integration_halted", "warn", "halted_integrations"),
)
OF_DATA = frozenset(rule.key for rule in (*_DATA, *_OLD_DATA))
WISHES = frozenset({"integration_halted"})  # what somebody at the property switched off on purpose
_CASES = (
    Rule("case_at_hotel", _waits_for("property"), "property", "warn", _case, _hub_case),
    Rule("case_at_partner", _waits_for("partner"), "partner", "info", _case, _hub_case),
    Rule("case_at_platform", _waits_for("platform"), "platform", "info", _case, _hub_case),
)
_INTEGRATED = (
    Rule("never_told", _while("pending", _is_untold), "partner", "bad", _nudge, _activate),
    Rule("overdue", _while("pending", _is_overdue), "partner", "warn", _nudge, _activate),
    Rule("notifying", _while("pending", _is_automatic), "partner", "warn", _nudge, _activate),
    Rule("waiting", _in("pending"), "partner", "warn", _nudge, _activate),
    Rule("retired", _is_retired, "partner", "muted", _call_partner, _nothing),
    Rule("rejected", _in("rejected"), "property", "bad", _reconnect, _nothing),
    Rule("paused_by_partner", _by("partner"), "partner", "warn", _ask_partner, _enable),
    Rule("paused_by_hotel", _by("property"), "property", "muted", _enable, _call_hotel),
    Rule("ended", _in("disconnected"), "property", "muted", _reconnect, _nothing),
    *_DATA,
    Rule("value_gone", _works(_has_gone), "property", "bad", _mapping, _call_hotel),
    Rule("value_missing", _works(_has_lacking), "property", "warn", _mapping, _call_hotel),
    *_OLD_DATA,
    Rule("endpoint_disabled", _works(_is_shut), "partner", "bad", _ask_partner, _endpoint),
    Rule("endpoint_failing", _works(_is_unheard), "partner", "warn", _ask_partner, _endpoint),
    Rule("calls_failed", _works(_calls("failed")), "partner", "bad", _ask_partner, _requests),
    Rule("calls_refused", _works(_calls("refused")), "partner", "warn", _ask_partner, _requests),
    *_CASES,
    Rule("token_unused", _works(_is_unused), "partner", "info", _ask_partner, _requests),
    Rule("token_quiet", _works(_is_quiet), "partner", "info", _ask_partner, _requests),
    Rule("well", _in("active"), "nobody", "ok", _ask_partner, _nothing),
    Rule("unknown", _always, "partner", "info", _ask_partner, _nothing),
)
_CORE = (
    Rule("broken", _in("broken"), "property", "bad", _repair, _call_hotel),
    Rule("core_retired", _is_retired, "platform", "muted", _ask_platform, _nothing),
    Rule("core_ended", _in("disconnected"), "property", "muted", _reconnect, _nothing),
    *_DATA,
    *_OLD_DATA,
    Rule("unreachable", _works(_has_no_answer), "property", "warn", _check, _nothing),
    *_CASES,
    Rule("core_well", _in("connected"), "nobody", "ok", _ask_platform, _nothing),
    Rule("core_unknown", _always, "platform", "info", _ask_platform, _nothing),
)
RULES: Mapping[str, tuple[Rule, ...]] = {"integrated": _INTEGRATED, "core": _CORE}


# In words


def _values(rule: Rule, facts: Facts, names: Names) -> dict[str, str]:
    """Return what the words of a rule may name."""
    named = {"thing": "", "place": "", "number": "", "case": ""} | vars(names)
    if rule.things:
        thing: Thing = getattr(facts, rule.things)[0]
        named |= {"thing": thing.name, "place": thing.href}
    if facts.case:
        named |= {"number": str(facts.case.number), "case": facts.case.id}
    return named | {
        "waited": moments.span(facts.waited),
        "usual": moments.span(facts.usual or timedelta()),
        "lasting": moments.span(facts.lasting),
        "quiet": moments.span(facts.unused_for or timedelta()),
    }


def _step(rule: Rule, facts: Facts, side: Side) -> Step:
    """Return the step of a side; what a case is open about already gets no second one."""
    turn = facts.case.turn if facts.case else ""
    if side == "property":
        step = rule.hotel(facts)
        if step.verb not in OPENING:
            return step
        return _case(facts) if turn else step if facts.takes_cases else _nothing(facts)
    if side == "partner":
        step = rule.partner(facts)
        return _hub_case(facts) if turn == "partner" and not step.href else step
    if turn == "platform":
        return _operations_case(facts)
    return {"property": _call_hotel, "partner": _call_partner}.get(rule.whose, _nothing)(facts)


def _named(step: Step, values: Mapping[str, str]) -> Step:
    return Step(step.label.format(**values), step.verb, step.href.format(**values))


def _draft(rule: Rule, facts: Facts, values: Mapping[str, str]) -> Draft:
    """Return a case about it: what Adjoin knows is filled in, what people saw is asked for."""
    said = WORDS[rule.key]
    is_well = rule.whose == "nobody"
    parts = [] if is_well else [said.outside.format(**values)]
    if facts.known:
        parts.append("\n".join(("What Adjoin knows:", *(f"- {line}" for line in facts.known))))
    parts.append(f"{QUESTION}\n")
    title = "{app} does not work as expected" if is_well else said.outside_title or said.title
    return Draft(title.format(**values), "\n\n".join(parts))

"""What a core system is to us: the credentials it wants, and how they are checked at once."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.faults import Fault, retry_seconds
from connectors.line import Reply, Unreachable, Way
from connectors.urls import Blocked


@dataclass(frozen=True)
class CredentialField:
    """One thing to fill in. secret: stored encrypted, shown masked.

    kind: "token" (visible ASCII without spaces), "text" (one line) or "address" (of a web site).
    optional: may be left empty.
    """

    key: str
    label: str
    hint: str
    secret: bool
    placeholder: str
    kind: str = "token"
    optional: bool = False


@dataclass(frozen=True)
class Check:
    """What the vendor said about credentials.

    account_id, account_name: whose credentials they are, when ok.
    error: None when ok, else "refused" (a person must correct the credentials), "unreachable",
        "rate_limited", "vendor_fault", "garbled" (all: try again later) or "blocked" (the
        address is one that the operator didn't allow).
    sentence: plain words, without any credential in them. request_id: the vendor's, for a case.
    gave_data: it gave records for them. Some say nothing about credentials before that.
    field: which setting of the source it speaks of, when it is about one; as "reservations-path".
    """

    ok: bool
    account_id: str | None
    account_name: str | None
    sentence: str
    error: str | None = None
    request_id: str | None = None
    gave_data: bool = False
    field: str = ""


@dataclass(frozen=True)
class Vendor:
    """A core system. `check(door, base address, credentials by key)` blocks on the network."""

    key: str
    name: str
    default_address: str
    fields: tuple[CredentialField, ...]
    check: Callable[[Way, str, dict[str, str]], Check]


@dataclass(frozen=True)
class Account:
    """Whose credentials they are, by the vendor's own word."""

    id: str
    name: str | None
    request_id: str | None = None


Probe = Callable[[Way, str, dict[str, str]], Account]


def checker(
    name: str, fields: Sequence[CredentialField], probe: Probe
) -> Callable[[Way, str, dict[str, str]], Check]:
    """Make a vendor's check out of a probe that returns the account or raises Fault."""

    def check(door: Way, address: str, credentials: dict[str, str]) -> Check:
        try:
            given = cleaned(fields, credentials)
            account = probe(door, address.strip().rstrip("/"), given)
        except Fault as fault:
            said = without_secrets(fault.sentence, credentials)
            named = harmless(fault.request_id, credentials)
            return Check(False, None, None, said, fault.error, named)
        except Blocked as blocked:
            return Check(False, None, None, blocked.reason, "blocked")
        except Unreachable as fault:
            return Check(False, None, None, _unreachable(name, fault), _kind(fault))
        whose = f" of {account.name}" if account.name else ""
        sentence = f"{name} accepted the credentials{whose}."
        named = harmless(account.request_id, credentials)
        return Check(True, account.id, account.name, sentence, None, named)

    return check


def answer(name: str, reply: Reply) -> Any:
    """The JSON value of a successful answer. Raises Fault for every other one."""
    accepted(name, reply)
    return parsed(name, reply)


def accepted(name: str, reply: Reply) -> None:
    """Raise Fault unless the answer is a success.

    Only a clear refusal by the vendor itself is "refused". A page of HTML comes from something in
    front of the vendor and says nothing about the credentials.
    """
    if reply.code == 200:
        return
    request_id = request_id_of(reply)
    wait = retry_seconds(reply.headers.get("retry-after"), datetime.now(UTC))
    if reply.code in (401, 403) and not is_html(reply):
        raise Fault("refused", refusal(name, words_of(reply)), request_id)
    if reply.code == 429:
        raise Fault(
            "rate_limited",
            f"{name} was asked too often just now. Try again in a minute.",
            request_id,
            wait,
        )
    if reply.code == 408 or reply.code >= 500:
        raise Fault(
            "vendor_fault",
            f"{name} has a problem of its own at the moment ({reply.code}). Try again later.",
            request_id,
            wait,
        )
    raise garbled(name, reply)


def parsed(name: str, reply: Reply) -> Any:
    """The JSON value of an answer. Raises Fault when it isn't JSON."""
    try:
        return reply.json()
    except (ValueError, RecursionError):
        raise garbled(name, reply) from None


def garbled(name: str, reply: Reply) -> Fault:
    """The fault that an answer isn't one of this vendor."""
    return Fault(
        "garbled",
        f"The address answered ({reply.code}), but not as {name} does. Check the address.",
        request_id_of(reply),
    )


def refusal(name: str, words: str) -> str:
    """The sentence for refused credentials, with the vendor's own words."""
    said = f" It says: “{words}”" if words else ""
    return f"{name} does not accept these credentials.{said} Correct them and try again."


def words_of(reply: Reply) -> str:
    """The vendor's own message in an error answer, as one short line; empty when there is none.

    What is as long as a token is left out: some vendors repeat the one that they refuse.
    """
    value = _short_answer(reply)
    keys = ("Message", "message", "error_description", "error")
    found = next((value[key] for key in keys if isinstance(value.get(key), str)), "")
    return tidy(re.sub(r"[\w.+/=-]{40,}", "…", found))


def tidy(words: str) -> str:
    """Other people's words as one line of at most 300 characters, in the order they are read in."""
    line = " ".join("".join(each if each.isprintable() else " " for each in words[:2000]).split())
    return line if len(line) <= 300 else line[:299] + "…"


def request_id_of(reply: Reply) -> str | None:
    """The vendor's name for this request: from the body (Mews) or a header (the others).

    None for what is none: people read it to each other, and look it up.
    """
    named = _short_answer(reply).get("RequestId")
    found = named if isinstance(named, str) else reply.headers.get("x-request-id", "")
    return found.strip() if _REQUEST_ID.fullmatch(found.strip()) else None


_REQUEST_ID = re.compile(r"[A-Za-z0-9._:;,/|+=@#-]{1,100}")


def harmless(request_id: str | None, credentials: Mapping[str, str]) -> str | None:
    """A request id, unless the other side has put a credential of ours into it."""
    is_clean = request_id is not None and without_secrets(request_id, credentials) == request_id
    return request_id if is_clean else None


def _short_answer(reply: Reply) -> Mapping[str, Any]:
    """The JSON object in an answer that is no page of data; an empty one otherwise."""
    try:
        value = reply.json() if len(reply.body) < 100_000 else None
    except (ValueError, RecursionError):
        value = None
    return value if isinstance(value, Mapping) else {}


def part(value: object, key: str) -> Mapping[str, Any]:
    """The JSON object under a key of an answer; an empty one when there is none."""
    inner = value.get(key) if isinstance(value, Mapping) else None
    return inner if isinstance(inner, Mapping) else {}


def text(value: object) -> str | None:
    """An id or a name from an answer, as text; None when it is missing or empty."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return tidy(str(value)) or None


def cleaned(fields: Sequence[CredentialField], credentials: Mapping[str, str]) -> dict[str, str]:
    """The credentials that belong to `fields`, trimmed. Raises Fault when one can't be right."""
    return {field.key: _one(field, credentials.get(field.key, "").strip()) for field in fields}


def without_secrets(sentence: str, credentials: Mapping[str, str]) -> str:
    """Take every credential out of a sentence, whoever put it there."""
    for value in credentials.values():
        if len(value.strip()) > 3:
            sentence = sentence.replace(value.strip(), "…")
    return sentence


def is_html(reply: Reply) -> bool:
    """Whether an answer is a page for browsers."""
    return "html" in reply.headers.get("content-type", "").lower()


_SHAPES = {"token": r"[\x21-\x7e]+", "text": r"[^\x00-\x1f\x7f]+", "address": r"https?://\S+"}


def _one(wanted: CredentialField, value: str) -> str:
    if not value and not wanted.optional:
        raise Fault("refused", f"Fill in “{wanted.label}”.")
    if value and (len(value) > 2000 or not re.fullmatch(_SHAPES[wanted.kind], value)):
        sentence = f"“{wanted.label}” contains characters that it can't have. Copy it again."
        raise Fault("refused", sentence)
    return value


def _kind(fault: Unreachable) -> str:
    return "garbled" if fault.error in ("garbled", "too_large") else "unreachable"


def _unreachable(name: str, fault: Unreachable) -> str:
    return f"{name} gave no answer that we can use: {fault.reason}. Try again in a few minutes."

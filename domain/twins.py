"""Twins: sources of one account, so that a type of data that both bring in is there twice."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from domain.types_of_data import ALL
from storage.authorizations import Authorization
from storage.sources import Source, Transfer


@dataclass(frozen=True)
class Twin:
    """Another source of the same account. account: its name, empty where the system says none.

    both: labels of the types of data that are active in both.
    """

    id: str
    name: str
    account: str
    both: tuple[str, ...]


def of(session: Session, source: Source) -> tuple[Twin, ...]:
    """Return the other sources that read the account of this one, by name."""
    opens = session.get(Authorization, source.authorization_id or "")
    mine, active = _account(source, opens), _active(session, source)
    return tuple(
        Twin(
            other.id,
            other.name,
            (opens.account_name or "") if opens else "",
            tuple(ALL[key].label for key in ALL if key in active & _active(session, other)),
        )
        for other, its in _others(session, source.property_id, source.kind)
        if other.id != source.id and mine is not None and _account(other, its) == mine
    )


def through(session: Session, opens: Authorization) -> tuple[Twin, ...]:
    """Return the sources that read the account of an authorization already, by name."""
    mine, account = _account_of(opens), opens.account_name or ""
    return tuple(
        Twin(other.id, other.name, account, ())
        for other, its in _others(session, opens.property_id, opens.kind)
        if _account(other, its) == mine
    )


# Details

_Account = tuple[str, str]


def _others(
    session: Session, property_id: str, kind: str
) -> Sequence[tuple[Source, Authorization | None]]:
    return session.exec(
        select(Source, Authorization)
        .join(Authorization, isouter=True)
        .where(Source.property_id == property_id, Source.kind == kind)
        .order_by(col(Source.name))
    ).all()


def _account(source: Source, opens: Authorization | None) -> _Account | None:
    """Return what is the same for all sources of one account, None where nobody can tell."""
    if opens is not None:
        return _account_of(opens)
    return ("address", source.address.casefold()) if source.address else None


def _account_of(opens: Authorization) -> _Account:
    """Two authorizations may be of one account; an API that names none may have many."""
    return ("account", opens.account_id) if opens.account_id else ("authorization", opens.id)


def _active(session: Session, source: Source) -> set[str]:
    found = select(Transfer.type).where(
        Transfer.source_id == source.id, Transfer.status == "active"
    )
    return set(session.exec(found))

"""Previews: some of the changes that a dry run would make, kept encrypted with the run."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlmodel import Session

from domain.mapping.currencies import DIGITS
from domain.sieve import Item
from storage import encryption
from storage.integrations import RunPart
from storage.upserts import Known, Upserts

MOST = 50  # changes of one type of data
_CURRENCY = "_currency"


def keep(
    session: Session,
    part: RunPart,
    upserts: Upserts,
    taken: Mapping[str, tuple[str, Item]],
    known: Mapping[str, Known],
) -> None:
    """Add changes of a page to those kept with a part, until there are enough of them."""
    kept = orjson.loads(encryption.decrypt(part.preview)) if part.preview else []
    chosen = list(taken.items())[: MOST - len(kept)]
    if not chosen:
        return
    # One that comes twice in a page is an update the second time, and still in no table.
    ids = {key: known[key].id for key, _ in chosen if key in known}
    stored = upserts.values_of(session, [number for number in ids.values() if number is not None])
    for key, (change, item) in chosen:
        before = stored.get(ids.get(key) or 0, {})
        cells = _cells(before, item.converted.values)
        kept.append({"change": change, "external_id": key, "cells": cells})
    part.preview = encryption.encrypt(orjson.dumps(kept).decode())


def _cells(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return the fields that differ: before and after, as people read them."""
    shown = {
        key: (shown_of(before, key), shown_of(after, key))
        for key in after
        if not key.endswith(_CURRENCY)
    }
    return {key: pair for key, pair in shown.items() if pair[0] != pair[1]}


def shown_of(values: Mapping[str, Any], key: str) -> str:
    """Return a value as people read it: amounts with their currency, moments in UTC."""
    value = values.get(key)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    if currency := values.get(f"{key}{_CURRENCY}"):
        digits = DIGITS.get(currency, 2)
        return f"{value / 10**digits:,.{digits}f} {currency}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)

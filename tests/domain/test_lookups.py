"""One search for operators: by number, by request id, by name; and for nobody else."""

from domain import api_requests, lookups
from domain.api_requests import Entry
from storage import database
from storage.cases import Case
from storage.connections import Connection
from tests import builders
from tests.builders import World


def found(world: World, text: str) -> list[tuple[str, str]]:
    return [(hit.kind, hit.title) for hit in lookups.find(world.olga, text, now=world.now).hits]


def asked(world: World, request_id: str, connection_id: str | None = None) -> None:
    api_requests.note(
        Entry(
            world.now,
            request_id,
            "GET",
            "/v1/reservations",
            422,
            "invalid",
            12,
            connection_id,
            world.d3x if connection_id else None,
            world.hotel if connection_id else None,
        )
    )
    api_requests.write()


def case(world: World, connection_id: str, number: int, **more: object) -> None:
    connection = builders.connection(connection_id)
    with builders.adding() as rows:
        rows.append(
            Case(
                number=number,
                connection_id=connection_id,
                app_id=connection.app_id,
                property_id=world.hotel,
                partner_id=world.d3x,
                title="No reservations since noon",
                turn="platform",
                turn_since=world.now,
                opened_by=connection.requested_by,
                opened_at=world.now,
                changed_at=world.now,
                **{"route": "integrated", "status": "open_with_partner", **more},
            )
        )


def test_a_connection_is_found_by_its_number_however_it_is_written(world: World) -> None:
    connection_id = world.connect()
    for written in ("C-10001", "c10001", "c- 10001", " 10001 ", "C-10001 "):
        hits = lookups.find(world.olga, written).hits
        assert [(hit.id, hit.about, hit.status) for hit in hits] == [
            (connection_id, "C-10001", "pending")
        ], written
    for written in ("C-10002", "10001x", "C-1000100000000000000", "٣"):
        assert found(world, written) == [], written


def test_a_request_is_found_by_its_id_and_leads_to_whose_it_was(world: World) -> None:
    connection_id = world.connect_active()
    asked(world, "req-abc", connection_id)
    asked(world, "req-abc")
    stranger, known = lookups.find(world.olga, " req-abc ").hits
    assert (known.kind, known.title, known.status) == ("request", "GET /v1/reservations", "422")
    assert known.href == f"/operations/connections/{connection_id}"
    assert known.about == "D3x Ltd · Harbour Hotel · invalid"
    assert (stranger.href, stranger.about) == ("", "Nobody that is known · invalid")


def test_a_case_is_found_once_it_is_the_platforms(world: World) -> None:
    connection_id = world.connect_active()
    case(world, connection_id, 1001)
    case(world, connection_id, 1002, status="escalated", escalated_at=world.now)
    case(world, connection_id, 1003, route="core", status="open_with_platform")
    assert found(world, "#1001") == []
    for written in ("#1002", "1002", "# 1002"):
        assert found(world, written) == [("case", "No reservations since noon")], written
    assert [hit.about for hit in lookups.find(world.olga, "reservations since").hits] == [
        "#1003 · D3x at Harbour Hotel",
        "#1002 · D3x at Harbour Hotel",
    ]


def test_names_find_hotels_partners_apps_people_and_connections(world: World) -> None:
    world.connect()
    assert found(world, "harbour") == [
        ("property", "Harbour Hotel"),
        ("person", "Maya"),
        ("person", "Noah"),
        ("connection", "D3x at Harbour Hotel"),
    ]
    assert found(world, "d3x") == [
        ("partner", "D3x Ltd"),
        ("app", "D3x"),
        ("person", "Dee"),
        ("connection", "D3x at Harbour Hotel"),
    ]
    assert found(world, "hotel d3x") == [("connection", "D3x at Harbour Hotel")]
    assert found(world, "charlie@alpine.example") == [("person", "Charlie")]


def test_what_is_typed_is_only_ever_a_text(world: World) -> None:
    for strange in ("", " ", "%", "_", "%%%%", "\\", "' OR 1=1 --", "\0", "\ud800", "x" * 10_000):
        assert found(world, strange) == [], repr(strange[:20])


def test_too_many_of_a_kind_are_said_to_be_more(world: World) -> None:
    with builders.adding() as rows:
        for number in range(lookups.MOST + 1):
            builders.add_property(rows, f"Seaside {number}", world.now)
    result = lookups.find(world.olga, "seaside")
    assert len(result.hits) == lookups.MOST
    assert result.more == ("property",)


def test_a_sandbox_is_found_by_nobody(world: World) -> None:
    connection_id = world.connect()
    with database.transaction() as session:
        session.get_one(Connection, connection_id).in_sandbox = True
    assert found(world, "C-10001") == []

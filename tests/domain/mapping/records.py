"""Records in the shapes of several systems, made up here."""

from typing import Any

NAMES = (("Eva", "Novak"), ("Jan", "Smit"), ("Mia", "Rossi"), ("Leo", "Weber"), ("Ada", "Lund"))


def mews_reservations() -> list[dict[str, Any]]:
    states = ("Confirmed", "Started", "Processed", "Canceled", "Optional")
    return [
        {
            "Id": f"0f515589-99b4-423d-b83a-b237009f050{n}",
            "ServiceId": "bd26d8db-86da-4f96-9efc-e5a4654a4a94",
            "AccountId": f"fadd5bb6-b428-45d5-94f8-fd0d89fece6{n % 3}",
            "AccountType": "Customer",
            "Number": f"5{n}",
            "State": state,
            "Origin": ("Connector", "Distributor")[n % 2],
            "CreatedUtc": f"2026-03-2{n}T16:00:00Z",
            "UpdatedUtc": f"2026-04-2{n}T17:00:00Z",
            "CancelledUtc": "2026-04-21T08:00:00Z" if state == "Canceled" else None,
            "RateId": f"ed4b660b-19d0-434b-9360-a4de2ea42ed{n % 2}",
            "GroupId": f"94843f6f-3be3-481b-a1c7-06458774c3d{n % 2}",
            "AssignedResourceId": f"20e00c32-d561-4008-8609-82d8aa52571{n}" if n else None,
            "ScheduledStartUtc": f"2026-05-0{n + 1}T14:00:00Z",
            "ScheduledEndUtc": f"2026-05-0{n + 3}T10:00:00Z",
            "ActualStartUtc": None,
            "PersonCounts": [{"AgeCategoryId": "adult", "Count": 2}],
            "Options": {"OwnerCheckedIn": True},
        }
        for n, state in enumerate(states)
    ]


def apaleo_reservations() -> list[dict[str, Any]]:
    states = ("Confirmed", "InHouse", "CheckedOut", "Canceled", "NoShow")
    return [
        {
            "id": f"XPGMSXGF-{n}",
            "bookingId": f"XPGMSXG{n // 2}",
            "status": state,
            "property": {"id": "VIE", "code": "VIE", "name": "Harbour"},
            "ratePlan": {"id": "VIE-NONREF-DBL", "code": "NONREF", "name": "Non refundable"},
            "unitGroup": {"id": "VIE-DBL", "name": "Double"},
            "unit": {"id": f"VIE-10{n}", "name": f"10{n}"} if n else None,
            "totalGrossAmount": {"amount": 199.0 + n, "currency": "EUR"},
            "balance": {"amount": -20.5 * (n % 2), "currency": "EUR"},
            "arrival": f"2026-05-0{n + 1}T15:00:00+02:00",
            "departure": f"2026-05-0{n + 3}T11:00:00+02:00",
            "created": f"2026-03-2{n}T16:00:00+01:00",
            "modified": f"2026-04-2{n}T16:00:00+02:00",
            "cancellationTime": "2026-04-21T08:00:00+02:00" if state == "Canceled" else None,
            "adults": 2,
            "childrenAges": [4, 7] if n else [],
            "comment": "Late arrival" if n == 2 else "",
            "channelCode": ("Direct", "BookingCom")[n % 2],
            "primaryGuest": {"firstName": first, "lastName": last, "email": f"{first}@a.example"},
        }
        for n, (state, (first, last)) in enumerate(zip(states, NAMES, strict=True))
    ]


def cloudbeds_reservations() -> list[dict[str, Any]]:
    states = ("confirmed", "not_confirmed", "checked_in", "checked_out", "no_show")
    return [
        {
            "propertyID": "12",
            "reservationID": f"74{n}190",
            "dateCreated": f"2026-03-2{n} 16:00:00",
            "dateModified": f"2026-04-2{n} 16:00:00",
            "status": state,
            "guestID": f"88{n}",
            "guestName": " ".join(name),
            "startDate": f"2026-05-0{n + 1}",
            "endDate": f"2026-05-0{n + 3}",
            "adults": "2",
            "children": "0",
            "balance": f"{n * 20}.50",
            "sourceName": ("Website", "Booking.com")[n % 2],
            "thirdPartyIdentifier": f"BDC-{n}" if n % 2 else "",
        }
        for n, (state, name) in enumerate(zip(states, NAMES, strict=True))
    ]


def spreadsheet() -> list[dict[str, Any]]:
    """As a person exports them in Austria."""
    return [
        {
            "Buchungsnummer": f"2026-{n:03}",
            "Status": ("bestätigt", "storniert")[n % 2],
            "Anreise": f"{n + 11}.05.2026",
            "Abreise": f"{n + 13}.05.2026",
            "Gastname": " ".join(name),
            "Zimmer": f"10{n}",
            "Gesamtpreis": f"1.{n}99,50",
            "Währung": "EUR",
        }
        for n, name in enumerate(NAMES)
    ]

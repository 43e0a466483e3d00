"""Kinds of events: under which filter a line of a story, or of the audit log, stands."""

KINDS = {
    "state": "State",
    "token": "Access token",
    "notifications": "Notifications",
    "mapping": "Mapping",
    "cases": "Cases",
    "transfers": "Data transfers",
    "runs": "Runs",
    "credentials": "Credentials",
    "sign_ins": "Sign-ins",
    "people": "People and roles",
    "endpoints": "Endpoints and keys",
    "catalogue": "Properties, partners, apps",
    "audit": "Audit log",
}
# By the noun that an event begins with, a few by themselves.
NOUNS = {
    "connection": "state",
    "source": "state",
    "integration": "state",
    "sandbox": "state",
    "demo": "state",
    "token": "token",
    "message": "notifications",
    "values": "mapping",
    "mapping": "mapping",
    "case": "cases",
    "transfer": "transfers",
    "run": "runs",
    "rejects": "runs",
    "authorization": "credentials",
    "sign_in": "sign_ins",
    "password": "sign_ins",
    "person": "people",
    "member": "people",
    "operator": "people",
    "endpoint": "endpoints",
    "key": "endpoints",
    "property": "catalogue",
    "partner": "catalogue",
    "app": "catalogue",
    "audit": "audit",
}
EVENTS = {
    "connection.nudged": "notifications",
    "connection.reminded": "notifications",
    "connection.credentials_changed": "credentials",
    "source.hook_shown": "credentials",
    "source.hook_renewed": "credentials",
}


def of(event: str) -> str:
    """Return under which of KINDS an event stands."""
    return EVENTS.get(event) or NOUNS.get(event.partition(".")[0], "state")

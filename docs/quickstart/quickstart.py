"""Needs httpx. ADJOIN is the address of the portal, TOKEN an access token: that of your sandbox."""

import os

import httpx

api = httpx.Client(
    base_url=f"{os.environ['ADJOIN']}/api/v1",
    headers={"Authorization": f"Bearer {os.environ['TOKEN']}"},
)


def call(method: str, path: str, **more: object) -> dict:
    answer = api.request(method, path, **more)
    if answer.is_error:
        problem = answer.json()  # what is wrong, who can put it right, and where to read on
        raise SystemExit(f"{problem['detail']} ({problem['code']}, {problem['request_id']})")
    return answer.json()


# Whose token is it? Whatever state the connection is in, it may ask this.
connection = call("GET", "/connection")
hotel, status = connection["property"]["name"], connection["status"]
print(f"{hotel} wants {connection['app']}, which is {status}.")

# Say yes. From now on the token opens all that the app asked for.
if status == "pending":
    headers = {"Idempotency-Key": "yes-to-this-one"}
    print(f"Now it is {call('POST', '/connection/activate', headers=headers)['status']}.")

# Read every page of a list. The order stays while the data changes: none is missed, none twice.
reservations, cursor = [], None
while True:
    wanted = {"limit": 500} | ({"cursor": cursor} if cursor else {})
    page = call("GET", "/reservations", params=wanted)
    reservations += page["data"]
    cursor = page["next_cursor"]
    if cursor is None:
        break
print(f"It has {len(reservations)} reservations.")

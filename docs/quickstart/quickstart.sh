#!/bin/sh
# Needs curl and jq. ADJOIN is the address of the portal, TOKEN an access token: that of your sandbox.
set -eu
api() { curl --fail-with-body --silent --show-error --header "Authorization: Bearer $TOKEN" "$@"; }

# Whose token is it? Whatever state the connection is in, it may ask this.
connection=$(api "$ADJOIN/api/v1/connection")
echo "$connection" | jq --raw-output '"\(.property.name) wants \(.app), which is \(.status)."'

# Say yes. From now on the token opens all that the app asked for.
if [ "$(echo "$connection" | jq --raw-output .status)" = pending ]; then
  api --request POST --header "Idempotency-Key: yes-to-this-one" \
    "$ADJOIN/api/v1/connection/activate" | jq --raw-output '"Now it is \(.status)."'
fi

# Read every page of a list. The order stays while the data changes: none is missed, none twice.
cursor="" count=0
while :; do
  page=$(api --get --data-urlencode "limit=500" ${cursor:+--data-urlencode "cursor=$cursor"} \
    "$ADJOIN/api/v1/reservations")
  count=$((count + $(echo "$page" | jq '.data | length')))
  cursor=$(echo "$page" | jq --raw-output '.next_cursor // ""')
  [ -n "$cursor" ] || break
done
echo "It has $count reservations."

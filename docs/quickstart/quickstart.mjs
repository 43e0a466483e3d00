// Needs Node 18. ADJOIN is the address of the portal, TOKEN an access token: that of your sandbox.
const { ADJOIN, TOKEN } = process.env;

async function call(method, path, headers = {}) {
  const answer = await fetch(`${ADJOIN}/api/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${TOKEN}`, ...headers },
  });
  const body = await answer.json();
  if (!answer.ok) {
    // What is wrong, who can put it right, and where to read on.
    throw new Error(`${body.detail} (${body.code}, ${body.request_id})`);
  }
  return body;
}

// Whose token is it? Whatever state the connection is in, it may ask this.
const { property, app, status } = await call("GET", "/connection");
console.log(`${property.name} wants ${app}, which is ${status}.`);

// Say yes. From now on the token opens all that the app asked for.
if (status === "pending") {
  const moved = await call("POST", "/connection/activate", { "Idempotency-Key": "yes-to-this-one" });
  console.log(`Now it is ${moved.status}.`);
}

// Read every page of a list. The order stays while the data changes: none is missed, none twice.
const reservations = [];
let cursor = null;
do {
  const wanted = new URLSearchParams({ limit: "500", ...(cursor && { cursor }) });
  const page = await call("GET", `/reservations?${wanted}`);
  reservations.push(...page.data);
  cursor = page.next_cursor;
} while (cursor);
console.log(`It has ${reservations.length} reservations.`);

// The program's own client, against answers that are made up.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Api, Problem } from "./api.mjs";

// Returns a client that gets these answers, one after the other, and what it has asked.
function answered(...answers) {
  const asked = [], slept = [];
  const fetch = async (url, request) => {
    asked.push({ url: String(url), ...request });
    const { status = 200, headers = {}, body = {} } = answers.shift();
    return new Response(JSON.stringify(body), { status, headers });
  };
  const api = new Api("http://adjoin.test", "adj_1", { fetch, sleep: async (s) => slept.push(s) });
  return { api, asked, slept };
}

test("it shows its token and says what it wants", async () => {
  const { api, asked } = answered({ body: { data: [] } });
  assert.deepEqual(await api.get("/rates", { limit: 5, q: "a b" }), { data: [] });
  assert.equal(asked[0].url, "http://adjoin.test/api/v1/rates?limit=5&q=a+b");
  assert.equal(asked[0].headers.Authorization, "Bearer adj_1");
});

test("it follows the pages to the end, with the same filters", async () => {
  const page = (data, next_cursor) => ({ body: { data, next_cursor } });
  const { api, asked } = answered(page([1, 2], "c1"), page([3], "c2"), page([], null));
  const seen = [];
  for await (const { data } of api.pages("/spaces", { limit: 2 })) seen.push(...data);
  assert.deepEqual(seen, [1, 2, 3]);
  assert.ok(asked[2].url.endsWith("/spaces?limit=2&cursor=c2"));
});

test("it waits as long as it is told, then asks again", async () => {
  const busy = { status: 429, headers: { "Retry-After": "7" } };
  const { api, slept } = answered(busy, busy, { body: { id: "con_1" } });
  assert.deepEqual(await api.get("/connection"), { id: "con_1" });
  assert.deepEqual(slept, [7, 7]);
});

test("it learns what was wrong and who can put it right", async () => {
  const body = { code: "permission_missing", detail: "Ask for it.", owner: "partner" };
  const { api } = answered({ status: 403, body });
  await assert.rejects(api.get("/guests"), (error) => {
    assert.ok(error instanceof Problem);
    assert.deepEqual([error.code, error.owner], ["permission_missing", "partner"]);
    return true;
  });
});

test("it sends a request again under the same key", async () => {
  const { api, asked } = answered({ status: 429, headers: { "Retry-After": "0" } }, {});
  await api.post("/connection/activate");
  assert.ok(asked[0].headers["Idempotency-Key"]);
  assert.equal(asked[0].headers["Idempotency-Key"], asked[1].headers["Idempotency-Key"]);
});

// What a partner needs before values can be mapped.
import assert from "node:assert/strict";

export const title = "it reads the catalogue of the hotel";

const TYPES = ["services", "products", "accounting-categories", "spaces", "rates"];

export async function run(story) {
  const { api } = story;
  const { property } = await api.get("/connection");
  assert.deepEqual(await api.get("/property"), property);
  story.catalogue = {};
  for (const type of TYPES) {
    const found = story.catalogue[type] = [];
    for await (const page of api.pages(`/${type}`)) found.push(...page.data);
    assert.ok(found.length > 0, `no ${type}`);
    const [first] = found;
    assert.deepEqual(await api.get(`/${type}/${first.id}`), first);
    assert.ok(first.name && first.external_id && first.source.name);
  }
  await asks_again_only_for_what_is_new(api);
}

async function asks_again_only_for_what_is_new(api) {
  const tag = (await api.ask("GET", "/products")).headers.get("ETag");
  const again = await api.ask("GET", "/products", { headers: { "If-None-Match": tag } });
  assert.equal(again.status, 304);
}

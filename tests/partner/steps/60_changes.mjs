// The copy is brought up to date.
import assert from "node:assert/strict";

export const title = "it asks what has changed since, and gets exactly that";

export async function run({ api, copy, day, synced_until }) {
  const changed = [];
  for await (const page of api.pages("/reservations", { limit: 100, updated_since: synced_until })) {
    changed.push(...page.data);
  }
  const keys = changed.map((each) => each.external_id);
  const removed = changed.filter((each) => each.removed_at).map((each) => each.external_id);
  assert.deepEqual(keys.sort(), [...day.changed, ...day.added, ...day.removed].sort());
  assert.deepEqual(removed.sort(), [...day.removed].sort());

  for (const each of changed) {
    if (each.removed_at) copy.delete(each.id);
    else copy.set(each.id, each);
  }
  const now = new Map();
  for await (const page of api.pages("/reservations", { limit: 1000 })) {
    for (const each of page.data) now.set(each.id, each);
  }
  assert.equal(copy.size, now.size);
  for (const [id, each] of now) assert.deepEqual(copy.get(id), each);
}

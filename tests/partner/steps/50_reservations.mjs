// A first copy of all reservations, made while the hotel goes on working.
import assert from "node:assert/strict";

export const title = "it copies all reservations while they change: none missing, none twice";

export async function run(story) {
  const copy = new Map();
  let pages = 0;
  for await (const page of story.api.pages("/reservations", { limit: 250 })) {
    // From the first page on, the hotel changes, adds and removes reservations.
    if (pages++ === 0) {
      story.synced_until = page.synced_until;
      await story.hotel("work");
    }
    for (const reservation of page.data) {
      assert.ok(!copy.has(reservation.id), `${reservation.id} came twice`);
      copy.set(reservation.id, reservation);
    }
  }
  story.day = await story.hotel("rest");
  const seen = new Set([...copy.values()].map((each) => each.external_id));
  const missing = story.day.stayed.filter((key) => !seen.has(key));
  assert.deepEqual(missing, []);
  assert.ok(story.day.stayed.length > 9000 && pages > 40);
  assert.ok(story.day.changed.length > 50, "the hotel has hardly worked");
  story.copy = copy;
}

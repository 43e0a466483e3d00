// Lives through the story of one connection: every file in steps/, in the order of their names.
//
// A step exports `title` and `run(story)`. The story has `api`, `address`, `hotel` (what the people
// at the other side do: `await story.hotel("work")`), and whatever earlier steps left in it.
// Run as: ADDRESS=… TOKEN=… HOTEL=… node --test story.mjs
import { readdirSync } from "node:fs";
import { test } from "node:test";

import { Api } from "./api.mjs";

const { ADDRESS, TOKEN, HOTEL } = process.env;
const story = {
  address: ADDRESS,
  api: new Api(ADDRESS, TOKEN),
  hotel: async (wish) => (await fetch(`${HOTEL}/${wish}`, { method: "POST" })).json(),
};

await test("the story of a connection", async (told) => {
  const folder = new URL("steps/", import.meta.url);
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".mjs")).sort()) {
    const step = await import(new URL(file, folder));
    const went = await told.test(step.title, () => step.run(story)).then(() => true, () => false);
    if (!went) break;
  }
});

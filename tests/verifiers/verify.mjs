// Verifies the messages given on stdin as JSON, and prints for each null or what was wrong.
// Usage: node verify.mjs MODULE, where MODULE is our verifier's path or "standardwebhooks".
import { readFileSync } from "node:fs";

const given = await import(process.argv[2]);
const verify = given.verify ?? ((secret, headers, body) => new given.Webhook(secret).verify(body, headers));

const verdicts = JSON.parse(readFileSync(0, "utf8")).map(({ secret, headers, body, wrapped }) => {
  try {
    verify(secret, wrapped ? new Headers(headers) : headers, body);
    return null;
  } catch (fault) {
    return fault.message;
  }
});
console.log(JSON.stringify(verdicts));

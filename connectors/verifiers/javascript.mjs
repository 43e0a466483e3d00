// Verify a webhook (Standard Webhooks 1.0.0). Needs only Node.js.
import { createHmac, timingSafeEqual } from "node:crypto";

// Throws unless rawBody (a Buffer or string, exactly as received) was signed with the secret.
// headers: a plain object or a Headers. Answer 400 when this throws, and ignore the message.
export function verify(secret, headers, rawBody) {
  const plain = typeof headers.entries === "function" ? headers.entries() : Object.entries(headers);
  const given = new Map([...plain].map(([name, value]) => [name.toLowerCase(), String(value)]));
  for (const name of ["webhook-id", "webhook-timestamp", "webhook-signature"]) {
    if (!given.get(name)) throw new Error(`The header ${name} is missing.`);
  }
  const timestamp = given.get("webhook-timestamp");
  if (!/^[0-9]{1,12}$/.test(timestamp)) {
    throw new Error("The header webhook-timestamp is not a number of seconds.");
  }
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) {
    throw new Error("The message is more than five minutes old, or a clock is wrong.");
  }
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const hmac = createHmac("sha256", key).update(`${given.get("webhook-id")}.${timestamp}.`);
  const expected = Buffer.from("v1," + hmac.update(rawBody).digest("base64"));
  // While a secret is being rotated there are several signatures; one must match.
  const matches = given.get("webhook-signature").split(" ").map((one) => Buffer.from(one))
    .some((one) => one.length === expected.length && timingSafeEqual(one, expected));
  if (!matches) throw new Error("No signature matches. Is the secret right, and the body untouched?");
}

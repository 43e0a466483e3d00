// The Connector API as a partner's program calls it. Needs only Node.js.

// What the API answered when it could not do what was asked (RFC 9457).
export class Problem extends Error {
  constructor(problem) {
    super(`${problem.code}: ${problem.detail}`);
    Object.assign(this, problem);
  }
}

// address: of Adjoin, such as https://integrations.example.com. token: of one connection.
export class Api {
  constructor(address, token, { fetch = globalThis.fetch, sleep = seconds } = {}) {
    Object.assign(this, { address, token, fetch, sleep });
  }

  // Returns the answer to a question, such as get("/reservations", { limit: 100 }).
  async get(path, parameters = {}) {
    return (await this.ask("GET", path, { parameters })).json();
  }

  // Sends a body, with a key of its own so that it can be sent again without doing it twice.
  async post(path, body, { key = crypto.randomUUID() } = {}) {
    return (await this.ask("POST", path, { body, headers: { "Idempotency-Key": key } })).json();
  }

  // Returns the response; waits as long as told when there were too many requests.
  async ask(method, path, { parameters = {}, headers = {}, body } = {}) {
    const url = new URL(`${this.address}/api/v1${path}`);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    const request = { method, headers: { Authorization: `Bearer ${this.token}`, ...headers } };
    if (body !== undefined) {
      request.body = JSON.stringify(body);
      request.headers["Content-Type"] = "application/json";
    }
    for (;;) {
      const response = await this.fetch(url, request);
      if (response.status === 429) await this.sleep(Number(response.headers.get("Retry-After")));
      else if (response.ok || response.status === 304) return response;
      else throw new Problem(await response.json());
    }
  }

  // Gives the pages of a list, one after the other, until there is no next one.
  async *pages(path, parameters = {}) {
    let cursor;
    do {
      const page = await this.get(path, cursor ? { ...parameters, cursor } : parameters);
      yield page;
      cursor = page.next_cursor;
    } while (cursor);
  }
}

function seconds(count) {
  return new Promise((done) => setTimeout(done, count * 1000));
}

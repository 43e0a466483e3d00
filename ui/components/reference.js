/* Draws an OpenAPI 3.1 document. All of it is text: nothing in it becomes HTML. */
const WORDS = { connection: "Your connection", connections: "All your connections", property: "Property" };

export default {
  template: `
    <div class="reference">
      <p v-if="failed" role="alert">The description could not be loaded. Load the page again.</p>
      <p v-else-if="!groups.length" class="muted">Loading…</p>
      <nav v-if="groups.length" class="reference-nav" aria-label="Requests">
        <div class="search">
          <svg class="icon" aria-hidden="true"><use :href="icon('search')" /></svg>
          <input type="search" v-model="query" placeholder="Find a request" aria-label="Find a request" autocomplete="off" />
        </div>
        <ul>
          <li v-for="group in found" :key="group.tag">
            <a :href="'#' + group.tag">{{ group.label }}</a>
          </li>
        </ul>
        <a class="reference-file" :href="address">OpenAPI 3.1 document</a>
      </nav>
      <div v-if="groups.length" class="reference-body">
        <p class="sr-only" aria-live="polite">{{ query ? count + " requests found" : "" }}</p>
        <p v-if="query && !count" class="muted">No request matches “{{ query }}”.</p>
        <section v-for="group in found" :key="group.tag" :id="group.tag" :aria-label="group.label">
          <h2>{{ group.label }}</h2>
          <details v-for="call in group.calls" :key="call.id" :id="call.id" class="call" :open="opened(call)">
            <summary>
              <span class="verb" :data-verb="call.verb">{{ call.verb }}</span>
              <code>{{ call.path }}</code>
              <span class="call-title">{{ call.title }}</span>
            </summary>
            <div class="call-body">
              <p v-for="part in call.words" :key="part">{{ part }}</p>
              <p class="muted">{{ call.who }}</p>
              <template v-for="block in call.blocks" :key="block.title">
                <h3>{{ block.title }}</h3>
                <dl class="fields">
                  <template v-for="field in block.fields" :key="field.name">
                    <dt :class="{ alone: !field.meaning }" :style="{ paddingLeft: field.depth * 18 + 'px' }">
                      <code>{{ field.name }}</code>
                      <span class="muted">{{ field.kind }}</span>
                      <span v-if="field.required" class="needed">needed</span>
                    </dt>
                    <dd v-if="field.meaning" :style="{ paddingLeft: field.depth * 18 + 'px' }">{{ field.meaning }}</dd>
                  </template>
                </dl>
              </template>
              <h3>Answers</h3>
              <ul class="answers"><li v-for="answer in call.answers" :key="answer.code"><code>{{ answer.code }}</code> {{ answer.words }}</li></ul>
            </div>
          </details>
        </section>
      </div>
    </div>
  `,
  props: { address: String },
  data: () => ({ groups: [], query: "", failed: false, wanted: location.hash.slice(1) }),
  async mounted() {
    try {
      const answer = await fetch(this.address);
      this.groups = grouped(await answer.json());
    } catch {
      this.failed = true;
      return;
    }
    if (this.wanted) this.$nextTick(() => document.getElementById(this.wanted)?.scrollIntoView());
  },
  computed: {
    found() {
      const words = this.query.toLowerCase().split(/\s+/).filter(Boolean);
      const fits = (call) => words.every((word) => call.text.includes(word));
      return this.groups.map((group) => ({ ...group, calls: group.calls.filter(fits) })).filter((group) => group.calls.length);
    },
    count() {
      return this.found.reduce((sum, group) => sum + group.calls.length, 0);
    },
  },
  methods: {
    icon: (name) => adjoin.icon(name),
    opened(call) {
      return call.id === this.wanted || (this.query !== "" && this.count <= 3);
    },
  },
};

function grouped(document) {
  const group = (tag) => ({ tag, label: WORDS[tag] || readable(tag), calls: [] });
  const groups = new Map((document.tags || []).map(({ name }) => [name, group(name)]));
  for (const [path, verbs] of Object.entries(document.paths)) {
    for (const [verb, operation] of Object.entries(verbs)) {
      const tag = operation.tags[0];
      if (!groups.has(tag)) groups.set(tag, group(tag));
      groups.get(tag).calls.push(called(document, path, verb.toUpperCase(), operation));
    }
  }
  return [...groups.values()].filter((each) => each.calls.length);
}

function called(document, path, verb, operation) {
  const title = operation.summary || readable(operation.operationId);
  const blocks = [];
  for (const [place, label] of [["path", "In the path"], ["query", "In the query"], ["header", "Headers"]]) {
    const fields = (operation.parameters || []).filter((each) => each.in === place).map((each) => ({
      name: each.name, kind: kindOf(document, each.schema), required: each.required && place !== "path", meaning: each.description || each.schema?.description || "", depth: 0,
    }));
    if (fields.length) blocks.push({ title: label, fields });
  }
  const body = operation.requestBody?.content?.["application/json"]?.schema;
  if (body) blocks.push({ title: "Body (JSON)", fields: fieldsOf(document, body) });
  const answers = [];
  for (const [code, answer] of Object.entries(operation.responses)) {
    const schema = answer.content?.["application/json"]?.schema;
    const fields = schema ? fieldsOf(document, schema).map((field) => ({ ...field, required: false })) : [];
    if (fields.length) blocks.push({ title: "Answer " + code + " (JSON)", fields });
    answers.push({ code, words: wordsOf(code, answer) });
  }
  const words = (operation.description || "").replaceAll("`", "").split("\n\n");
  const doors = (operation.security || []).flatMap((each) => Object.keys(each));
  const who = doors.length ? "Needs: " + doors.join(" or ") + "." : "Needs no token.";
  for (const field of blocks.flatMap((block) => block.fields)) field.meaning = field.meaning.replaceAll("`", "");
  const text = [verb, path, title, ...words].join(" ").toLowerCase();
  return { id: operation.operationId.replaceAll(".", "-"), verb, path: "/api" + path, title, words, who, blocks, answers, text };
}

function wordsOf(code, answer) {
  return { "4XX": "A problem that you can act on: see Errors.", "5XX": "A problem on our side." }[code]
    || (answer.description === "Successful Response" ? "Done." : answer.description);
}

function fieldsOf(document, schema, depth = 0) {
  const meant = resolved(document, schema);
  if (depth > 3 || !meant) return [];
  if (meant.type === "array") return fieldsOf(document, meant.items, depth);
  return Object.entries(meant.properties || {}).flatMap(([name, each]) => [
    {
      name, depth, kind: kindOf(document, each), required: (meant.required || []).includes(name) && depth === 0,
      meaning: each.description || resolved(document, each)?.description || "",
    },
    ...fieldsOf(document, each, depth + 1),
  ]);
}

/* A reference, or what is there when it isn't null. */
function resolved(document, schema) {
  if (!schema) return null;
  if (schema.$ref) return document.components.schemas[schema.$ref.split("/").pop()];
  const choice = (schema.anyOf || schema.oneOf || []).find((each) => each.type !== "null");
  return choice ? resolved(document, choice) : schema;
}

function kindOf(document, schema) {
  const meant = resolved(document, schema) || {};
  const empty = (schema?.anyOf || []).some((each) => each.type === "null") ? " or null" : "";
  if (meant.enum) return "one of " + meant.enum.join(", ") + empty;
  if (meant.const !== undefined) return String(meant.const) + empty;
  if (meant.type === "array") return "list of " + kindOf(document, meant.items) + empty;
  return ({ "date-time": "moment", date: "date" }[meant.format] || { string: "text", integer: "whole number" }[meant.type] || meant.type || "anything") + empty;
}

function readable(name) {
  const words = name.replaceAll(/[._-]/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

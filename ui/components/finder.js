const PAUSE = 120; // milliseconds without typing before everything is searched

export default {
  template: `
    <div class="finder">
      <div class="search finder-search">
        <svg class="icon" aria-hidden="true"><use :href="icon('search')" /></svg>
        <input ref="query" v-model="query" type="text" autocomplete="off" spellcheck="false" maxlength="100" aria-label="Name, code or ID" placeholder="Name, code or ID" @input="soon" @keydown.enter="find" />
      </div>
      <p class="finder-told" role="status">{{ told }}</p>
      <section v-for="group in groups" :key="group.type" class="card finder-group" :aria-label="group.label">
        <h2>{{ group.label }}<span v-if="group.more">the first {{ group.hits.length }}; write more of it to see others</span></h2>
        <ul>
          <li v-for="hit in group.hits" :key="hit.public_id">
            <a class="finder-name" :href="'/records/' + group.type + '/' + hit.number" @click="open($event, group.type, hit)"><strong>{{ hit.name || "no name" }}</strong><code v-if="hit.code">{{ hit.code }}</code><em v-if="!hit.is_active">not in use</em></a>
            <span class="finder-id"><span>ID</span><code :title="hit.external_id">{{ hit.external_id }}</code></span>
            <span class="finder-source">{{ hit.source }}</span>
            <span class="finder-copy">
              <button type="button" class="btn small" data-kind="secondary" :aria-label="'Copy the ID of ' + (hit.name || hit.external_id)" @click="copy(hit.external_id)">
                <svg class="icon" aria-hidden="true"><use :href="icon(copied === hit.external_id ? 'check' : 'copy')" /></svg>{{ copied === hit.external_id ? "Copied" : "Copy" }}</button>
              <button type="button" class="btn small" data-kind="quiet" :aria-label="'Copy the API’s ID of ' + (hit.name || hit.external_id) + ', ' + hit.public_id" title="Its ID in the Connector API" @click="copy(hit.public_id)">
                <svg v-if="copied === hit.public_id" class="icon" aria-hidden="true"><use :href="icon('check')" /></svg><code>{{ hit.public_id }}</code></button>
            </span>
          </li>
        </ul>
      </section>
    </div>
  `,
  props: { text: String, found: Array, labels: Object, more: Array },
  emits: ["find", "open"],
  data() {
    return { query: this.text, hits: this.found, many: this.more, asked: this.text, ticket: 0, copied: "" };
  },
  computed: {
    groups() {
      const groups = new Map();
      for (const hit of this.hits) {
        if (!groups.has(hit.type)) groups.set(hit.type, { type: hit.type, label: this.labels[hit.type], more: this.many.includes(hit.type), hits: [] });
        groups.get(hit.type).hits.push(hit);
      }
      return [...groups.values()];
    },
    told() {
      if (!this.asked.trim()) return "Write a name, a code or an ID: everything that came in is searched.";
      const count = this.hits.length;
      return count ? `${count}${this.many.length ? " or more" : ""} found` : `Nothing here has “${this.asked.trim()}” in its name, code or ID.`;
    },
  },
  methods: {
    icon: (name) => adjoin.icon(name),
    soon() {
      clearTimeout(this.timer);
      this.timer = setTimeout(this.find, PAUSE);
    },
    find() {
      clearTimeout(this.timer);
      this.ticket += 1;
      this.$emit("find", { ticket: this.ticket, text: this.query });
    },
    show(ticket, text, hits, more) {
      if (ticket !== this.ticket) return; // something else was asked meanwhile
      [this.asked, this.hits, this.many] = [text, hits, more];
    },
    async copy(text) {
      if (!(await adjoin.copy(text))) return;
      this.copied = text;
      clearTimeout(this.calm);
      this.calm = setTimeout(() => (this.copied = ""), 1600);
    },
    open(event, type, hit) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.$emit("open", { type, number: hit.number });
    },
  },
  mounted() {
    if (window.matchMedia("(pointer: fine)").matches) this.$refs.query.focus({ preventScroll: true });
  },
  unmounted() {
    clearTimeout(this.timer);
    clearTimeout(this.calm);
  },
};

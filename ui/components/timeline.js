const STEP = 40;

export default {
  template: `
    <div class="timeline">
      <p v-if="!all.length" class="muted">{{ empty }}</p>
      <div v-if="offered.length > 1" class="chips" role="group" aria-label="Show of this story">
        <button type="button" class="chip" :aria-pressed="!kind" @click="choose('')">All <span class="chip-count">{{ all.length }}</span></button>
        <button v-for="each in offered" :key="each.key" type="button" class="chip" :aria-pressed="kind === each.key" @click="choose(each.key)">{{ each.label }} <span class="chip-count">{{ each.count }}</span></button>
      </div>
      <section v-for="group in days" :key="group.key" :aria-label="group.day">
        <h3>{{ group.day }}</h3>
        <ol>
          <li v-for="row in group.rows" :key="row.id || row.at + row.text" :id="row.id" :data-tone="row.tone || 'muted'" :class="{ here: row.id && row.id === line }">
            <span class="timeline-mark" aria-hidden="true"><svg class="icon" width="15" height="15"><use :href="icon(row.icon || 'circle-dot')" /></svg></span>
            <div>
              <p class="timeline-text">{{ row.text }}</p>
              <p class="timeline-who">{{ row.who }}<template v-if="row.side"> · {{ row.side }}</template></p>
              <p v-if="row.detail" class="timeline-detail">{{ row.detail }}</p>
            </div>
            <a v-if="row.id" class="timeline-link" :href="address(row.id)" :aria-label="'Link to this line, ' + clock(row.at) + ': ' + row.text" @click.exact.prevent.stop="point(row.id)"><time :datetime="row.at" :title="moment(row.at)">{{ clock(row.at) }}</time></a>
            <time v-else :datetime="row.at" :title="moment(row.at)">{{ clock(row.at) }}</time>
          </li>
        </ol>
      </section>
      <button v-if="shown.length > limit" type="button" class="btn small" data-kind="secondary" @click="limit += step">Show older ({{ shown.length - limit }} left)</button>
      <p class="sr-only" aria-live="polite">{{ said }}</p>
    </div>
  `,
  props: { rows: Array, zone: String, empty: String, kinds: Object, place: String, first: Number },
  data() {
    return { added: [], kind: "", line: "", limit: this.first, step: STEP, said: "" };
  },
  computed: {
    all() {
      return [...this.added, ...this.rows];
    },
    offered() {
      const counts = new Map();
      for (const row of this.all) if (row.kind) counts.set(row.kind, (counts.get(row.kind) || 0) + 1);
      return Object.entries(this.kinds || {})
        .filter(([key]) => counts.has(key))
        .map(([key, label]) => ({ key, label, count: counts.get(key) }));
    },
    shown() {
      return this.kind ? this.all.filter((row) => row.kind === this.kind) : this.all;
    },
    days() {
      const groups = [];
      for (const row of this.shown.slice(0, this.limit)) {
        const key = adjoin.dayKey(row.at, this.zone);
        if (groups.at(-1)?.key !== key) groups.push({ key, day: adjoin.day(row.at, this.zone), rows: [] });
        groups.at(-1).rows.push(row);
      }
      return groups;
    },
  },
  watch: {
    rows() {
      this.added = [];
    },
  },
  mounted() {
    const query = new URLSearchParams(location.search);
    const kind = query.get("kind");
    if (this.offered.some((each) => each.key === kind)) this.kind = kind;
    const line = query.get("line");
    if (this.all.some((row) => row.id === line)) this.show(line);
  },
  methods: {
    icon: (name) => adjoin.icon(name),
    moment(at) {
      return adjoin.moment(at, this.zone);
    },
    clock(at) {
      return adjoin.clock(at, this.zone);
    },
    prepend(row) {
      this.added.unshift(row);
    },
    /* The address of the page with other words in its query; it can be given to somebody else. */
    address(line, kind = this.kind) {
      const query = new URLSearchParams();
      if (this.place) query.set("place", this.place);
      if (kind) query.set("kind", kind);
      if (line) query.set("line", line);
      return location.pathname + (query.size ? "?" + query : "");
    },
    remember(address) {
      const prefix = window.path_prefix || "";
      history.replaceState({ ...history.state, page: address.slice(prefix.length) }, "", address);
    },
    choose(kind) {
      this.kind = kind;
      this.line = "";
      this.limit = this.first;
      this.said = `${this.shown.length} lines`;
      this.remember(this.address("", kind));
    },
    show(line) {
      if (!this.shown.some((row) => row.id === line)) this.kind = "";
      this.limit = Math.max(this.limit, this.shown.findIndex((row) => row.id === line) + 1);
      this.line = line;
      this.$nextTick(() => document.getElementById(line)?.scrollIntoView({ block: "center" }));
    },
    async point(line) {
      this.line = line;
      const address = this.address(line);
      this.remember(address);
      if (await adjoin.copy(location.origin + address)) this.said = "Link copied";
    },
  },
};

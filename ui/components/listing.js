const STEP = 60;

export default {
  template: `
    <div class="listing">
      <div v-if="search" class="search">
        <svg class="icon" aria-hidden="true"><use :href="icon('search')" /></svg>
        <input type="search" v-model="query" :placeholder="search" :aria-label="search" autocomplete="off" @keydown.esc="query = ''" />
      </div>
      <p class="sr-only" aria-live="polite">{{ query ? found.length + ' rows found' : '' }}</p>
      <div v-if="found.length" class="listing-frame">
        <table role="table" :aria-label="label">
          <thead role="rowgroup"><tr role="row">
            <th v-for="column in columns" :key="column.key" role="columnheader" scope="col" :class="place(column)">
              <span :class="{ 'sr-only': column.kind === 'actions' }">{{ column.label || "Actions" }}</span>
            </th>
          </tr></thead>
          <tbody role="rowgroup">
            <tr v-for="row in found.slice(0, whole ? found.length : limit)" :key="row.id" role="row" :class="{ linked: row.href || opens, fresh: fresh === row.id }">
              <td v-for="(column, index) in columns" :key="column.key" role="cell" :class="[place(column), { none: missing(row[column.key]) }]" :data-label="column.label">
                <span v-if="missing(row[column.key])" class="muted">{{ column.kind === "actions" ? "" : "–" }}</span>
                <span v-else-if="column.kind === 'badge'" class="badge" :data-tone="badge(row[column.key]).tone">{{ badge(row[column.key]).label }}</span>
                <time v-else-if="column.kind === 'ago'" :datetime="row[column.key]" :title="moment(row[column.key])">{{ ago(row[column.key]) }}</time>
                <time v-else-if="column.kind === 'time'" :datetime="row[column.key]">{{ moment(row[column.key]) }}</time>
                <code v-else-if="column.kind === 'mono'">{{ row[column.key] }}</code>
                <a v-else-if="column.kind === 'link'" class="above" :href="row[column.key].href">{{ row[column.key].label }}</a>
                <span v-else-if="column.kind === 'links'" class="links above">
                  <component :is="item.href ? 'a' : 'span'" v-for="item in row[column.key]" :key="item.label" :href="item.href">{{ item.label }}</component>
                </span>
                <span v-else-if="column.kind === 'actions'" class="row-actions above">
                  <template v-for="item in row[column.key]" :key="item.action">
                    <span v-if="item.why_not" class="why">
                      <button type="button" class="btn small" data-kind="secondary" aria-disabled="true"
                              :aria-describedby="$attrs.id + row.id + item.action" @click="told = row.id + item.action" @blur="told = null">{{ item.label }}</button>
                      <span class="tip" role="tooltip" :id="$attrs.id + row.id + item.action" :class="{ shown: told === row.id + item.action }">{{ item.why_not }}</span>
                    </span>
                    <button v-else type="button" class="btn small" :data-kind="item.kind || 'secondary'"
                            :aria-label="item.label + ' ' + name(row)" @click="act(row.id, item.action)">
                      <svg v-if="item.icon" class="icon" aria-hidden="true"><use :href="icon(item.icon)" /></svg>{{ item.label }}
                    </button>
                  </template>
                </span>
                <template v-else>
                  <a v-if="index === lead && row.href" class="row-link" :href="row.href" @click="open($event, row.id)">{{ row[column.key] }}</a>
                  <button v-else-if="index === lead && opens" type="button" class="row-link" @click="$emit('open', row.id)">{{ row[column.key] }}</button>
                  <strong v-else-if="column.kind === 'strong'">{{ row[column.key] }}</strong>
                  <span v-else>{{ column.kind === "number" ? number(row[column.key]) : row[column.key] }}</span>
                </template>
                <a v-if="column.sub && row[column.sub]?.href" class="sub above" :href="row[column.sub].href">{{ row[column.sub].label }}</a>
                <span v-else-if="column.sub && row[column.sub]" class="sub">{{ row[column.sub] }}</span>
              </td>
            </tr>
          </tbody>
        </table>
      </div>
      <p v-else class="listing-empty">{{ query ? "No row matches “" + query + "”." : empty }}</p>
      <button v-if="!whole && found.length > limit" type="button" class="btn small more" data-kind="secondary" @click="limit += step">
        Show more ({{ found.length - limit }} left)
      </button>
    </div>
  `,
  props: {
    columns: Array, rows: Array, label: String, search: String, empty: String, zone: String, opens: Boolean, whole: Boolean,
  },
  emits: ["open", "act"],
  data: () => ({ query: "", limit: STEP, step: STEP, changed: {}, fresh: null, told: null, now: Date.now() }),
  computed: {
    merged() {
      return Vue.toRaw(this.rows).map((row) => (this.changed[row.id] ? { ...row, ...this.changed[row.id] } : row));
    },
    found() {
      const words = adjoin.plain(this.query).split(/\s+/).filter(Boolean);
      if (!words.length) return this.merged;
      return this.merged.filter((row) => {
        const text = adjoin.plain(this.columns.map((column) => this.words(column, row)).join(" "));
        return words.every((word) => text.includes(word));
      });
    },
    lead() {
      const strong = this.columns.findIndex((column) => column.kind === "strong");
      return strong >= 0 ? strong : 0;
    },
  },
  watch: {
    rows() {
      this.changed = {};
    },
    query() {
      this.limit = STEP;
    },
  },
  methods: {
    icon: (name) => adjoin.icon(name),
    missing: (value) => value === null || value === undefined || value === "" || value.length === 0,
    number: (value) => (typeof value === "number" ? value.toLocaleString("en") : value),
    place: (column) => ["is-" + column.kind, column.align === "end" || column.kind === "number" || column.kind === "actions" ? "end" : ""],
    ago(at) {
      return adjoin.ago(at, this.now);
    },
    moment(at) {
      return adjoin.moment(at, this.zone);
    },
    badge(value) {
      if (!value) return null;
      const look = adjoin.status(value.status ?? value);
      return { tone: look.tone, label: value.text ?? look.label };
    },
    words(column, row) {
      const value = row[column.key];
      if (column.kind === "badge") return this.badge(value)?.label ?? "";
      if (column.kind === "actions") return "";
      if (column.kind === "links") return value.map((item) => item.label).join(" ");
      return `${value?.label ?? value ?? ""} ${row[column.sub]?.label ?? row[column.sub] ?? ""}`;
    },
    name(row) {
      return row[this.columns[this.lead].key];
    },
    open(event, id) {
      if (!this.opens || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation(); // else the framework's own link handler navigates as well
      this.$emit("open", id);
    },
    act(row, action) {
      if (this.last === row + action && Date.now() - this.at < 600) return; // a double click
      [this.last, this.at] = [row + action, Date.now()];
      this.$emit("act", { row, action });
    },
    patch(id, changes) {
      this.changed[id] = { ...this.changed[id], ...changes };
      this.fresh = id;
      clearTimeout(this.calm);
      this.calm = setTimeout(() => (this.fresh = null), 1800);
    },
  },
  mounted() {
    this.stop = adjoin.tick(() => (this.now = Date.now()));
  },
  unmounted() {
    this.stop();
    clearTimeout(this.calm);
  },
};

const PATIENCE = 220; // milliseconds after the last key

export default {
  template: `
    <div class="listing records">
      <div class="records-tools">
        <div class="search">
          <svg class="icon" aria-hidden="true"><use :href="icon('search')" /></svg>
          <input type="search" v-model="query" :placeholder="search" :aria-label="search" autocomplete="off" maxlength="200"
                 @input="later" @keydown.enter="find" @keydown.esc="clear" />
        </div>
        <slot name="tools" />
        <div v-if="sortable.length" class="records-sort">
          <label>
            <span>Sort by</span>
            <span class="box-select">
              <select class="box" :value="view.sort" @change="$emit('sort', $event.target.value)">
                <option v-for="head in sortable" :key="head.key" :value="head.key">{{ head.label }}</option>
              </select>
              <svg class="icon" width="16" height="16" aria-hidden="true"><use :href="icon('chevron-down')" /></svg>
            </span>
          </label>
          <span class="box-select">
            <select class="box" aria-label="Direction" :value="view.descending" @change="$emit('sort', view.sort)">
              <option :value="false">Ascending</option>
              <option :value="true">Descending</option>
            </select>
            <svg class="icon" width="16" height="16" aria-hidden="true"><use :href="icon('chevron-down')" /></svg>
          </span>
        </div>
      </div>
      <p class="sr-only" aria-live="polite">{{ told }}</p>
      <div v-if="view.rows.length" class="listing-frame records-frame" :class="{ waiting }" role="region" :aria-label="label" tabindex="0">
        <table role="table" :aria-label="label">
          <thead role="rowgroup"><tr role="row">
            <th v-for="head in heads" :key="head.key" role="columnheader" scope="col" :class="{ end: head.kind === 'number' }" :aria-sort="order(head)">
              <span v-if="head.fixed">{{ head.label }}</span>
              <button v-else type="button" class="records-head" :class="{ on: head.key === view.sort }" @click="$emit('sort', head.key)">
                {{ head.label }}<svg class="icon" width="13" height="13" aria-hidden="true"><use :href="icon(arrow(head))" /></svg>
              </button>
            </th>
          </tr></thead>
          <tbody role="rowgroup">
            <tr v-for="row in view.rows" :key="row.id" role="row" class="linked">
              <td v-for="(head, index) in heads" :key="head.key" role="cell" :data-label="head.label"
                  :class="[index === 0 ? 'is-strong' : 'is-' + head.kind, { end: head.kind === 'number', none: missing(row[head.key]) }]">
                <a v-if="index === 0" class="row-link" :href="row.href">{{ row[head.key] }}</a>
                <span v-else-if="missing(row[head.key])" class="muted">–</span>
                <span v-else-if="head.kind === 'badge'" class="badge" :data-tone="row[head.key].tone">{{ row[head.key].text }}</span>
                <time v-else-if="head.kind === 'ago'" :datetime="row[head.key]" :title="moment(row[head.key])">{{ ago(row[head.key]) }}</time>
                <span v-else>{{ row[head.key] }}</span>
                <span v-if="head.sub && row[head.sub]" class="sub">{{ row[head.sub] }}</span>
              </td>
            </tr>
          </tbody>
        </table>
      </div>
      <slot v-else />
      <nav v-if="view.total" class="pager" aria-label="Pages">
        <span class="muted tabular">{{ told }}</span>
        <span v-if="view.pages > 1" class="actions">
          <button v-for="step in steps" :key="step.label" type="button" class="btn small" data-kind="secondary" :aria-disabled="step.off ? 'true' : null"
                  :aria-label="step.label" :title="step.label" @click="step.off || go(step.to)">
            <svg class="icon" aria-hidden="true"><use :href="icon(step.icon)" /></svg>{{ step.words }}
          </button>
        </span>
      </nav>
    </div>
  `,
  props: { heads: Array, sheet: Object, label: String, one: String, search: String, text: String, zone: String },
  emits: ["search", "sort", "page"],
  data() {
    return { view: this.sheet, query: this.text ?? "", waiting: false, now: Date.now() };
  },
  computed: {
    sortable() {
      return this.heads.filter((head) => !head.fixed);
    },
    told() {
      const { first, total, rows } = this.view;
      if (!total) return `No ${this.one} found`;
      const last = first + rows.length - 1;
      return `${first.toLocaleString("en")}–${last.toLocaleString("en")} of ${total.toLocaleString("en")}`;
    },
    steps() {
      const { page, pages } = this.view;
      return [
        { label: "Previous page", words: "Previous", icon: "chevron-left", to: page - 1, off: page <= 1 },
        { label: "Next page", words: "Next", icon: "chevron-right", to: page + 1, off: page >= pages },
      ];
    },
  },
  methods: {
    icon: (name) => adjoin.icon(name),
    ago(at) {
      return adjoin.ago(at, this.now);
    },
    moment(at) {
      return adjoin.moment(at, this.zone);
    },
    missing: (value) => value === null || value === undefined || value === "",
    order(head) {
      return head.key === this.view.sort ? (this.view.descending ? "descending" : "ascending") : null;
    },
    arrow(head) {
      return head.key !== this.view.sort ? "chevrons-up-down" : this.view.descending ? "arrow-down" : "arrow-up";
    },
    later() {
      clearTimeout(this.timer);
      this.timer = setTimeout(this.find, PATIENCE);
    },
    find() {
      clearTimeout(this.timer);
      this.waiting = true;
      this.$emit("search", this.query);
    },
    clear() {
      this.write("");
      this.find();
    },
    write(text) {
      clearTimeout(this.timer);
      this.query = text;
    },
    go(page) {
      this.waiting = true;
      this.$emit("page", page);
      this.$el.scrollIntoView({ block: "start" });
    },
    show(sheet) {
      this.view = sheet;
      this.waiting = false;
    },
  },
  mounted() {
    this.stop = adjoin.tick(() => (this.now = Date.now()));
  },
  unmounted() {
    this.stop();
    clearTimeout(this.timer);
  },
};

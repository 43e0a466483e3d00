const PAUSE = 140; // milliseconds without typing before the hotel's lists are searched
const LATE = 30000; // after that an answer that was lost keeps nobody from going on
const FILTERS = [
  { key: "all", label: "All" },
  { key: "unmapped", label: "Unmapped" },
  { key: "proposed", label: "Proposed" },
];
const STATUS = {
  mapped: { tone: "ok", icon: "circle-check", words: "Mapped" },
  open: { tone: "muted", icon: "circle-dashed", words: "Open" },
  lacking: { tone: "warn", icon: "circle-dashed", words: "Open, required" },
  proposed: { tone: "info", icon: "handshake", words: "Proposed by partner" },
  none: { tone: "muted", icon: "ban", words: "No mapping" },
  without: { tone: "warn", icon: "ban", words: "No mapping, but required" },
  gone: { tone: "bad", icon: "triangle-alert", words: "Gone at the source" },
};

/* Chooses one of the hotel's own records; the server finds them by name, code or id. */
const Picker = {
  template: `
    <div class="picker" @focusout="left">
      <button ref="opener" type="button" class="picker-open" :class="{ none: !chosen }" :aria-disabled="disabled ? 'true' : null" :aria-label="label"
              aria-haspopup="dialog" :aria-expanded="open ? 'true' : 'false'" @click="open ? close() : show()" @keydown.down.prevent="show()">
        <span class="grow"><slot></slot></span>
        <svg class="icon" width="15" height="15" aria-hidden="true"><use :href="icon('chevron-down')" /></svg>
      </button>
      <div v-if="open" ref="drop" class="picker-drop" role="dialog" :aria-label="label" @keydown.esc.stop.prevent="close()">
        <div class="search">
          <svg class="icon" aria-hidden="true"><use :href="icon('search')" /></svg>
          <input ref="query" v-model="query" type="text" role="combobox" aria-expanded="true" aria-autocomplete="list" autocomplete="off" spellcheck="false" maxlength="100"
                 placeholder="Name, code or ID" :aria-label="'Search ' + list" :aria-controls="name + '-list'"
                 :aria-activedescendant="found?.length ? name + '-' + at : null" @input="soon" @keydown="key" />
        </div>
        <ul v-if="found?.length" ref="list" role="listbox" tabindex="-1" :id="name + '-list'" :aria-label="list">
          <li v-for="(entry, index) in found" :key="entry.number" role="option" :id="name + '-' + index" :aria-selected="index === at ? 'true' : 'false'"
              :class="{ at: index === at }" @mousedown.prevent @click="choose(entry)" @mousemove="at = index">
            <span class="picker-path">{{ entry.name }}<code v-if="entry.code">{{ entry.code }}</code>
              <svg v-if="entry.number === value" class="icon" width="14" height="14" aria-hidden="true"><use :href="icon('check')" /></svg></span>
            <span class="picker-kind">{{ entry.source }}</span>
            <span class="picker-examples">{{ entry.external_id }}</span>
            <span class="picker-empty">{{ entry.state === "inactive" ? "not in use" : "" }}</span>
          </li>
        </ul>
        <p v-else class="picker-none" role="status">{{ found ? (query ? "Nothing here has “" + query + "” in its name, code or ID." : "The hotel has none of these. Bring them in with an integration.") : "Looking …" }}</p>
        <div class="picker-foot">
          <button type="button" class="btn small" data-kind="quiet" :aria-pressed="none ? 'true' : 'false'" @click="other('none')">
            <svg class="icon" aria-hidden="true"><use :href="icon('ban')" /></svg>No mapping</button>
          <button v-if="chosen || none" type="button" class="btn small" data-kind="quiet" @click="other('clear')">
            <svg class="icon" aria-hidden="true"><use :href="icon('x')" /></svg>Leave open</button>
        </div>
      </div>
    </div>
  `,
  props: { name: String, label: String, list: String, value: Number, chosen: Boolean, none: Boolean, disabled: Boolean, answer: Object },
  emits: ["find", "pick", "none", "clear"],
  data: () => ({ open: false, query: "", at: 0, found: null, ticket: 0 }),
  watch: {
    answer(answer) {
      if (!this.open || answer?.ticket !== this.ticket) return;
      this.found = answer.entries;
      this.at = Math.max(0, this.query ? 0 : this.found.findIndex((entry) => entry.number === this.value));
      this.$nextTick(() => {
        this.reveal();
        this.$refs.drop?.scrollIntoView({ block: "nearest" });
      });
    },
  },
  methods: {
    icon: (name) => adjoin.icon(name),
    show() {
      if (this.disabled) return;
      this.query = "";
      this.found = null;
      this.open = true;
      this.find();
      this.$nextTick(() => {
        this.$refs.query?.focus({ preventScroll: true });
        this.$refs.drop?.scrollIntoView({ block: "nearest" });
      });
    },
    soon() {
      clearTimeout(this.timer);
      this.timer = setTimeout(this.find, PAUSE);
    },
    find() {
      this.ticket = Date.now();
      this.$emit("find", { ticket: this.ticket, text: this.query });
    },
    close() {
      this.open = false;
      this.$refs.opener.focus({ preventScroll: true });
    },
    left(event) {
      if (event.relatedTarget && !this.$el.contains(event.relatedTarget)) this.open = false;
    },
    away(event) {
      if (this.open && !this.$el.contains(event.target)) this.open = false;
    },
    key(event) {
      const last = (this.found?.length ?? 0) - 1;
      const to = { ArrowDown: this.at + 1, ArrowUp: this.at - 1, PageDown: this.at + 6, PageUp: this.at - 6 }[event.key];
      if (to !== undefined && last >= 0) {
        event.preventDefault();
        this.at = to < 0 ? (event.key === "ArrowUp" ? last : 0) : to > last ? (event.key === "ArrowDown" ? 0 : last) : to;
        this.$nextTick(this.reveal);
      } else if (event.key === "Enter") {
        event.preventDefault();
        if (this.found?.[this.at]) this.choose(this.found[this.at]);
      }
    },
    reveal() {
      this.$refs.list?.children[this.at]?.scrollIntoView({ block: "nearest" });
    },
    choose(entry) {
      this.close();
      if (entry.number !== this.value) this.$emit("pick", entry.number);
    },
    other(name) {
      this.close();
      this.$emit(name);
    },
  },
  mounted() {
    document.addEventListener("click", this.away, true);
  },
  unmounted() {
    clearTimeout(this.timer);
    document.removeEventListener("click", this.away, true);
  },
};

export default {
  components: { picker: Picker },
  template: `
    <div class="mapping valuemap">
      <div class="mapping-bar">
        <div class="mapping-count" role="progressbar" aria-label="Value mapping" aria-valuemin="0" :aria-valuemax="now.total" :aria-valuenow="now.mapped" :aria-valuetext="now.mapped + ' of ' + now.total + ' mapped'">
          <strong>{{ now.mapped }} of {{ now.total }}</strong> mapped
          <span v-if="now.lacking" class="mapping-lacking">{{ now.lacking }} required {{ now.lacking === 1 ? "one is" : "ones are" }} open</span>
          <span class="mapping-progress" aria-hidden="true"><i :style="{ width: (100 * now.mapped) / now.total + '%' }"></i></span>
        </div>
        <div class="segments" role="group" aria-label="Which values to show">
          <button v-for="each in filters" :key="each.key" type="button" :aria-pressed="filter === each.key ? 'true' : 'false'" @click="filter = each.key">{{ each.label }}<span class="valuemap-number">{{ each.count }}</span></button>
        </div>
        <div class="mapping-saved">
          <span role="status" class="mapping-told">
            <template v-if="busy">Saving…</template>
            <template v-else-if="now.version"><svg class="icon" width="14" height="14" aria-hidden="true"><use :href="icon('check')" /></svg>Saved, version {{ now.version }}</template>
          </span>
          <button v-if="now.undo && !whyNot" type="button" class="btn small" data-kind="secondary" :disabled="busy" @click="send('undo')">
            <svg class="icon" aria-hidden="true"><use :href="icon('undo-2')" /></svg>Undo</button>
        </div>
      </div>

      <div v-if="suggested && !whyNot" class="mapping-drafts">
        <svg class="icon" width="20" height="20" aria-hidden="true"><use :href="icon('sparkles')" /></svg>
        <p class="grow"><strong>{{ suggested }} suggestion{{ suggested === 1 ? "" : "s" }}</strong> from codes and names. Nothing counts until you accept it.</p>
        <button v-if="now.sure" type="button" class="btn small" data-kind="primary" :disabled="busy" @click="send('all')">
          <svg class="icon" aria-hidden="true"><use :href="icon('list-checks')" /></svg>Accept all above 90 % ({{ now.sure }})</button>
      </div>

      <section v-for="group in groups" :key="group.type" :aria-labelledby="$attrs.id + group.type">
        <div class="mapping-group"><h2 :id="$attrs.id + group.type">{{ group.title }}</h2><p>{{ group.mapped }} of {{ group.total }} mapped</p></div>
        <ul class="mapping-rows">
          <li v-for="row in group.rows" :key="row.key" class="mapping-row valuemap-row" :data-state="state(row)" :class="{ fresh: fresh.includes(row.key) }">
            <div class="map-ours">
              <h3>{{ row.label }}<span v-if="row.required" class="map-kind">required</span></h3>
              <p v-if="row.hint">{{ row.hint }}</p>
            </div>

            <div class="map-from">
              <div v-if="row.proposal" class="map-draft proposed">
                <div class="map-draft-line">
                  <svg class="icon" width="15" height="15" aria-hidden="true"><use :href="icon('handshake')" /></svg>
                  <span class="grow"><strong>{{ row.proposal.record ? row.proposal.record.name : "No mapping" }}</strong> <code v-if="row.proposal.record?.code">{{ row.proposal.record.code }}</code></span>
                </div>
                <p>{{ row.proposal.who }} proposes this{{ row.record ? " instead of what is mapped" : "" }}.</p>
                <div v-if="!whyNot" class="actions">
                  <button type="button" class="btn small" data-kind="primary" :disabled="busy" :aria-label="'Confirm ' + wished(row) + ' for ' + row.label" @click="send('confirm', row.key)">
                    <svg class="icon" aria-hidden="true"><use :href="icon('check')" /></svg>Confirm</button>
                  <button type="button" class="btn small" data-kind="quiet" :disabled="busy" :aria-label="'Decline ' + wished(row) + ' for ' + row.label" @click="send('dismiss', row.key)">Decline</button>
                </div>
              </div>
              <div v-else-if="row.suggested && !whyNot" class="map-draft">
                <div class="map-draft-line">
                  <svg class="icon" width="15" height="15" aria-hidden="true"><use :href="icon('sparkles')" /></svg>
                  <span class="grow"><strong>{{ row.suggested.name }}</strong> <code v-if="row.suggested.code">{{ row.suggested.code }}</code></span>
                  <span class="map-sure" :title="row.suggested.confidence + ' percent sure'">{{ row.suggested.confidence }} %</span>
                  <button type="button" class="btn small" data-kind="soft" :disabled="busy" :aria-label="'Accept ' + row.suggested.name + ' for ' + row.label" @click="send('choose', { key: row.key, number: row.suggested.number })">
                    <svg class="icon" aria-hidden="true"><use :href="icon('check')" /></svg>Accept</button>
                </div>
                <p>{{ row.suggested.reason }}</p>
              </div>
              <picker v-if="!whyNot || row.record" :class="{ slim: isSlim(row) }" :name="$attrs.id + row.key + 'pick'" :label="row.label + ': ' + spoken(row)" :list="row.type" :value="row.record?.number ?? null" :chosen="!!row.record" :none="row.choice === 'none'"
                      :disabled="!!whyNot || busy" :answer="answer?.key === row.key ? answer : null" @find="find(row, $event)" @pick="send('choose', { key: row.key, number: $event })" @none="send('none', row.key)" @clear="send('clear', row.key)">
                <span v-if="row.record" class="valuemap-record"><span><strong>{{ row.record.name }}</strong> <code v-if="row.record.code">{{ row.record.code }}</code></span> <small>{{ row.record.source }}</small></span>
                <span v-else>{{ isSlim(row) ? "Choose another…" : row.choice === "none" ? "No mapping" : "Choose…" }}</span>
              </picker>
              <p v-else-if="!row.proposal" class="valuemap-nothing">{{ row.choice === "none" ? "No mapping" : "Nothing chosen yet" }}</p>
            </div>

            <span class="valuemap-status" :data-tone="look(row).tone"><svg class="icon" width="16" height="16" aria-hidden="true"><use :href="icon(look(row).icon)" /></svg>{{ look(row).words }}</span>

            <p v-if="row.gone" class="map-say bad"><svg class="icon" width="15" height="15" aria-hidden="true"><use :href="icon('triangle-alert')" /></svg><span>{{ row.gone }} {{ whyNot ? "" : "Choose what takes its place." }}</span></p>
            <p v-if="refused[row.key]" class="map-say bad" role="alert"><svg class="icon" width="15" height="15" aria-hidden="true"><use :href="icon('circle-alert')" /></svg><span>{{ refused[row.key] }}</span></p>
          </li>
        </ul>
      </section>
      <p v-if="!groups.length" class="valuemap-empty" role="status">{{ filter === "proposed" ? "The partner proposes nothing at the moment." : "Every value is decided." }}</p>
    </div>
  `,
  props: { standing: Object, whyNot: String },
  emits: ["find", "choose", "none", "clear", "confirm", "dismiss", "all", "undo"],
  data() {
    return { now: Vue.markRaw(this.standing), filter: "all", busy: false, fresh: [], refused: {}, answer: null };
  },
  computed: {
    filters() {
      return FILTERS.map((each) => ({ ...each, count: this.now.rows.filter((row) => this.fits(row, each.key)).length }));
    },
    groups() {
      const groups = new Map();
      for (const row of this.now.rows) {
        if (!groups.has(row.type)) groups.set(row.type, { type: row.type, title: row.type, rows: [], mapped: 0, total: 0 });
        const group = groups.get(row.type);
        group.total += 1;
        group.mapped += this.isDecided(row) ? 1 : 0;
        if (this.fits(row, this.filter)) group.rows.push(row);
      }
      return [...groups.values()].filter((group) => group.rows.length);
    },
    suggested() {
      return this.now.rows.filter((row) => row.suggested).length;
    },
  },
  watch: {
    standing() {
      this.take(this.standing, []);
    },
  },
  methods: {
    icon: (name) => adjoin.icon(name),
    isDecided: (row) => !row.gone && (row.choice === "record" || (row.choice === "none" && !row.required)),
    fits(row, filter) {
      return filter === "all" || (filter === "proposed" ? !!row.proposal : !this.isDecided(row));
    },
    look(row) {
      if (row.status === "open" && row.required) return STATUS.lacking;
      if (row.status === "none" && row.required) return STATUS.without;
      return STATUS[row.status];
    },
    state(row) {
      return { mapped: "filled", none: row.required ? "lacking" : "filled", gone: "wrong", proposed: "draft" }[row.status] ?? (row.required ? "lacking" : row.suggested && !this.whyNot ? "draft" : "open");
    },
    isSlim(row) {
      return !row.record && !this.whyNot && !!(row.proposal || row.suggested);
    },
    spoken(row) {
      if (row.record) return [row.record.name, row.record.code, row.record.source].filter(Boolean).join(" ");
      return this.isSlim(row) ? "Choose another…" : row.choice === "none" ? "No mapping" : "Choose…";
    },
    wished: (row) => row.proposal.record?.name ?? "No mapping",

    // The server searches; what it finds for an earlier question is left aside.
    find(row, { ticket, text }) {
      this.$emit("find", { key: row.key, ticket, text });
    },
    found(key, ticket, entries) {
      this.answer = { key, ticket, entries };
    },

    // What was chosen is saved at once; the server answers with the new standing.
    send(name, args) {
      if (this.busy || this.whyNot) return;
      this.busy = true;
      this.refused = {};
      clearTimeout(this.late);
      this.late = setTimeout(() => (this.busy = false), LATE);
      this.$emit(name, args);
    },
    done() {
      clearTimeout(this.late);
      this.busy = false;
    },
    take(standing, fresh) {
      this.now = Vue.markRaw(standing);
      this.fresh = fresh;
      clearTimeout(this.calm);
      this.calm = setTimeout(() => (this.fresh = []), 1800);
    },
    refuse(key, sentence) {
      this.refused = { ...this.refused, [key]: sentence };
    },
  },
  unmounted() {
    for (const timer of [this.calm, this.late]) clearTimeout(timer);
  },
};

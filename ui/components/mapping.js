const SHOWN = 80; // fields in an open picker; typing finds the others
const KINDS = { integer: "whole number", moment: "date & time", choice: "one of a list", boolean: "yes or no", list: "list of texts" };
const SURE = 90; // percent from which suggestions are accepted together
const LONGEST_KEY = 16; // characters of a record's key in the bar, which stays one line high

/* Chooses a field of the source: its path, kind, examples, and how often it is empty. */
const Picker = {
  template: `
    <div class="picker" @focusout="left">
      <button ref="opener" type="button" class="picker-open" :class="{ none: !value }" :aria-disabled="disabled ? 'true' : null" :aria-label="label"
              aria-haspopup="dialog" :aria-expanded="open ? 'true' : 'false'" @click="open ? close() : show()" @keydown.down.prevent="show()">
        <span class="grow"><slot></slot></span>
        <svg class="icon" width="15" height="15" aria-hidden="true"><use :href="icon('chevron-down')" /></svg>
      </button>
      <div v-if="open" ref="drop" class="picker-drop" role="dialog" :aria-label="label" @keydown.esc.stop.prevent="close()">
        <div class="search">
          <svg class="icon" aria-hidden="true"><use :href="icon('search')" /></svg>
          <input ref="query" v-model="query" type="text" role="combobox" aria-expanded="true" aria-autocomplete="list" autocomplete="off" spellcheck="false"
                 placeholder="Search path or value" aria-label="Search the source’s fields" :aria-controls="name + '-list'"
                 :aria-activedescendant="found.length ? name + '-' + at : null" @keydown="key" />
        </div>
        <ul v-if="found.length" ref="list" role="listbox" tabindex="-1" :id="name + '-list'" aria-label="Fields of the source">
          <li v-for="(field, index) in found" :key="field.path" role="option" :id="name + '-' + index" :aria-selected="index === at ? 'true' : 'false'"
              :class="{ at: index === at }" @mousedown.prevent @click="choose(field.path)" @mousemove="at = index">
            <span class="picker-path"><code>{{ field.path }}</code>
              <svg v-if="field.path === value" class="icon" width="14" height="14" aria-hidden="true"><use :href="icon('check')" /></svg></span>
            <span class="picker-kind">{{ words(field.kind) }}</span>
            <span class="picker-examples">{{ field.examples.length ? field.examples.slice(0, 3).join(" · ") : "no value in the sample" }}</span>
            <span class="picker-empty">{{ field.unique ? "unique" : field.empty ? field.empty + " % empty" : "always there" }}</span>
          </li>
        </ul>
        <p v-else class="picker-none">{{ fields.length ? "No field matches “" + query + "”." : "Read sample records first, then the source’s fields are listed here." }}</p>
        <div v-if="others" class="picker-foot">
          <button type="button" class="btn small" data-kind="quiet" @click="other('constant')">Write a constant</button>
          <button type="button" class="btn small" data-kind="quiet" @click="other('expression')">Write an expression</button>
        </div>
      </div>
    </div>
  `,
  props: { name: String, label: String, value: String, fields: Array, disabled: Boolean, others: Boolean },
  emits: ["pick", "other"],
  data: () => ({ open: false, query: "", at: 0 }),
  computed: {
    found() {
      const words = adjoin.plain(this.query).split(/\s+/).filter(Boolean);
      const fields = Vue.toRaw(this.fields);
      if (!words.length) return fields.slice(0, SHOWN);
      const text = (field) => adjoin.plain(`${field.path} ${field.examples.join(" ")}`);
      const found = fields.filter((field) => words.every((word) => text(field).includes(word)));
      const rank = (field) => (adjoin.plain(field.path).includes(words[0]) ? 0 : 1);
      return found.sort((a, b) => rank(a) - rank(b)).slice(0, SHOWN);
    },
  },
  watch: {
    query() {
      this.at = 0;
    },
  },
  methods: {
    icon: (name) => adjoin.icon(name),
    words: (kind) => KINDS[kind] ?? kind,
    show() {
      if (this.disabled) return;
      this.query = "";
      this.open = true;
      this.at = Math.max(0, this.found.findIndex((field) => field.path === this.value));
      this.$nextTick(() => {
        this.$refs.query?.focus({ preventScroll: true });
        this.$refs.drop?.scrollIntoView({ block: "nearest" });
        this.reveal();
      });
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
      const last = this.found.length - 1;
      const to = { ArrowDown: this.at + 1, ArrowUp: this.at - 1, PageDown: this.at + 6, PageUp: this.at - 6 }[event.key];
      if (to !== undefined) {
        event.preventDefault();
        this.at = to < 0 ? (event.key === "ArrowUp" ? last : 0) : to > last ? (event.key === "ArrowDown" ? 0 : last) : to;
        this.$nextTick(this.reveal);
      } else if (event.key === "Enter") {
        event.preventDefault();
        if (this.found[this.at]) this.choose(this.found[this.at].path);
      }
    },
    reveal() {
      this.$refs.list?.children[this.at]?.scrollIntoView({ block: "nearest" });
    },
    choose(path) {
      this.close();
      this.$emit("pick", path);
    },
    other(take) {
      this.open = false;
      this.$emit("other", take);
    },
  },
  mounted() {
    document.addEventListener("click", this.away, true);
  },
  unmounted() {
    document.removeEventListener("click", this.away, true);
  },
};

/* Texts of a list, separated by commas, as one line. */
const listed = (value) => (Array.isArray(value) ? value.join(", ") : "");
const unlisted = (text) => text.split(",").map((part) => part.trim()).filter(Boolean);

const shortened = (key) => (key.length > LONGEST_KEY ? `${key.slice(0, 8)}…${key.slice(-4)}` : key);

export default {
  components: { picker: Picker },
  template: `
    <div class="mapping" @keydown.ctrl.enter="save">
      <div class="mapping-bar">
        <div class="mapping-count">
          <strong>{{ filled }} of {{ targets.length }}</strong> fields are filled
          <span v-if="lacking" class="mapping-lacking">{{ lacking }} required missing</span>
          <span class="mapping-progress" aria-hidden="true"><i :style="{ width: (100 * filled) / targets.length + '%' }"></i></span>
        </div>
        <div class="mapping-tools">
          <div v-if="now.samples.length" class="mapping-sample" role="group" aria-label="Sample record">
            <button type="button" class="btn bare small" data-kind="quiet" aria-label="Record before" @click="step(-1)">
              <svg class="icon" aria-hidden="true"><use :href="icon('chevron-left')" /></svg></button>
            <span aria-live="polite">Record {{ at + 1 }} of {{ now.samples.length }}<code v-if="sample.key" :title="sample.key">{{ shortened(sample.key) }}</code></span>
            <button type="button" class="btn bare small" data-kind="quiet" aria-label="Next record" @click="step(1)">
              <svg class="icon flip" aria-hidden="true"><use :href="icon('chevron-left')" /></svg></button>
          </div>
          <div class="mapping-saved">
            <button v-if="!whyNot" type="button" class="btn small mapping-undo" data-kind="secondary" :disabled="busy || !now.undo" :hidden="!now.undo" aria-label="Undo" @click="send('undo')">
              <svg class="icon" aria-hidden="true"><use :href="icon('undo-2')" /></svg><span>Undo</span></button>
            <span role="status" class="mapping-told">
              <template v-if="busy">Saving…</template>
              <template v-else-if="now.saved"><svg class="icon" width="14" height="14" aria-hidden="true"><use :href="icon('check')" /></svg><span>Saved<span>, version {{ now.saved.number }}</span></span></template>
            </span>
          </div>
        </div>
      </div>

      <div v-if="drafted.length && !whyNot" class="mapping-drafts">
        <svg class="icon" width="20" height="20" aria-hidden="true"><use :href="icon('sparkles')" /></svg>
        <p class="grow"><strong>{{ drafted.length }} suggestion{{ drafted.length === 1 ? "" : "s" }}</strong><template v-if="needed && drafted.length > 1">, {{ needed }} of them for what is required</template>.
          Made from names and values; nothing counts until you accept it.</p>
        <button v-if="sure.length" type="button" class="btn small" data-kind="primary" :disabled="busy" @click="accept(sure)">
          <svg class="icon" aria-hidden="true"><use :href="icon('list-checks')" /></svg>{{ sure.length === drafted.length ? "Accept all " + sure.length : "Accept " + sure.length + " from ${SURE} %" }}</button>
      </div>

      <section v-for="group in groups" :key="group.title" :aria-labelledby="$attrs.id + group.key">
        <div class="mapping-group"><h2 :id="$attrs.id + group.key">{{ group.title }}</h2><p>{{ group.text }}</p></div>
        <div v-if="group === groups[0]" class="mapping-heads" aria-hidden="true">
          <span>Our field</span><span>Where it comes from</span><span>Conversion</span><span>Before → after</span></div>
        <ul class="mapping-rows">
          <li v-for="target in group.targets" :key="target.key" class="mapping-row" :id="$attrs.id + target.key" tabindex="-1"
              :data-state="state(target)" :class="{ fresh: fresh.includes(target.key), open: editing === target.key }">
            <div class="map-ours">
              <h3>{{ target.label }}<span class="map-kind">{{ words(target.kind) }}</span></h3>
              <p>{{ target.meaning }}</p>
            </div>

            <div class="map-from">
              <div v-if="draft(target) && !whyNot" class="map-draft">
                <div class="map-draft-line">
                  <svg class="icon" width="15" height="15" aria-hidden="true"><use :href="icon('sparkles')" /></svg>
                  <code>{{ draft(target).source }}</code><span class="map-sure" :title="draft(target).confidence + ' percent sure'">{{ draft(target).confidence }} %</span>
                </div>
                <p>{{ draft(target).reason }}</p>
              </div>
              <picker :class="{ slim: draft(target) && !whyNot }" :name="$attrs.id + target.key + 'from'" :label="'Source of ' + target.label + ': ' + origin(target)" :value="row(target)?.take === 'path' ? row(target).source : ''"
                      :fields="now.fields" :disabled="!!whyNot || busy" others @pick="pick(target, $event)" @other="write(target, $event)">
                <template v-if="row(target)">
                  <code v-if="row(target).take === 'path'">{{ row(target).source }}</code>
                  <span v-else class="map-other"><em>{{ row(target).take === "constant" ? "always" : "expression" }}</em> <code>{{ row(target).source }}</code></span>
                </template>
                <span v-else>{{ origin(target) }}</span>
              </picker>
              <p v-if="behind(target)" class="map-behind"><svg class="icon" width="14" height="14" aria-hidden="true"><use :href="icon('check')" /></svg>{{ behind(target) }}</p>
            </div>

            <button v-if="row(target)" type="button" class="map-how" :aria-expanded="editing === target.key ? 'true' : 'false'"
                    :aria-label="'How ' + target.label + ' is converted: ' + label(row(target).transform)" @click="editing === target.key ? close() : edit(target)">
              <span>{{ label(row(target).transform) }}</span>
              <svg class="icon" width="15" height="15" aria-hidden="true"><use :href="icon(editing === target.key ? 'chevron-down' : 'settings')" /></svg>
            </button>
            <button v-else-if="draft(target) && !whyNot" type="button" class="btn small map-accept" data-kind="soft" :disabled="busy"
                    :aria-label="'Accept ' + draft(target).source + ' for ' + target.label" @click="accept([target.key])">
              <svg class="icon" aria-hidden="true"><use :href="icon('check')" /></svg>Accept</button>
            <span v-else class="map-how none"></span>

            <div v-if="cell(target)" class="map-see" :class="{ drafted: !row(target) }">
              <span class="map-before" :title="cell(target)[0]">{{ cell(target)[0] || "empty" }}</span>
              <svg class="icon" width="14" height="14" aria-hidden="true"><use :href="icon('arrow-right')" /></svg>
              <span v-if="cell(target)[2]" class="map-after wrong-cell"><svg class="icon" width="13" height="13" aria-hidden="true"><use :href="icon('circle-x')" /></svg>cannot</span>
              <span v-else class="map-after" :class="{ none: !cell(target)[1] }" :title="cell(target)[1]">{{ cell(target)[1] || "empty" }}</span>
            </div>
            <span v-else class="map-see none"></span>

            <div v-if="lost(target)" class="map-say warn">
              <svg class="icon" width="15" height="15" aria-hidden="true"><use :href="icon('triangle-alert')" /></svg>
              <p>The source has no <code>{{ lost(target).path }}</code> any more.<template v-if="lost(target).instead"> It is probably called <code>{{ lost(target).instead }}</code> now.</template></p>
              <button v-if="lost(target).instead && !whyNot" type="button" class="btn small" data-kind="primary" :disabled="busy" @click="pick(target, lost(target).instead)">Use {{ lost(target).instead }}</button>
            </div>
            <p v-if="said(target)" class="map-say bad" :role="refused[target.key] ? 'alert' : null">
              <svg class="icon" width="15" height="15" aria-hidden="true"><use :href="icon('circle-alert')" /></svg><span>{{ said(target) }}</span>
              <button v-if="row(target) && editing !== target.key && !whyNot" type="button" class="btn small" data-kind="quiet" :aria-label="'Open the row of ' + target.label" @click="go(target.key)">Open the row</button></p>

            <div v-if="editing === target.key" class="map-panel" @keydown.esc.stop="close()">
              <div class="map-form">
                <div class="segments" role="group" :aria-label="'Where ' + target.label + ' comes from'">
                  <button v-for="take in ['path', 'constant', 'expression']" :key="take" type="button" :aria-pressed="edited.take === take ? 'true' : 'false'" :disabled="!!whyNot" @click="turn(take)">{{ { path: "Field", constant: "Constant", expression: "Expression" }[take] }}</button>
                </div>
                <div class="field">
                  <label :for="$attrs.id + 'source'">{{ { path: "Field of the source", constant: "The value of every record", expression: "Expression" }[edited.take] }}</label>
                  <picker v-if="edited.take === 'path'" :name="$attrs.id + 'source'" :label="'Field of the source: ' + (edited.source || 'Choose a field…')" :value="edited.source" :fields="now.fields" :disabled="!!whyNot" @pick="change('source', $event)">
                    <code v-if="edited.source">{{ edited.source }}</code><span v-else>Choose a field…</span>
                  </picker>
                  <input v-else :id="$attrs.id + 'source'" ref="source" class="box" :class="{ mono: edited.take === 'expression' }" :value="edited.source" maxlength="500" :readonly="!!whyNot" spellcheck="false" autocomplete="off"
                         :list="edited.take === 'constant' && target.choices.length ? $attrs.id + 'ours' : null"
                         :placeholder="edited.take === 'expression' ? 'join(\\' \\', [first, last])' : ''" @input="change('source', $event.target.value)" @keydown.enter.prevent="save" />
                  <p v-if="edited.take === 'expression'" class="hint">JMESPath over one record: paths, <code>join</code>, <code>length</code>, <code>not_null(a, b)</code>, filters such as <code>items[?type=='room'].name | [0]</code>.</p>
                </div>
                <div class="field">
                  <label :for="$attrs.id + 'how'">Conversion</label>
                  <span class="box-select"><select :id="$attrs.id + 'how'" class="box" :value="edited.transform" :disabled="!!whyNot" @change="convert($event.target.value)">
                    <option v-for="key in target.convert" :key="key" :value="key">{{ label(key) }}</option>
                  </select><svg class="icon" width="16" height="16" aria-hidden="true"><use :href="icon('chevron-down')" /></svg></span>
                </div>
                <div v-for="option in options" :key="option.key" class="field">
                  <fieldset v-if="option.kind === 'pairs'" class="map-pairs">
                    <legend>{{ option.label }}</legend>
                    <p class="hint">{{ option.meaning }}</p>
                    <div v-for="(pair, index) in pairs" :key="index" class="map-pair" :class="{ lacking: unfilled(pair) }">
                      <input class="box" :value="pair[0]" :readonly="!!whyNot" :aria-label="'Value of the source, line ' + (index + 1)" placeholder="Their value" @input="repair(index, 0, $event.target.value)" />
                      <svg class="icon" width="15" height="15" aria-hidden="true"><use :href="icon('arrow-right')" /></svg>
                      <span v-if="target.choices.length" class="box-select"><select class="box" :value="pair[1]" :disabled="!!whyNot" :aria-label="'Our value for ' + pair[0]" @change="repair(index, 1, $event.target.value)">
                        <option value="">Choose…</option><option v-for="choice in target.choices" :key="choice" :value="choice">{{ spoken(choice) }}</option>
                      </select><svg class="icon" width="16" height="16" aria-hidden="true"><use :href="icon('chevron-down')" /></svg></span>
                      <input v-else class="box" :value="pair[1]" :readonly="!!whyNot" :aria-label="'Our value for ' + pair[0]" placeholder="Ours" @input="repair(index, 1, $event.target.value)" />
                      <button v-if="!whyNot" type="button" class="btn bare small" data-kind="quiet" :aria-label="'Remove the line ' + pair[0]" @click="drop(index)"><svg class="icon" aria-hidden="true"><use :href="icon('x')" /></svg></button>
                      <p v-if="unfilled(pair)" class="map-unfilled"><svg class="icon" width="14" height="14" aria-hidden="true"><use :href="icon('circle-alert')" /></svg>Not in the list yet</p>
                    </div>
                    <button v-if="!whyNot" type="button" class="btn small" data-kind="quiet" @click="pairs.push(['', ''])"><svg class="icon" aria-hidden="true"><use :href="icon('plus')" /></svg>Add a line</button>
                  </fieldset>
                  <fieldset v-else-if="option.kind === 'path' || option.kind === 'paths'" class="map-paths">
                    <legend>{{ option.label }}</legend>
                    <ol v-if="paths(option).length">
                      <li v-for="(path, index) in paths(option)" :key="index"><code>{{ path }}</code>
                        <button v-if="!whyNot" type="button" class="btn bare small" data-kind="quiet" :aria-label="'Remove ' + path" @click="unlist(option, index)"><svg class="icon" aria-hidden="true"><use :href="icon('x')" /></svg></button></li>
                    </ol>
                    <picker v-if="!whyNot && (option.kind === 'paths' || !paths(option).length)" :name="$attrs.id + option.key" :label="option.label + ': choose a field…'" value="" :fields="now.fields" @pick="list(option, $event)"><span>{{ paths(option).length ? "One more field…" : "Choose a field…" }}</span></picker>
                    <p class="hint">{{ option.meaning }}</p>
                  </fieldset>
                  <template v-else>
                    <label :for="$attrs.id + option.key">{{ option.label }}</label>
                    <span v-if="offered(option, target).length" class="box-select"><select :id="$attrs.id + option.key" class="box" :value="edited.options[option.key] ?? (option.kind === 'choice' ? offered(option, target)[0][0] : '')" :disabled="!!whyNot" @change="set(option, $event.target.value)">
                      <option v-for="choice in offered(option, target)" :key="choice[0]" :value="choice[0]">{{ choice[1] }}</option>
                    </select><svg class="icon" width="16" height="16" aria-hidden="true"><use :href="icon('chevron-down')" /></svg></span>
                    <input v-else :id="$attrs.id + option.key" class="box" :type="option.kind === 'integer' ? 'number' : 'text'" :value="written(option)" :readonly="!!whyNot" :placeholder="option.kind === 'time_zone' ? zone : option.kind === 'currency' ? 'EUR' : ''"
                           autocomplete="off" @input="set(option, $event.target.value)" @keydown.enter.prevent="save" />
                    <p class="hint">{{ option.meaning }}{{ option.kind === "texts" ? " With commas between them." : "" }}</p>
                  </template>
                </div>
                <p v-if="trial?.problem" class="wrong" role="alert"><svg class="icon" width="15" height="15" aria-hidden="true"><use :href="icon('circle-alert')" /></svg>{{ trial.problem }}</p>
                <div class="actions">
                  <button type="button" class="btn small" data-kind="primary" :disabled="!!whyNot || busy || !dirty || !edited.source" :aria-describedby="$attrs.id + 'unsaved'" @click="save">Save this row</button>
                  <button type="button" class="btn small" data-kind="secondary" @click="close">{{ dirty ? "Cancel" : "Close" }}</button>
                  <button v-if="row(target) && !whyNot" type="button" class="btn small" data-kind="danger" :disabled="busy" @click="clear(target)">Remove this row</button>
                  <span :id="$attrs.id + 'unsaved'" class="muted small">{{ unsaved }}</span>
                </div>
              </div>
              <div class="map-table">
                <p class="map-table-title">{{ dirty ? "What this would do" : "What it does" }} to the sample records</p>
                <table v-if="effects(target).length"><thead><tr><th scope="col">In the source</th><th scope="col">{{ target.label }}</th></tr></thead>
                  <tbody><tr v-for="(one, index) in effects(target)" :key="index" :class="{ here: index === at, bad: one[2] }">
                    <td>{{ one[0] || "empty" }}</td><td><template v-if="one[2]">{{ one[2] }}</template><span v-else :class="{ muted: !one[1] }">{{ one[1] || "empty" }}</span></td></tr></tbody></table>
                <p v-else-if="trial?.problem" class="wrong">{{ trial.problem }}</p>
                <p v-else class="muted">{{ now.samples.length ? "Choose where it comes from, and see it here." : "There are no sample records yet." }}</p>
              </div>
            </div>
          </li>
        </ul>
      </section>

      <details class="mapping-source" v-if="now.fields.length">
        <summary><strong>All {{ now.fields.length }} fields of the source</strong><span>{{ unused }} of them fill nothing</span></summary>
        <table><thead><tr><th scope="col">Path</th><th scope="col">Kind</th><th scope="col">Examples</th><th scope="col">Empty</th><th scope="col">Fills</th></tr></thead>
          <tbody><tr v-for="field in now.fields" :key="field.path"><td><code>{{ field.path }}</code></td><td>{{ words(field.kind) }}</td><td>{{ field.examples.slice(0, 3).join(" · ") }}</td><td>{{ field.empty }} %</td><td>{{ (fills[field.path] || []).join(", ") }}</td></tr></tbody></table>
      </details>
      <datalist :id="$attrs.id + 'ours'"><option v-for="choice in choices" :key="choice" :value="choice"></option></datalist>
    </div>
  `,
  props: { targets: Array, conversions: Array, standing: Object, one: String, zone: String, whyNot: String },
  emits: ["pick", "accept", "keep", "clear", "try", "undo"],
  data() {
    return {
      now: Vue.markRaw(this.standing), at: 0, editing: null, edited: null, pairs: [], dirty: false,
      trial: null, ticket: 0, busy: false, fresh: [], refused: {},
    };
  },
  computed: {
    sample() {
      return this.now.samples[this.at] ?? { cells: {} };
    },
    groups() {
      const [key, ...others] = this.targets;
      return [
        { key: "key", title: "Primary key", text: "Begin here: what tells one " + this.one + " from every other, and never changes.", targets: [key] },
        { key: "required", title: "Required", text: "Every " + this.one + " needs these.", targets: others.filter((each) => each.required) },
        { key: "optional", title: "Optional", text: "Fill what the source has; the rest stays empty.", targets: others.filter((each) => !each.required) },
      ].filter((group) => group.targets.length);
    },
    filled() {
      return this.targets.filter((target) => this.row(target)).length;
    },
    lacking() {
      return this.targets.filter((target) => target.required && !this.row(target)).length;
    },
    drafted() {
      return Object.keys(this.now.drafts);
    },
    needed() {
      return this.targets.filter((target) => target.required && this.draft(target)).length;
    },
    sure() {
      return this.drafted.filter((key) => this.now.drafts[key].confidence >= SURE);
    },
    known() {
      return Object.fromEntries(this.conversions.map((each) => [each.key, each]));
    },
    target() {
      return this.targets.find((each) => each.key === this.editing);
    },
    options() {
      return this.known[this.edited?.transform]?.options[this.target?.kind] ?? [];
    },
    // Why the open row cannot be saved yet.
    unsaved() {
      if (this.whyNot || !this.edited) return "";
      if (!this.edited.source) return "Say first where it comes from.";
      const lacking = this.pairs.find(this.unfilled);
      if (!this.dirty) return lacking ? `Choose what “${lacking[0]}” becomes, then save.` : "Nothing has been changed.";
      return "";
    },
    choices() {
      return this.target?.choices ?? [];
    },
    fills() {
      const found = {};
      for (const target of this.targets) {
        const row = this.row(target);
        for (const path of row ? [row.source, ...(row.options.more ?? []), row.options.currency_path].filter(Boolean) : [])
          (found[path] ??= []).push(target.label);
      }
      return found;
    },
    unused() {
      return this.now.fields.filter((field) => !this.fills[field.path]).length;
    },
  },
  watch: {
    standing() {
      this.take(this.standing, []);
    },
  },
  methods: {
    icon: (name) => adjoin.icon(name),
    shortened,
    words: (kind) => KINDS[kind] ?? kind,
    spoken: (choice) => choice.replaceAll("_", " "),
    label(key) {
      return this.known[key]?.label ?? key;
    },
    row(target) {
      return this.now.rows[target.key];
    },
    draft(target) {
      return this.row(target) ? null : this.now.drafts[target.key];
    },
    lost(target) {
      return this.now.lost[target.key];
    },
    cell(target) {
      if (this.editing === target.key && this.dirty) return this.trial?.cells?.[this.at] ?? null;
      return this.sample.cells[target.key] ?? (this.whyNot ? null : this.now.drafts[target.key]?.cells[this.at]);
    },
    wrong(target) {
      return this.row(target) ? this.now.wrong[target.key] : null;
    },
    // What is found by an id needs no row.
    behind(target) {
      return this.row(target) ? "" : this.now.behind[target.key];
    },
    // What is wrong with a row, unless what caused it or the open panel says so already.
    said(target) {
      const sentence = this.refused[target.key] || (this.lost(target) ? null : this.wrong(target));
      return this.editing === target.key && this.trial?.problem === sentence ? null : sentence;
    },
    origin(target) {
      const row = this.row(target);
      if (!row) return this.draft(target) && !this.whyNot ? "Choose another…" : this.behind(target) ? "Choose a field instead…" : "Choose a field…";
      return { path: "", constant: "always ", expression: "expression " }[row.take] + row.source;
    },
    state(target) {
      if (this.lost(target) || this.wrong(target)) return "wrong";
      if (this.row(target)) return "filled";
      return this.draft(target) ? "draft" : target.required ? "lacking" : "open";
    },
    step(by) {
      const count = this.now.samples.length;
      this.at = (this.at + by + count) % count;
    },

    // What was confirmed is saved at once; the server answers with the new standing.
    send(name, args) {
      if (this.busy || this.whyNot) return;
      const button = document.activeElement;
      this.stood = { button, row: button.closest(".mapping-row") };
      this.busy = true;
      this.refused = {};
      clearTimeout(this.late);
      this.late = setTimeout(() => (this.busy = false), 30000);
      this.$emit(name, args);
    },
    done() {
      clearTimeout(this.late);
      this.busy = false;
      this.$nextTick(this.stand);
    },
    // A button that was pressed may be gone, or was disabled meanwhile: the keyboard goes on from there.
    stand() {
      if (document.activeElement !== document.body || !this.stood) return;
      const { button, row } = this.stood;
      const changed = document.getElementById(this.$attrs.id + this.fresh[0]);
      const place = button.isConnected && !button.disabled ? button : (row ?? changed)?.querySelector("button:not(:disabled)");
      place?.focus({ preventScroll: true });
    },
    pick(target, path) {
      if (this.editing === target.key) this.close();
      this.send("pick", { target: target.key, path });
    },
    accept(targets) {
      this.send("accept", { targets });
    },
    clear(target) {
      this.close();
      this.send("clear", target.key);
    },

    // One row at a time is edited; until it is saved it only tries.
    edit(target, row = this.row(target)) {
      this.editing = target.key;
      this.edited = { target: target.key, take: row.take, source: row.source, transform: row.transform, options: { ...row.options } };
      this.pairs = this.lines(target);
      this.dirty = false;
      this.trial = null;
    },
    lines(target) {
      const values = Object.entries(this.edited.options.values ?? {});
      if (this.edited.transform !== "choice" || this.whyNot) return values;
      const named = new Set([...values.map(([theirs]) => theirs.toLowerCase()), ...target.choices]);
      const seen = this.now.fields.find((field) => field.path === this.edited.source)?.examples ?? [];
      return [...seen.filter((each) => !named.has(each.toLowerCase())).map((each) => [each, ""]), ...values];
    },
    // A line that the list lacks: a record with its value would be refused.
    unfilled([theirs, ours]) {
      const { values, otherwise } = this.edited.options;
      return theirs.trim() !== "" && !ours && !otherwise && values?.[theirs] === undefined;
    },
    write(target, take) {
      const transform = this.row(target)?.transform ?? target.convert[0];
      this.edit(target, { take, source: "", transform, options: {} });
      this.dirty = true;
      this.$nextTick(() => [this.$refs.source].flat()[0]?.focus());
    },
    turn(take) {
      if (take === this.edited.take) return;
      this.edited.take = take;
      this.edited.source = "";
      this.touch();
      this.$nextTick(() => [this.$refs.source].flat()[0]?.focus());
    },
    change(name, value) {
      this.edited[name] = value;
      this.touch();
    },
    convert(key) {
      this.edited.transform = key;
      const kept = new Set(this.options.map((option) => option.key));
      this.edited.options = Object.fromEntries(Object.entries(this.edited.options).filter(([name]) => kept.has(name)));
      this.pairs = this.lines(this.target);
      this.touch();
    },
    offered(option, target) {
      if (option.kind === "choice" || option.choices.length) return option.choices;
      if (option.kind === "boolean") return [["", "No"], ["true", "Yes"]];
      if (option.key === "otherwise" && target.choices.length) return [["", "Refuse the record"], ...target.choices.map((each) => [each, this.spoken(each)])];
      return [];
    },
    written(option) {
      const value = this.edited.options[option.key];
      return option.kind === "texts" ? listed(value) : (value ?? "");
    },
    set(option, text) {
      let value = text;
      if (option.kind === "texts") value = unlisted(text);
      else if (option.kind === "integer") value = text === "" ? "" : Number(text);
      else if (option.kind === "boolean") value = text === "true";
      else if (option.kind === "currency") value = text.trim().toUpperCase();
      this.put(option, value);
    },
    put(option, value) {
      if (value === "" || value === false || value.length === 0) delete this.edited.options[option.key];
      else this.edited.options[option.key] = value;
      this.touch();
    },
    paths(option) {
      return [this.edited.options[option.key] ?? []].flat();
    },
    list(option, path) {
      this.put(option, option.kind === "path" ? path : [...this.paths(option), path]);
    },
    unlist(option, index) {
      this.put(option, this.paths(option).filter((_, place) => place !== index));
    },
    repair(index, side, text) {
      this.pairs[index][side] = text;
      this.keepPairs();
    },
    drop(index) {
      this.pairs.splice(index, 1);
      this.keepPairs();
    },
    keepPairs() {
      this.edited.options.values = Object.fromEntries(this.pairs.filter(([theirs, ours]) => theirs.trim() && ours));
      this.touch();
    },
    touch() {
      this.dirty = true;
      this.refused = {}; // it was said of what stood there before
      clearTimeout(this.soon);
      if (!this.edited.source) return (this.trial = null);
      this.soon = setTimeout(() => this.$emit("try", { ticket: ++this.ticket, row: this.plain() }), 160);
    },
    plain() {
      return JSON.parse(JSON.stringify(this.edited));
    },
    save() {
      if (!this.editing || !this.dirty || !this.edited.source) return;
      this.send("keep", this.plain());
    },
    close() {
      const key = this.editing;
      clearTimeout(this.soon);
      this.editing = this.edited = this.trial = null;
      this.dirty = false;
      this.refused = {};
      if (key) this.$nextTick(() => document.getElementById(this.$attrs.id + key)?.querySelector("button")?.focus({ preventScroll: true }));
    },
    effects(target) {
      if (this.dirty) return this.trial?.cells ?? [];
      return this.now.samples.map((each) => each.cells[target.key]).filter(Boolean);
    },

    // Called by the server.
    take(standing, fresh) {
      const before = this.editing && JSON.stringify(this.now.rows[this.editing]);
      this.now = Vue.markRaw(standing);
      this.at = Math.min(this.at, Math.max(0, standing.samples.length - 1));
      // What somebody else saved doesn't take away what is being typed here.
      if (this.editing && fresh.includes(this.editing) && (this.busy || !this.dirty)) this.close();
      else if (this.editing && !this.dirty && before !== JSON.stringify(standing.rows[this.editing])) this.close();
      this.fresh = fresh;
      clearTimeout(this.calm);
      this.calm = setTimeout(() => (this.fresh = []), 1800);
    },
    tried(ticket, cells, problem) {
      if (ticket === this.ticket && this.editing) this.trial = { cells, problem };
    },
    refuse(target, sentence) {
      this.refused = { ...this.refused, [target]: sentence };
    },
    go(key) {
      const target = this.targets.find((each) => each.key === key);
      if (!target) return;
      const fails = (sample) => sample.cells[key]?.[2];
      if (!fails(this.sample) && this.now.samples.some(fails)) this.at = this.now.samples.findIndex(fails);
      const opens = this.wrong(target) && !this.lost(target) && this.editing !== key;
      if (opens && !this.dirty) this.edit(target); // what is being typed elsewhere stays
      this.$nextTick(() => this.arrive(key));
    },
    // Where something is to be done: a value without ours, what mends the row or fills it.
    arrive(key) {
      const row = document.getElementById(this.$attrs.id + key);
      const places = [".map-pair.lacking select", ".map-pair.lacking input + .icon + input", ".map-say [data-kind=primary]", ".map-accept", ".map-panel select"];
      const place = places.map((each) => row.querySelector(each)).find((each) => each && !each.disabled);
      (place ?? row.querySelector("button:not(:disabled)") ?? row).focus({ preventScroll: true });
      (place ?? row).scrollIntoView({ block: "center", behavior: "smooth" });
      this.fresh = [key];
      clearTimeout(this.calm);
      this.calm = setTimeout(() => (this.fresh = []), 1800);
    },
  },
  unmounted() {
    for (const timer of [this.soon, this.calm, this.late]) clearTimeout(timer);
  },
};

export default {
  template: `
    <div class="ticktree">
      <ul :aria-label="label">
        <li v-for="branch in branches" :key="branch.key" :class="{ closed: branch.why_not }">
          <div class="ticktree-head">
            <label>
              <input type="checkbox" :checked="state(branch) === 'all'" :indeterminate.prop="state(branch) === 'some'"
                     :disabled="!possible(branch).length" :aria-describedby="branch.why_not ? id(branch) : null"
                     @change="tick(branch, possible(branch), state(branch) !== 'all', $event)" />
              <strong>{{ branch.label }}</strong>
            </label>
            <span v-if="branch.note" class="muted small">{{ branch.note }}</span>
            <span v-if="branch.why_not" class="ticktree-why" :id="id(branch)">
              {{ branch.why_not }} <a v-if="branch.link" :href="branch.link.href">{{ branch.link.label }}</a>
            </span>
          </div>
          <ul v-if="!branch.why_not || chosen(branch).length" :aria-label="branch.label">
            <li v-for="leaf in branch.leaves" :key="leaf.key">
              <label :class="{ off: off(branch, leaf) }">
                <input type="checkbox" :checked="chosen(branch).includes(leaf.key)" :disabled="off(branch, leaf)"
                       :aria-describedby="leaf.why_not ? id(branch) + leaf.key : null"
                       @change="tick(branch, [leaf.key], $event.target.checked, $event)" />
                <span>{{ leaf.label }}<span v-if="leaf.why_not" class="sub" :id="id(branch) + leaf.key">{{ leaf.why_not }}</span></span>
              </label>
            </li>
          </ul>
        </li>
      </ul>
      <p v-if="errorMessage" class="wrong" role="alert"><svg class="icon" width="15" height="15" aria-hidden="true"><use :href="alert" /></svg>{{ errorMessage }}</p>
    </div>
  `,
  props: { label: String, branches: Array, value: Object, fixed: Boolean, errorMessage: String },
  emits: ["tick"],
  data() {
    return { ticked: { ...this.value } };
  },
  computed: {
    alert: () => adjoin.icon("circle-alert"),
  },
  watch: {
    value() {
      this.ticked = { ...this.value };
    },
  },
  methods: {
    id(branch) {
      return `${this.$attrs.id}-${branch.key}`;
    },
    chosen(branch) {
      return this.ticked[branch.key] ?? [];
    },
    off(branch, leaf) {
      return this.fixed || ((branch.why_not || leaf.why_not) && !this.chosen(branch).includes(leaf.key));
    },
    possible(branch) {
      return branch.leaves.filter((leaf) => !this.off(branch, leaf)).map((leaf) => leaf.key);
    },
    state(branch) {
      const chosen = this.chosen(branch).length;
      return !chosen ? "none" : chosen === this.possible(branch).length ? "all" : "some";
    },
    tick(branch, leaves, on, event) {
      const chosen = this.chosen(branch);
      this.ticked[branch.key] = on ? [...new Set([...chosen, ...leaves])] : chosen.filter((key) => !leaves.includes(key));
      this.$emit("tick", { branch: branch.key, leaves, on });
      this.$nextTick(() => (event.target.checked = event.target.closest("ul ul") ? on : this.state(branch) === "all"));
    },
  },
};

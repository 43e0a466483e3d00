export default {
  template: `
    <span v-if="disabled && whyNot" class="why">
      <button type="button" class="btn" :data-kind="kind" :class="{ small, bare: hideLabel }"
              aria-disabled="true" :aria-describedby="$attrs.id + '-why'" :aria-label="hideLabel ? label : null"
              @click.stop.prevent="shown = true" @blur="shown = false" @keydown.esc="shown = false">
        <svg v-if="icon" class="icon" aria-hidden="true"><use :href="href_of(icon)" /></svg>
        <span v-if="!hideLabel">{{ label }}</span>
      </button>
      <span class="tip" role="tooltip" :id="$attrs.id + '-why'" :class="{ shown }">{{ whyNot }}</span>
    </span>
    <a v-else-if="href && !disabled" class="btn" :href="href" :data-kind="kind" :class="{ small, bare: hideLabel }"
       :aria-label="hideLabel ? label : null" :title="hideLabel ? label : null" @click="$emit('click')">
      <svg v-if="icon" class="icon" aria-hidden="true"><use :href="href_of(icon)" /></svg>
      <span v-if="!hideLabel">{{ label }}</span>
    </a>
    <button v-else type="button" class="btn" :data-kind="kind" :class="{ small, bare: hideLabel, busy }"
            :disabled="disabled" :aria-busy="busy ? 'true' : null" :aria-label="hideLabel ? label : null"
            :title="hideLabel ? label : null" @click="click">
      <svg v-if="icon" class="icon" aria-hidden="true"><use :href="href_of(icon)" /></svg>
      <span v-if="!hideLabel">{{ label }}</span>
      <span v-if="busy" class="spinner" aria-hidden="true"></span>
    </button>
  `,
  props: {
    label: String, kind: String, icon: String, whyNot: String, href: String,
    small: Boolean, hideLabel: Boolean, disabled: Boolean, handled: Boolean,
  },
  emits: ["click"],
  data: () => ({ busy: false, waiting: false, shown: false }),
  methods: {
    href_of: (name) => adjoin.icon(name),
    click() {
      if (this.waiting) return;
      if (!this.handled) return this.$emit("click");
      this.waiting = true;
      // A quick answer shows no spinner; a lost one lets the visitor try again.
      this.slow = setTimeout(() => (this.busy = true), 120);
      this.lost = setTimeout(() => this.done(), 30000);
      this.$emit("click");
    },
    done() {
      clearTimeout(this.slow);
      clearTimeout(this.lost);
      this.waiting = this.busy = false;
    },
  },
  unmounted() {
    this.done();
  },
};

export default {
  template: `
    <div class="secret" role="group" :aria-label="label">
      <code :class="{ masked: !value && !plain }">{{ value || masked }}</code>
      <span class="secret-tools">
        <span v-if="value" class="secret-left" aria-hidden="true">hides in {{ left }} s</span>
        <button v-if="!whyNot" type="button" class="btn small" data-kind="secondary" @click="value || plain ? copy() : $emit('show')">
          <svg class="icon" aria-hidden="true"><use :href="icon(!value && !plain ? 'eye' : copied ? 'check' : 'copy')" /></svg>{{ !value && !plain ? "Show" : copied ? "Copied" : "Copy" }}
        </button>
        <button v-if="value" type="button" class="btn small" data-kind="quiet" @click="hide">
          <svg class="icon" aria-hidden="true"><use :href="icon('eye-off')" /></svg>Hide
        </button>
        <span v-if="whyNot" class="muted small">{{ whyNot }}</span>
      </span>
      <span class="sr-only" aria-live="polite">{{ copied ? "Copied" : value ? label + " is shown" : "" }}</span>
    </div>
  `,
  props: { masked: String, label: String, whyNot: String, plain: Boolean },
  emits: ["show"],
  data: () => ({ value: null, left: 0, copied: false }),
  methods: {
    icon: (name) => adjoin.icon(name),
    reveal(value, seconds) {
      this.hide();
      this.value = value;
      this.left = seconds;
      this.timer = setInterval(() => --this.left <= 0 && this.hide(), 1000);
    },
    hide() {
      clearInterval(this.timer);
      this.value = null;
      this.copied = false;
    },
    async copy() {
      this.copied = await adjoin.copy(this.value ?? this.masked);
      setTimeout(() => (this.copied = false), 2500);
    },
  },
  unmounted() {
    this.hide();
  },
};

export default {
  template: `
    <button type="button" class="btn small bare" data-kind="quiet" :aria-label="'Copy ' + value" :title="copied ? 'Copied' : 'Copy'" @click="copy">
      <svg class="icon" width="15" height="15" aria-hidden="true"><use :href="icon(copied ? 'check' : 'copy')" /></svg>
      <span class="sr-only" aria-live="polite">{{ copied ? "Copied" : "" }}</span>
    </button>
  `,
  props: { value: String },
  data: () => ({ copied: false }),
  methods: {
    icon: (name) => adjoin.icon(name),
    async copy() {
      this.copied = await adjoin.copy(this.value);
      setTimeout(() => (this.copied = false), 2500);
    },
  },
};

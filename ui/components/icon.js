export default {
  template: `
    <svg class="icon" :width="size" :height="size" :role="label ? 'img' : null"
         :aria-label="label" :aria-hidden="label ? null : 'true'"><use :href="href" /></svg>
  `,
  props: { name: String, size: Number, label: String },
  computed: {
    href() {
      return adjoin.icon(this.name);
    },
  },
};

export default {
  template: `<nav><slot /></nav>`,
  mounted() {
    // On a phone the row is wider than the window: the chip that is taken comes to its middle.
    const row = this.$el.getBoundingClientRect();
    const taken = this.$el.querySelector("[aria-current]")?.getBoundingClientRect();
    if (taken) this.$el.scrollLeft += taken.left + taken.width / 2 - (row.left + row.width / 2);
  },
};

export default {
  template: `<time class="ago" :datetime="at" :title="exact">{{ prefix ? prefix + " " : "" }}{{ text }}</time>`,
  props: { at: String, prefix: String, zone: String },
  data: () => ({ now: Date.now() }),
  computed: {
    text() {
      return adjoin.ago(this.at, this.now);
    },
    exact() {
      return adjoin.moment(this.at, this.zone);
    },
  },
  mounted() {
    this.stop = adjoin.tick(() => (this.now = Date.now()));
  },
  unmounted() {
    this.stop();
  },
};

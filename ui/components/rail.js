const BAR = 4; // entries of the phone's bar before "More"

export default {
  template: `
    <nav class="rail" aria-label="Menu">
      <a class="rail-logo" href="/" aria-label="Adjoin, to the start">
        <img :src="logo" alt="" width="34" height="34" /><span>Adjoin</span>
      </a>
      <div class="rail-list">
        <ul>
          <li v-for="(item, index) in items" :key="item.path" :class="{ rest: index >= bar && items.length > bar + 1 }">
            <a :href="item.path" :aria-current="current === item.path ? 'page' : null" @click="go($event, item.path)">
              <svg class="icon" width="19" height="19" aria-hidden="true"><use :href="icon(item.icon)" /></svg>
              <span class="rail-label">{{ item.label }}</span>
              <span v-if="item.short" class="rail-short" aria-hidden="true">{{ item.short }}</span>
              <span v-if="item.count" class="rail-count"><span class="sr-only">, </span>{{ item.count > 99 ? "99+" : item.count }}<span class="sr-only"> waiting</span></span>
            </a>
          </li>
          <li v-if="items.length > bar + 1" class="rail-more">
            <button type="button" :aria-expanded="more" aria-controls="rail-rest" @click="more = !more" :class="{ on: restActive }">
              <svg class="icon" width="19" height="19" aria-hidden="true"><use :href="icon('ellipsis')" /></svg>
              <span class="rail-label">More</span>
            </button>
            <div v-if="more" id="rail-rest" class="menu" @keydown.esc="more = false">
              <a v-for="item in items.slice(bar)" :key="item.path" :href="item.path" :aria-current="current === item.path ? 'page' : null" @click="go($event, item.path)">
                <svg class="icon" width="18" height="18" aria-hidden="true"><use :href="icon(item.icon)" /></svg>{{ item.label }}
                <span v-if="item.count" class="rail-count">{{ item.count }}</span>
              </a>
            </div>
          </li>
        </ul>
      </div>
    </nav>
  `,
  props: { menu: Array, path: String },
  data() {
    return { counts: {}, more: false, here: this.path, bar: BAR };
  },
  computed: {
    logo: () => adjoin.assets + "logo.svg",
    items() {
      return this.menu.map((item) => ({ ...item, count: this.counts[item.path] ?? item.count }));
    },
    current() {
      const fits = this.items.filter(({ path }) =>
        path === "/" ? ["/", "/hub", "/operations"].includes(this.here) : this.here === path || this.here.startsWith(path + "/"));
      return fits.sort((a, b) => b.path.length - a.path.length)[0]?.path;
    },
    restActive() {
      return this.items.slice(BAR).some((item) => item.path === this.current);
    },
  },
  watch: {
    path(path) {
      this.here = path;
      this.more = false;
    },
    menu() {
      this.counts = {};
    },
  },
  methods: {
    icon: (name) => adjoin.icon(name),
    go(event, path) {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      this.here = path; // the mark moves with the click, the page follows
      this.more = false;
    },
    count(path, n) {
      this.counts[path] = n;
    },
    away(event) {
      if (this.more && !this.$el.contains(event.target)) this.more = false;
    },
  },
  mounted() {
    document.addEventListener("click", this.away);
  },
  unmounted() {
    document.removeEventListener("click", this.away);
  },
};

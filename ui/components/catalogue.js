const STEP = 48; // cards added each time the end of the list comes near
const HELD = ["active", "pending", "disabled", "connected", "broken"];
const SECTIONS = [
  {
    kind: "integrated",
    title: "Integrated apps",
    text: "Made and supported by technology partners. The partner answers your questions first and opens its side of the door.",
  },
  {
    kind: "core",
    title: "Core apps",
    text: "Made and supported by the platform. They connect at once with credentials, and we answer your questions directly.",
  },
];

export default {
  template: `
    <div class="catalogue">
      <div class="catalogue-tools">
        <div class="search">
          <svg class="icon" aria-hidden="true"><use :href="icon('search')" /></svg>
          <input ref="search" type="search" v-model="query" :placeholder="'Search ' + total.toLocaleString('en') + ' apps'"
                 aria-label="Search apps by name, developer or category" autocomplete="off" spellcheck="false"
                 @keydown.esc="query = ''" />
          <kbd v-if="!query" aria-hidden="true">/</kbd>
          <button v-else type="button" class="search-clear" aria-label="Clear the search" @click="clear">
            <svg class="icon" aria-hidden="true"><use :href="icon('x')" /></svg>
          </button>
        </div>
        <div class="segments" role="group" aria-label="Which apps">
          <button type="button" :aria-pressed="!held" @click="held = false">All</button>
          <button type="button" :aria-pressed="held" @click="held = true">
            In use<span class="count">{{ heldCount }}</span>
          </button>
        </div>
        <div class="chips" role="group" aria-label="Category">
          <button type="button" class="chip" :aria-pressed="category === null" @click="category = null">Every category</button>
          <button v-for="name in categories" :key="name" type="button" class="chip"
                  :aria-pressed="category === name" @click="category = category === name ? null : name">{{ name }}</button>
        </div>
      </div>
      <p class="sr-only" aria-live="polite">{{ announcement }}</p>

      <section v-for="section in sections" :key="section.kind" :aria-labelledby="$attrs.id + section.kind">
        <div class="catalogue-section">
          <h2 :id="$attrs.id + section.kind">{{ section.title }}<span class="count">{{ section.total }}</span></h2>
          <p>{{ section.text }}</p>
        </div>
        <ul class="doors">
          <li v-for="app in section.shown" :key="app.slug" class="app-card" :class="{ fresh: fresh === app.slug }">
            <div class="app-card-head">
              <span class="tile" :style="{ '--hue': app.hue }" aria-hidden="true">
                <svg class="icon" width="20" height="20"><use :href="icon(app.icon)" /></svg>
              </span>
              <div>
                <div class="app-card-name">
                  <h3><a :href="'/apps/' + app.slug" @click="open($event, app.slug)">{{ app.name }}</a></h3>
                  <span v-if="look(app)" class="badge" :data-tone="look(app).tone">{{ look(app).label }}</span>
                </div>
                <p>by {{ app.developer }}</p>
              </div>
            </div>
            <p class="app-card-text">{{ app.tagline }}</p>
            <div class="app-card-foot">
              <span class="app-card-meta">
                <strong>{{ app.category }}</strong>
                <span v-if="app.kind === 'core'">Connects at once</span>
                <span v-else-if="app.activation">{{ app.activation === "automatic" ? "Automatic" : "Manual" }}{{ app.usual ? ", " + app.usual : " activation" }}</span>
              </span>
              <span v-if="act(app) && act(app).enabled === false && act(app).why_not" class="why">
                <button type="button" class="btn small" data-kind="secondary" aria-disabled="true"
                        :aria-label="act(app).label + ' ' + app.name" :aria-describedby="$attrs.id + app.slug"
                        @click="told = app.slug" @blur="told = null">{{ act(app).label }}</button>
                <span class="tip" role="tooltip" :id="$attrs.id + app.slug" :class="{ shown: told === app.slug }">{{ act(app).why_not }}</span>
              </span>
              <button v-else-if="act(app)" type="button" class="btn small" :data-kind="look(app) ? 'secondary' : 'soft'"
                      :disabled="act(app).enabled === false" :aria-label="act(app).label + ' ' + app.name"
                      @click="emitAct(app.slug)">{{ act(app).label }}</button>
            </div>
          </li>
        </ul>
      </section>

      <div v-if="found.length === 0" class="empty">
        <div class="empty-door" aria-hidden="true"><svg class="icon" width="26" height="26"><use :href="icon('door-closed')" /></svg></div>
        <h2>{{ emptyTitle }}</h2>
        <p class="muted">{{ emptyText }}</p>
        <div class="actions"><button type="button" class="btn" data-kind="secondary" @click="reset">Show all apps</button></div>
      </div>
      <div ref="end" class="catalogue-end"></div>
    </div>
  `,
  props: { apps: Array, total: Number, categories: Array, opens: Boolean },
  emits: ["open", "act", "more"],
  data: () => ({
    rest: Vue.markRaw([]), query: "", category: null, held: false, limit: STEP, changed: {}, fresh: null, told: null, news: "",
  }),
  computed: {
    indexed() {
      return [...Vue.toRaw(this.apps), ...this.rest].map((app) => Vue.markRaw({
        ...app,
        called: adjoin.plain(app.name),
        text: adjoin.plain([app.name, app.developer, app.tagline, app.category].join(" ")),
      }));
    },
    heldCount() {
      return this.indexed.filter((app) => HELD.includes(this.status(app))).length;
    },
    found() {
      const words = adjoin.plain(this.query).split(/\s+/).filter(Boolean);
      const found = this.indexed.filter((app) =>
        (this.category === null || app.category === this.category) &&
        (!this.held || HELD.includes(this.status(app))) &&
        words.every((word) => app.text.includes(word)));
      if (!words.length) return found;
      const rank = (app) => app.called.startsWith(words[0]) ? 0 : app.called.includes(words[0]) ? 1 : 2;
      return found.sort((a, b) => rank(a) - rank(b));
    },
    sections() {
      let left = this.limit;
      return SECTIONS.map((section) => {
        const all = this.found.filter((app) => (app.kind === "core") === (section.kind === "core"));
        const shown = all.slice(0, Math.max(0, left));
        left -= shown.length;
        return { ...section, total: all.length, shown };
      }).filter((section) => section.shown.length);
    },
    announcement() {
      return this.news || `${this.found.length} app${this.found.length === 1 ? "" : "s"} found`;
    },
    emptyTitle() {
      return this.query ? `No app matches “${this.query}”` : this.held ? "Nothing is in use yet" : "No app in this category";
    },
    emptyText() {
      return this.query
        ? "Try the name of the app, who makes it, or what it is for."
        : "Choose an app from the catalogue and press Connect; the partner does the rest.";
    },
  },
  watch: {
    query: "restart",
    category: "restart",
    held: "restart",
  },
  methods: {
    icon: (name) => adjoin.icon(name),
    status(app) {
      return this.changed[app.slug] ? this.changed[app.slug].status : app.status;
    },
    act(app) {
      return this.changed[app.slug]?.action ?? app.action;
    },
    look(app) {
      const status = this.status(app);
      return status && status !== "not_connected" ? adjoin.status(status) : null;
    },
    restart() {
      this.limit = STEP;
      this.news = "";
    },
    clear() {
      this.query = "";
      this.$refs.search.focus();
    },
    reset() {
      this.query = "";
      this.category = null;
      this.held = false;
      this.$refs.search.focus();
    },
    open(event, slug) {
      if (!this.opens || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation(); // else the framework's own link handler navigates as well
      this.$emit("open", slug);
    },
    emitAct(slug) {
      if (this.last === slug && Date.now() - this.at < 600) return; // the second half of a double click
      [this.last, this.at] = [slug, Date.now()];
      this.$emit("act", slug);
    },
    more(apps) {
      this.rest = Vue.markRaw([...this.rest, ...apps]);
    },
    patch(slug, status, action) {
      this.changed[slug] = { status, action: action ?? this.changed[slug]?.action };
      this.fresh = slug;
      const app = this.indexed.find((app) => app.slug === slug);
      if (app && status) this.news = `${app.name} is now ${adjoin.status(status).label}`;
      clearTimeout(this.calm);
      this.calm = setTimeout(() => (this.fresh = null), 1800);
    },
    slash(event) {
      if (event.key !== "/" || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
      event.preventDefault();
      this.$refs.search.focus();
    },
  },
  mounted() {
    if (this.total > this.apps.length) this.$emit("more");
    document.addEventListener("keydown", this.slash);
    this.observer = new IntersectionObserver((entries) => {
      if (entries[0].isIntersecting && this.limit < this.found.length) this.limit += STEP;
    }, { rootMargin: "1200px" });
    this.observer.observe(this.$refs.end);
  },
  updated() {
    // The end may still be in sight after a step; observing anew asks once more.
    if (this.limit < this.found.length) {
      this.observer.unobserve(this.$refs.end);
      this.observer.observe(this.$refs.end);
    }
  },
  unmounted() {
    document.removeEventListener("keydown", this.slash);
    this.observer.disconnect();
    clearTimeout(this.calm);
  },
};

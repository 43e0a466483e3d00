export default {
  template: `
    <header class="topbar">
      <img class="topbar-logo" :src="logo" alt="Adjoin" width="30" height="30" />
      <div class="drop" v-if="places.length > 1">
        <button type="button" ref="place" class="place" aria-haspopup="menu" :aria-expanded="open === 'place'"
                @click="toggle('place')" @keydown.down.prevent="toggle('place')">
          <svg class="icon" width="18" height="18" aria-hidden="true"><use :href="icon(here.icon)" /></svg>
          <span><strong>{{ here.label }}</strong><span>{{ here.sub }}</span></span><span class="sr-only">Switch to another place</span>
          <svg class="icon" width="15" height="15" aria-hidden="true"><use :href="icon('chevrons-up-down')" /></svg>
        </button>
        <div v-if="open === 'place'" ref="menu" class="menu" role="menu" aria-label="Places" @keydown="move">
          <button v-for="item in places" :key="item.key" type="button" role="menuitemradio" :aria-checked="item.key === place"
                  tabindex="-1" @click="choose(item.key)">
            <svg class="icon" width="18" height="18" aria-hidden="true"><use :href="icon(item.icon)" /></svg>
            <span><strong>{{ item.label }}</strong><span>{{ item.sub }}</span></span>
            <svg v-if="item.key === place" class="icon menu-check" width="16" height="16" aria-hidden="true"><use :href="icon('check')" /></svg>
          </button>
        </div>
      </div>
      <div v-else class="place alone">
        <svg class="icon" width="18" height="18" aria-hidden="true"><use :href="icon(here.icon)" /></svg>
        <span><strong>{{ here.label }}</strong><span>{{ here.sub }}</span></span>
      </div>

      <div class="topbar-end">
        <button type="button" class="btn bare" data-kind="quiet" :aria-label="dark ? 'Switch to the light theme' : 'Switch to the dark theme'"
                :title="dark ? 'Light theme' : 'Dark theme'" @click="theme">
          <svg class="icon" aria-hidden="true"><use :href="icon(dark ? 'sun' : 'moon')" /></svg>
        </button>
        <div class="drop end">
          <button type="button" ref="account" class="avatar" aria-haspopup="menu" :aria-expanded="open === 'account'"
                  :aria-label="'Account of ' + person.name" @click="toggle('account')" @keydown.down.prevent="toggle('account')" :data-initials="initials"></button>
          <div v-if="open === 'account'" ref="menu" class="menu" role="menu" aria-label="Account" @keydown="move">
            <p class="menu-who" role="presentation"><strong>{{ person.name }}</strong><span>{{ person.email }}</span></p>
            <a role="menuitem" tabindex="-1" :href="account" @click="open = null">
              <svg class="icon" width="18" height="18" aria-hidden="true"><use :href="icon('user-round')" /></svg><span>Account</span>
            </a>
            <form method="post" :action="signOut" role="presentation">
              <button type="submit" role="menuitem" tabindex="-1">
                <svg class="icon" width="18" height="18" aria-hidden="true"><use :href="icon('log-out')" /></svg><span>Sign out</span>
              </button>
            </form>
          </div>
        </div>
      </div>
    </header>
  `,
  props: { person: Object, places: Array, place: String, account: String, signOut: String },
  emits: ["place"],
  data: () => ({ open: null, dark: adjoin.theme() === "dark" }),
  computed: {
    logo: () => adjoin.assets + "logo.svg",
    here() {
      return this.places.find((item) => item.key === this.place) ?? this.places[0] ?? { label: "Adjoin", sub: "", icon: "building-2" };
    },
    initials() {
      const words = this.person.name.split(/\s+/).filter(Boolean);
      return ((words[0]?.[0] ?? "") + (words.length > 1 ? words.at(-1)[0] : "")).toUpperCase();
    },
  },
  methods: {
    icon: (name) => adjoin.icon(name),
    toggle(name) {
      this.open = this.open === name ? null : name;
      if (this.open) this.$nextTick(() => (this.items().find((item) => item.ariaChecked === "true") ?? this.items()[0])?.focus());
    },
    items() {
      return [...[this.$refs.menu].flat()[0].querySelectorAll("[role^=menuitem]")];
    },
    move(event) {
      const items = this.items();
      const at = items.indexOf(document.activeElement);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
      if (to !== undefined) {
        event.preventDefault();
        items[(to + items.length) % items.length].focus();
      } else if (event.key === "Escape") {
        const name = this.open;
        this.open = null;
        this.$nextTick(() => this.$refs[name].focus());
      } else if (event.key === "Tab") this.open = null;
    },
    choose(key) {
      this.open = null;
      if (key !== this.place) this.$emit("place", key);
    },
    theme() {
      this.dark = !this.dark;
      adjoin.choose(this.dark ? "dark" : "light");
    },
    away(event) {
      if (this.open && !event.target.closest(".drop")) this.open = null;
    },
  },
  mounted() {
    document.addEventListener("click", this.away);
    this.observer = new MutationObserver(() => (this.dark = adjoin.theme() === "dark"));
    this.observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  },
  unmounted() {
    document.removeEventListener("click", this.away);
    this.observer.disconnect();
  },
};

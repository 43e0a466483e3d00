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
        <div class="drop end">
          <button type="button" ref="bell" class="btn bare bell" data-kind="quiet" :aria-expanded="open === 'bell'" aria-controls="bell-list"
                  :aria-label="notices.unread ? 'Notices: ' + notices.unread + ' unread' : 'Notices: none unread'" title="Notices"
                  @click="toggle('bell')" @keydown.down.prevent="toggle('bell')">
            <svg class="icon" aria-hidden="true"><use :href="icon('bell')" /></svg>
            <span v-if="notices.unread" class="bell-count" aria-hidden="true">{{ notices.unread > 99 ? "99+" : notices.unread }}</span>
          </button>
          <section v-if="open === 'bell'" id="bell-list" ref="menu" class="menu bell-list" aria-label="Notices" @keydown="move">
            <header class="bell-head"><h2>Needs you</h2>
              <button v-if="notices.unread" type="button" class="bell-all" data-item @click="readAll">Mark all read</button>
            </header>
            <ul v-if="notices.items.length">
              <li v-for="item in notices.items" :key="item.id" :data-unread="item.is_read ? null : ''">
                <a :href="item.href" data-item @click="follow(item)">
                  <svg class="icon" width="18" height="18" :data-tone="item.tone" aria-hidden="true"><use :href="icon(item.icon)" /></svg>
                  <span><strong><span v-if="!item.is_read" class="sr-only">Unread: </span>{{ item.title }}</strong>
                    <span class="bell-text">{{ item.text }}</span><span class="bell-when">{{ item.place }}, {{ ago(item.at) }}</span></span>
                </a>
              </li>
            </ul>
            <p v-else class="bell-none">Nothing needs you now.</p>
            <a class="bell-more" :href="notices.path" data-item @click="open = null">All notices</a>
          </section>
          <p class="sr-only" role="status">{{ said }}</p>
        </div>
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
  props: { person: Object, places: Array, place: String, account: String, signOut: String, notices: Object },
  emits: ["place", "notice", "seen"],
  data: () => ({ open: null, dark: adjoin.theme() === "dark", said: "" }),
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
  watch: {
    notices(now, before) {
      const known = new Set(before.items.map((item) => item.id + item.at));
      const news = now.items.filter((item) => !item.is_read && !known.has(item.id + item.at));
      // What was there when the page opened is in the bell's name; only what comes later is said.
      if (this.isFilled && news.length) this.said = news.map((item) => `New notice: ${item.title}.`).join(" ");
      this.isFilled = true;
    },
  },
  methods: {
    icon: (name) => adjoin.icon(name),
    ago: (at) => adjoin.ago(at),
    toggle(name) {
      this.open = this.open === name ? null : name;
      if (this.open) this.$nextTick(() => (this.items().find((item) => item.ariaChecked === "true") ?? this.items()[0])?.focus());
    },
    items() {
      return [...[this.$refs.menu].flat()[0].querySelectorAll("[role^=menuitem], [data-item]")];
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
      } else if (event.key === "Tab" && this.open !== "bell") this.open = null;
    },
    readAll() {
      this.$emit("seen");
      this.items()[1].focus(); // the button goes, and would take the focus with it
    },
    follow(item) {
      this.open = null;
      if (!item.is_read) this.$emit("notice", item.id);
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

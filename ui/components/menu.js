export default {
  inheritAttrs: false,
  template: `
    <div class="drop end" :id="$attrs.id" :class="$attrs.class">
      <button type="button" ref="opener" class="btn" :class="{ small, bare: hideLabel }" :data-kind="kind" aria-haspopup="menu"
              :aria-expanded="open ? 'true' : 'false'" :aria-label="hideLabel ? label : null" :title="hideLabel ? label : null"
              @click="open ? (open = false) : show()" @keydown.down.prevent="show()">
        <svg class="icon" aria-hidden="true"><use :href="icon_of(icon)" /></svg>
        <span v-if="!hideLabel">{{ label }}</span>
      </button>
      <div v-if="open" ref="menu" class="menu" role="menu" :aria-label="label" @keydown="move">
        <button v-for="item in items" :key="item.key" type="button" role="menuitem" tabindex="-1" :data-tone="item.tone"
                :aria-disabled="item.why_not ? 'true' : null" @click="choose(item)">
          <svg v-if="item.icon" class="icon" width="18" height="18" aria-hidden="true"><use :href="icon_of(item.icon)" /></svg>
          <span>{{ item.label }}<span v-if="item.why_not || item.sub">{{ item.why_not || item.sub }}</span></span>
        </button>
      </div>
    </div>
  `,
  props: { label: String, icon: String, kind: String, small: Boolean, hideLabel: Boolean, items: Array },
  emits: ["choose"],
  data: () => ({ open: false }),
  methods: {
    icon_of: (name) => adjoin.icon(name),
    show() {
      this.open = true;
      this.$nextTick(() => this.entries()[0]?.focus());
    },
    entries() {
      return [...(this.$refs.menu?.querySelectorAll("[role=menuitem]") ?? [])];
    },
    move(event) {
      const entries = this.entries();
      const at = entries.indexOf(document.activeElement);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: entries.length - 1 }[event.key];
      if (to !== undefined) {
        event.preventDefault();
        entries[(to + entries.length) % entries.length].focus();
      } else if (event.key === "Escape") {
        event.stopPropagation();
        this.close();
      } else if (event.key === "Tab") this.open = false;
    },
    choose(item) {
      if (item.why_not) return;
      this.close();
      this.$emit("choose", item.key);
    },
    close() {
      this.open = false;
      this.$refs.opener.focus();
    },
    away(event) {
      if (this.open && !this.$el.contains(event.target)) this.open = false;
    },
  },
  mounted() {
    document.addEventListener("click", this.away, true);
  },
  unmounted() {
    document.removeEventListener("click", this.away, true);
  },
};

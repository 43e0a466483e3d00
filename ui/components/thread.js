export default {
  template: `
    <div class="thread" role="log" :aria-label="label">
      <section v-for="group in days" :key="group.key" :aria-label="group.day">
        <p class="thread-day"><span>{{ group.day }}</span></p>
        <ol>
          <template v-for="row in group.rows" :key="row.id">
          <li v-if="row.quiet" :id="row.id" class="said-note" :class="{ marked: marked === row.id }">
            <span>{{ row.tag }} <strong>{{ row.who }}</strong></span>
            <a class="said-time" :href="address(row.id)" :title="moment(row.at)" @click.prevent.stop="point(row.id)">
              <time :datetime="row.at">{{ copied === row.id ? "Link copied" : clock(row.at) }}</time>
            </a>
          </li>
          <li v-else :id="row.id" class="said" :data-side="row.side" :class="{ marked: marked === row.id, fresh: fresh.has(row.id) }">
            <span class="said-door" aria-hidden="true">{{ row.initials }}</span>
            <div class="said-body">
              <p class="said-head">
                <strong>{{ row.who }}</strong><span class="said-side">{{ row.from }}</span>
                <span v-if="row.tag" class="badge" :data-tone="row.tone">{{ row.tag }}</span>
                <a class="said-time" :href="address(row.id)" :title="'Copy the link to this message, ' + moment(row.at)" @click.prevent.stop="point(row.id)">
                  <time :datetime="row.at">{{ copied === row.id ? "Link copied" : clock(row.at) }}</time>
                </a>
              </p>
              <p v-if="row.parts.length" class="said-text"><template v-for="(part, index) in row.parts" :key="index"
                ><a v-if="part.href" :href="part.href" target="_blank" rel="noopener noreferrer nofollow">{{ part.text }}</a
                ><template v-else>{{ part.text }}</template></template></p>
              <ul v-if="row.files.length" class="files" :aria-label="'Files of ' + row.who">
                <li v-for="file in row.files" :key="file.href">
                  <a :href="file.href" download :class="{ picture: file.picture }">
                    <img v-if="file.picture" :src="file.href" alt="" loading="lazy" @error="file.picture = false" />
                    <svg v-else class="icon" width="18" height="18" aria-hidden="true"><use :href="icon('file-text')" /></svg>
                    <span><strong>{{ file.name }}</strong><span>{{ file.size }}</span></span>
                  </a>
                </li>
              </ul>
            </div>
          </li>
          </template>
        </ol>
      </section>
    </div>
  `,
  props: { rows: Array, zone: String, label: String, path: String },
  data: () => ({ added: [], fresh: new Set(), marked: null, copied: null }),
  computed: {
    days() {
      const groups = [];
      for (const row of [...this.rows, ...this.added]) {
        const key = adjoin.dayKey(row.at, this.zone);
        if (groups.at(-1)?.key !== key) groups.push({ key, day: adjoin.day(row.at, this.zone), rows: [] });
        groups.at(-1).rows.push(row);
      }
      return groups;
    },
  },
  watch: {
    rows() {
      this.added = [];
    },
  },
  methods: {
    icon: (name) => adjoin.icon(name),
    moment(at) {
      return adjoin.moment(at, this.zone);
    },
    clock(at) {
      return adjoin.clock(at, this.zone);
    },
    address(id) {
      return `${this.path}#${id}`;
    },
    add(rows) {
      this.added.push(...rows);
      rows.forEach((row) => this.fresh.add(row.id));
      clearTimeout(this.calm);
      this.calm = setTimeout(() => this.fresh.clear(), 2400);
    },
    async point(id) {
      this.marked = id;
      history.replaceState(history.state, "", this.address(id));
      if (!(await adjoin.copy(location.origin + this.address(id)))) return;
      this.copied = id;
      setTimeout(() => (this.copied = null), 2000);
    },
    find() {
      const id = decodeURIComponent(location.hash.slice(1));
      if (!id || !this.rows.some((row) => row.id === id)) return;
      this.marked = id;
      // The page around is shown a moment after it was drawn.
      setTimeout(() => document.getElementById(id)?.scrollIntoView({ block: "center" }), 150);
    },
  },
  mounted() {
    this.find();
  },
  unmounted() {
    clearTimeout(this.calm);
  },
};

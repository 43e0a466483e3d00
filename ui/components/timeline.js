export default {
  template: `
    <div class="timeline">
      <p v-if="!all.length" class="muted">{{ empty }}</p>
      <section v-for="group in days" :key="group.key" :aria-label="group.day">
        <h3>{{ group.day }}</h3>
        <ol>
          <li v-for="row in group.rows" :key="row.at + row.text" :data-tone="row.tone || 'muted'">
            <span class="timeline-mark" aria-hidden="true"><svg class="icon" width="15" height="15"><use :href="icon(row.icon || 'circle-dot')" /></svg></span>
            <div>
              <p class="timeline-text">{{ row.text }}</p>
              <p class="timeline-who">{{ row.who }}<template v-if="row.side"> · {{ row.side }}</template></p>
              <p v-if="row.detail" class="timeline-detail">{{ row.detail }}</p>
            </div>
            <time :datetime="row.at" :title="moment(row.at)">{{ clock(row.at) }}</time>
          </li>
        </ol>
      </section>
    </div>
  `,
  props: { rows: Array, zone: String, empty: String },
  data: () => ({ added: [] }),
  computed: {
    all() {
      return [...this.added, ...this.rows];
    },
    days() {
      const groups = [];
      for (const row of this.all) {
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
    prepend(row) {
      this.added.unshift(row);
    },
  },
};

const WIDTH = 720, LEFT = 0, GAP = 0.28;
const OUTSTANDING = 5; // times the usual: a first run would flatten all others, so its bar is cut
const PANELS = [
  { key: "read", label: "Read", height: 58, parts: ["unchanged", "not_subscribed", "updated", "created", "rejected"] },
  { key: "changes", label: "Changed", height: 76, parts: ["updated", "created", "deleted", "rejected"] },
  { key: "seconds", label: "Duration", height: 40, parts: ["seconds"] },
];
const NAMES = { created: "created", updated: "updated", deleted: "deleted", rejected: "rejected", unchanged: "unchanged", not_subscribed: "not subscribed" };

// What runs usually come to: the middle one of those that came to anything.
const usual = (sums) => {
  const some = sums.filter((each) => each > 0).sort((a, b) => a - b);
  return some.length > 4 ? some[some.length >> 1] : Infinity;
};

export default {
  template: `
    <figure class="runchart" @mouseleave="over = null">
      <ul class="runchart-legend" aria-hidden="true">
        <li v-for="name in legend" :key="name"><span class="swatch" :data-part="name"></span>{{ names[name] }}</li>
      </ul>
      <div class="runchart-body">
        <div v-for="panel in panels" :key="panel.key" class="runchart-panel">
          <p class="runchart-label">{{ panel.label }}<span>{{ panel.top }}</span></p>
          <svg :viewBox="'0 0 ' + width + ' ' + panel.height" :style="{ height: panel.height + 'px' }" preserveAspectRatio="none" aria-hidden="true">
            <line x1="0" :x2="width" :y1="panel.height - 0.5" :y2="panel.height - 0.5" class="axis" />
            <g v-for="column in panel.columns" :key="column.id">
              <rect v-for="part in column.parts" :key="part.name" :x="column.x" :width="column.w" :y="part.y" :height="part.h" :data-part="part.name" />
              <polygon v-if="column.cut" class="cut" :points="gap(column)" />
            </g>
            <rect v-if="over !== null" class="hover" :x="over * step" :width="step" y="0" :height="panel.height" />
            <rect v-for="(point, index) in points" :key="point.id" class="touch" :x="index * step" :width="step" y="0" :height="panel.height"
                  @mouseenter="over = index" @click="go(point)" />
          </svg>
        </div>
        <div class="runchart-marks" aria-hidden="true">
          <span v-for="point in points" :key="point.id" :style="{ width: 100 / columns + '%' }" :data-tone="tone(point)">{{ mark(point) }}</span>
        </div>
        <p v-if="points.length > 1" class="runchart-ends" :style="{ width: (100 * points.length) / columns + '%' }" aria-hidden="true"><span>{{ moment(points[0].at) }}</span><span v-if="points.length > 7">{{ moment(points.at(-1).at) }}</span></p>
        <div v-if="over !== null && points[over]" class="runchart-tip" :style="place" aria-hidden="true">
          <strong>{{ moment(points[over].at) }}</strong>
          <span>{{ status(points[over]) }}<template v-if="points[over].seconds !== null">, {{ span(points[over].seconds) }}</template></span>
          <span>{{ words(points[over]) }}</span>
        </div>
      </div>
      <figcaption class="sr-only">
        <table>
          <caption>The last runs, the oldest first</caption>
          <thead><tr><th v-for="head in heads" :key="head" scope="col">{{ head }}</th></tr></thead>
          <tbody><tr v-for="point in points" :key="point.id">
            <th scope="row">{{ moment(point.at) }}</th><td>{{ status(point) }}</td><td>{{ point.read }}</td><td>{{ point.created }}</td><td>{{ point.updated }}</td>
            <td>{{ point.unchanged }}</td><td>{{ point.rejected }}</td><td>{{ point.seconds === null ? "" : span(point.seconds) }}</td>
          </tr></tbody>
        </table>
      </figcaption>
    </figure>
  `,
  props: { points: Array, zone: String },
  data: () => ({ over: null, width: WIDTH, names: NAMES, heads: ["Queued", "Status", "Read", "Created", "Updated", "Unchanged", "Rejected", "Duration"] }),
  computed: {
    columns() {
      return Math.max(this.points.length, 20); // few runs are not blown up to broad bars
    },
    step() {
      return WIDTH / this.columns;
    },
    legend() {
      const all = ["created", "updated", "deleted", "rejected", "unchanged", "not_subscribed"];
      return all.filter((name) => this.points.some((point) => point[name]));
    },
    panels() {
      return PANELS.map((panel) => {
        const sum = (point) => panel.parts.reduce((total, name) => total + (point[name] ?? 0), 0);
        const sums = this.points.map(sum);
        const shown = sums.filter((each) => each <= OUTSTANDING * usual(sums));
        const cuts = shown.length < sums.length;
        const top = Math.max(...shown, 0);
        const most = Math.max(cuts ? top * 1.3 : top, panel.key === "seconds" ? 0.001 : 1);
        const columns = this.points.map((point, index) => this.column(panel, point, index, Math.max(most, sums[index]), sums[index] > most));
        return { ...panel, columns, top: this.top(panel, top) + (cuts ? ", taller ones are cut off" : "") };
      });
    },
    place() {
      const share = (this.over + 0.5) / this.columns;
      return share < 0.5 ? { left: `${share * 100}%` } : { right: `${(1 - share) * 100}%` };
    },
  },
  methods: {
    column(panel, point, index, most, cut) {
      const pad = Math.min(this.step * GAP, 6);
      let y = panel.height - 1;
      const parts = panel.parts.filter((name) => point[name] > 0).map((name) => {
        const h = Math.max((point[name] / most) * (panel.height - 4), 1.5);
        y -= h;
        return { name, h, y: Math.max(0, y) };
      });
      return { id: point.id, x: index * this.step + pad / 2 + LEFT, w: this.step - pad, parts, cut };
    },
    // A slanting gap across a bar that is cut off.
    gap({ x, w }) {
      const [left, right] = [x - 1, x + w + 1];
      return `${left},15 ${right},9 ${right},13 ${left},19`;
    },
    top(panel, most) {
      return panel.key === "seconds" ? `up to ${this.span(most)}` : `up to ${most.toLocaleString("en")}`;
    },
    span(seconds) {
      if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
      if (seconds < 100) return `${Number(seconds.toPrecision(2))} s`;
      return seconds < 6000 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
    },
    words(point) {
      const told = Object.keys(NAMES).filter((name) => point[name]).map((name) => `${point[name].toLocaleString("en")} ${NAMES[name]}`);
      return `${point.read.toLocaleString("en")} read${told.length ? ": " + told.join(", ") : ""}`;
    },
    status: (point) => adjoin.status(point.status).label,
    tone: (point) => adjoin.status(point.status).tone,
    mark(point) {
      return { failed: "✕", canceled: "–", succeeded_with_rejects: "!", running: "…", queued: "…" }[point.status] ?? "";
    },
    moment(at) {
      return adjoin.moment(at, this.zone);
    },
    go(point) {
      const link = document.createElement("a"); // the framework follows links of the page by itself
      link.href = point.href;
      this.$el.append(link);
      link.click();
      link.remove();
    },
  },
};

export default {
  template: `
    <div class="difference">
      <section v-for="changed in texts" :key="changed.label" class="difference-text" :aria-label="changed.label">
        <h3>{{ changed.label }}</h3>
        <ol class="difference-lines">
          <li v-for="(line, index) in changed.lines" :key="index" :data-kind="line.kind">
            <span class="difference-sign" aria-hidden="true">{{ signs[line.kind] }}</span>
            <span v-if="words[line.kind]" class="sr-only">{{ words[line.kind] }}</span>
            <component :is="tags[line.kind]" class="difference-line"><template v-for="([changed, text], at) in line.pieces" :key="at"><mark v-if="changed && partly(line)">{{ text }}</mark><template v-else>{{ text }}</template></template></component>
          </li>
        </ol>
      </section>
    </div>
  `,
  props: { texts: Array },
  data: () => ({
    signs: { same: "", out: "−", in: "+", gap: "…" },
    words: { out: "Taken out:", in: "Put in:" },
    tags: { same: "span", out: "del", in: "ins", gap: "em" },
  }),
  methods: {
    partly: (line) => line.pieces.some(([changed]) => !changed),
  },
};

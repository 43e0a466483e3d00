const HEIGHT = { ok: 18, warn: 12, bad: 6 }; // shape says it, too: not colour alone

export default {
  template: `
    <svg class="strip" role="img" :aria-label="label" :viewBox="'0 0 ' + tones.length * 7 + ' 18'" :width="tones.length * 7" height="18">
      <title>{{ label }}</title>
      <rect v-for="(tone, index) in tones" :key="index" :x="index * 7" :y="18 - high(tone)" width="5" :height="high(tone)" rx="1.5" :data-tone="tone" />
    </svg>
  `,
  props: { tones: Array, label: String },
  methods: { high: (tone) => HEIGHT[tone] ?? 18 },
};

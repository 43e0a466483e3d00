/* Colours for the eye only: comments, strings, numbers and the common keywords of our languages. */
const TOKEN = new RegExp(
  [
    String.raw`(?<comment>(?<![\w:])(?:#|\/\/)[^\n]*)`,
    String.raw`(?<string>"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|` + "`(?:\\\\.|[^`\\\\])*`)",
    String.raw`(?<number>\b\d[\d_.]*\b)`,
    String.raw`(?<keyword>\b(?:from|import|def|async|await|return|if|elif|else|for|in|not|and|or|is|with|as|try|except|raise|const|let|function|new|throw|catch|export|default|class|None|True|False|true|false|null|curl)\b)`,
  ].join("|"), "g");

function tokens(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    const kind = Object.keys(match.groups).find((name) => match.groups[name] !== undefined);
    parts.push({ text: match[0], kind });
    end = match.index + match[0].length;
  }
  parts.push({ text: text.slice(end) });
  return parts;
}

export default {
  template: `
    <div class="codeblock">
      <div class="codeblock-bar">
        <div v-if="sources.length > 1" role="tablist" aria-label="Language" @keydown="arrow">
          <button v-for="(tab, index) in sources" :key="tab.name" type="button" role="tab" ref="tabs"
                  :id="$attrs.id + '-tab' + index" :aria-selected="index === chosen" :aria-controls="$attrs.id + '-panel'"
                  :tabindex="index === chosen ? 0 : -1" @click="chosen = index">{{ tab.name }}</button>
        </div>
        <span v-else>{{ sources[0].name }}</span>
        <button type="button" class="codeblock-copy" @click="copy" aria-live="polite">
          <svg class="icon" width="15" height="15" aria-hidden="true"><use :href="icon(copied ? 'check' : 'copy')" /></svg>{{ copied ? "Copied" : "Copy" }}
        </button>
      </div>
      <pre :id="$attrs.id + '-panel'" :role="sources.length > 1 ? 'tabpanel' : 'region'" tabindex="0"
           :aria-label="sources[chosen].name + ' source'"><code><span v-for="(part, index) in parts" :key="index" :class="part.kind">{{ part.text }}</span></code></pre>
    </div>
  `,
  props: { sources: Array },
  data: () => ({ chosen: 0, copied: false }),
  computed: {
    parts() {
      return tokens(this.sources[this.chosen].text);
    },
  },
  methods: {
    icon: (name) => adjoin.icon(name),
    async copy() {
      this.copied = await adjoin.copy(this.sources[this.chosen].text);
      setTimeout(() => (this.copied = false), 2000);
    },
    arrow(event) {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      this.chosen = (this.chosen + step + this.sources.length) % this.sources.length;
      this.$nextTick(() => this.$refs.tabs[this.chosen].focus());
    },
  },
};

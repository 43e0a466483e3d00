/* Files are sent one after the other as soon as they are chosen, dropped or pasted. */
export default {
  inheritAttrs: false,
  template: `
    <div class="attach" :id="$attrs.id" :class="{ over }">
      <ul v-if="shown.length" class="files" aria-label="Files to send along">
        <li v-for="file in shown" :key="file.key" :class="{ refused: file.error }">
          <div class="file">
            <svg class="icon" width="18" height="18" aria-hidden="true"><use :href="icon(file.error ? 'circle-alert' : 'file-text')" /></svg>
            <span>
              <strong>{{ file.name }}</strong>
              <span v-if="file.error" class="file-wrong" role="alert">{{ file.error }}</span>
              <span v-else-if="file.share !== undefined">
                <progress :value="file.share" max="1" :aria-label="'Sending ' + file.name"></progress> {{ Math.round(file.share * 100) }} %
              </span>
              <span v-else>{{ file.size }}</span>
            </span>
            <button type="button" class="btn bare small" data-kind="quiet" :aria-label="'Remove ' + file.name" @click="remove(file)">
              <svg class="icon" aria-hidden="true"><use :href="icon('x')" /></svg>
            </button>
          </div>
        </li>
      </ul>
      <div class="attach-foot">
        <button type="button" class="btn small" data-kind="secondary" ref="opener" @click="$refs.input.click()">
          <svg class="icon" aria-hidden="true"><use :href="icon('upload')" /></svg>Add files
        </button>
        <span class="hint">{{ hint }}</span>
      </div>
      <input ref="input" type="file" multiple hidden :accept="accept" tabindex="-1" aria-label="Files" @change="chosen" />
    </div>
  `,
  props: { url: String, files: Array, accept: String, largest: Number, most: Number, hint: String, taken: Number },
  emits: ["remove", "busy"],
  data: () => ({ own: [], over: false, depth: 0 }),
  computed: {
    shown() {
      return [...(this.files ?? []), ...this.own];
    },
    busy() {
      return this.own.some((file) => file.share !== undefined);
    },
  },
  watch: {
    taken() {
      this.settle();
    },
    busy(now) {
      this.$emit("busy", now);
    },
  },
  methods: {
    icon: (name) => adjoin.icon(name),
    chosen(event) {
      this.take(event.target.files);
      event.target.value = "";
    },
    take(files) {
      for (const file of files) {
        const key = `own-${(this.count = (this.count ?? 0) + 1)}`;
        const entry = { key, name: file.name };
        if (this.shown.filter((one) => !one.error).length >= this.most) entry.error = `${this.most} files at most with one message. Send this one with the next.`;
        else if (file.size > this.largest) entry.error = `Too large: ${Math.round(this.largest / 1e6)} MB at most.`;
        else entry.share = 0;
        this.own.push(entry);
        if (!entry.error) this.send(this.own.at(-1), file);
      }
    },
    send(entry, file) {
      const form = new FormData();
      form.append("file", file, file.name);
      const request = new XMLHttpRequest();
      request.open("POST", (window.path_prefix || "") + this.url);
      request.upload.onprogress = (event) => event.lengthComputable && (entry.share = event.loaded / event.total);
      request.onload = () => {
        if (request.status < 300) {
          entry.sent = true;
          this.settle();
        } else this.refuse(entry, request.status === 413 ? "Too large." : "It did not arrive. Remove it and try again.");
      };
      request.onerror = () => this.refuse(entry, "The connection broke off. Remove it and try again.");
      entry.stop = () => request.abort();
      request.send(form);
    },
    /* The answer to the upload and the list of what was taken come by two ways, in either order. */
    settle() {
      let sent;
      while (this.landed < this.taken && (sent = this.own.find((one) => one.sent))) {
        this.own = this.own.filter((one) => one !== sent);
        this.landed += 1;
      }
    },
    refuse(entry, sentence) {
      delete entry.share;
      entry.error = sentence;
    },
    remove(file) {
      if (file.key.startsWith("own-")) {
        file.stop?.();
        this.own = this.own.filter((one) => one.key !== file.key);
      } else this.$emit("remove", file.key);
      this.$nextTick(() => this.$refs.opener.focus());
    },
    holds(event) {
      return [...(event.dataTransfer?.types ?? [])].includes("Files");
    },
    dragenter(event) {
      if (!this.holds(event)) return;
      event.preventDefault();
      this.depth += 1;
      this.mark(true);
    },
    dragover(event) {
      if (this.holds(event)) event.preventDefault();
    },
    dragleave() {
      this.depth = Math.max(0, this.depth - 1);
      if (!this.depth) this.mark(false);
    },
    drop(event) {
      if (!this.holds(event)) return;
      event.preventDefault();
      this.depth = 0;
      this.mark(false);
      this.take(event.dataTransfer.files);
    },
    paste(event) {
      const files = event.clipboardData?.files ?? [];
      if (!files.length) return;
      event.preventDefault();
      this.take(files);
    },
    mark(over) {
      this.over = over;
      this.zone.classList.toggle("over", over);
    },
  },
  created() {
    this.landed = this.taken;
  },
  mounted() {
    this.zone = this.$el.closest(".drop-zone") ?? this.$el;
    this.heard = ["dragenter", "dragover", "dragleave", "drop", "paste"];
    this.heard.forEach((name) => this.zone.addEventListener(name, this[name]));
  },
  unmounted() {
    this.heard.forEach((name) => this.zone.removeEventListener(name, this[name]));
  },
};

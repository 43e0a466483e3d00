export default {
  template: `
    <form class="front-form" method="post" :action="action" @submit="sent = true">
      <div v-if="error" class="callout" data-tone="bad" role="alert">
        <svg class="icon" width="18" height="18" aria-hidden="true"><use :href="icon('circle-alert')" /></svg>
        <p>{{ error }}</p>
      </div>
      <input v-for="(value, name) in hiddenValues" :key="name" type="hidden" :name="name" :value="value" />
      <div v-for="(field, index) in fields" :key="field.name" class="field">
        <label :for="$attrs.id + field.name">{{ field.label }}</label>
        <span class="box-wrap">
          <input class="box" :id="$attrs.id + field.name" :name="field.name" :type="shown[field.name] ? 'text' : field.type || 'text'"
                 :autocomplete="field.autocomplete" :value.attr="field.value" :required="field.required !== false" :readonly="field.readonly"
                 :autofocus="index === first" :ref="index === first ? 'first' : null" :aria-invalid="field.error ? 'true' : null"
                 :aria-describedby="field.error || field.hint ? $attrs.id + field.name + '-hint' : null" />
          <button v-if="field.type === 'password'" type="button" class="box-eye" :aria-pressed="!!shown[field.name]"
                  :aria-label="'Show the ' + field.label.toLowerCase()" @click="shown[field.name] = !shown[field.name]">
            <svg class="icon" width="16" height="16" aria-hidden="true"><use :href="icon(shown[field.name] ? 'eye-off' : 'eye')" /></svg>
          </button>
        </span>
        <p v-if="field.error" class="wrong" :id="$attrs.id + field.name + '-hint'"><svg class="icon" width="15" height="15" aria-hidden="true"><use :href="icon('circle-alert')" /></svg>{{ field.error }}</p>
        <p v-else-if="field.hint" class="hint" :id="$attrs.id + field.name + '-hint'">{{ field.hint }}</p>
      </div>
      <button type="submit" class="btn large" :class="{ busy: sent }" data-kind="primary" :aria-busy="sent ? 'true' : null">
        <span>{{ submit }}</span><span v-if="sent" class="spinner" aria-hidden="true"></span>
      </button>
    </form>
  `,
  props: { action: String, fields: Array, submit: String, hiddenValues: Object, error: String },
  data: () => ({ shown: {}, sent: false }),
  computed: {
    first() {
      const empty = this.fields.findIndex((field) => !field.value && !field.readonly);
      return empty >= 0 ? empty : 0;
    },
  },
  methods: {
    icon: (name) => adjoin.icon(name),
    again() {
      this.sent = false;
    },
  },
  mounted() {
    [this.$refs.first].flat()[0]?.focus();
    window.addEventListener("pageshow", this.again); // back from the next page: not busy any more
  },
  unmounted() {
    window.removeEventListener("pageshow", this.again);
  },
};

export default {
  inheritAttrs: false,
  template: `
    <div v-if="kind === 'segments'" class="segments" role="radiogroup" :id="$attrs.id" :class="$attrs.class" :aria-label="label" @keydown="arrow">
      <button v-for="(option, index) in options" :key="index" type="button" role="radio" ref="box" :aria-checked="model === index"
              :tabindex="model === index || (model === null && index === 0) ? 0 : -1" :disabled="disable" @click="change(index)">{{ option.label }}</button>
    </div>
    <fieldset v-else-if="kind === 'cards'" class="field" :id="$attrs.id" :class="$attrs.class" :disabled="disable" :aria-describedby="described">
      <legend>{{ label }}</legend>
      <div class="choice-cards" role="radiogroup" :aria-label="label">
        <label v-for="(option, index) in options" :key="index" :class="{ chosen: model === index }">
          <input type="radio" :name="$attrs.id" :checked="model === index" @change="change(index)" :ref="index === 0 ? 'box' : null" />
          <span><strong>{{ option.label }}</strong><span>{{ explanations[index] }}</span></span>
        </label>
      </div>
      <p v-if="hint" class="hint" :id="$attrs.id + '-hint'">{{ hint }}</p>
      <p v-if="errorMessage" class="wrong" :id="$attrs.id + '-wrong'"><svg class="icon" width="15" height="15" aria-hidden="true"><use :href="alert" /></svg>{{ errorMessage }}</p>
    </fieldset>

    <div v-else class="field" :id="$attrs.id" :class="[$attrs.class, { tick: kind === 'tick' }]">
      <label v-if="kind === 'tick'">
        <input ref="box" type="checkbox" :checked="model" :disabled="disable" v-bind="state" @change="change($event.target.checked)" />
        <span>{{ label }}</span>
      </label>
      <label v-else :for="$attrs.id + '-box'">{{ label }}<span v-if="!required && optional" class="optional">optional</span></label>

      <textarea v-if="kind === 'lines'" ref="box" class="box" :id="$attrs.id + '-box'" rows="4" :value="model" :placeholder="placeholder"
                :disabled="disable" v-bind="state" @input="change($event.target.value)"></textarea>
      <span v-else-if="kind === 'select'" class="box-select">
        <select ref="box" class="box" :id="$attrs.id + '-box'" :disabled="disable" v-bind="state" @change="change(Number($event.target.value))">
          <option v-if="model === null" value="" disabled selected>Choose…</option>
          <option v-for="option in options" :key="option.value" :value="option.value" :selected="model === option.value">{{ option.label }}</option>
        </select>
        <svg class="icon" width="16" height="16" aria-hidden="true"><use :href="chevron" /></svg>
      </span>
      <span v-else-if="kind !== 'tick'" class="box-wrap">
        <input ref="box" class="box" :id="$attrs.id + '-box'" :type="shown ? 'text' : type" :value="model" :placeholder="placeholder"
               :autocomplete="autocomplete" :disabled="disable" v-bind="state" @input="change($event.target.value)" />
        <button v-if="type === 'password'" type="button" class="box-eye" :aria-pressed="shown" aria-label="Show what is typed" @click="shown = !shown">
          <svg class="icon" width="16" height="16" aria-hidden="true"><use :href="shown ? hide : show" /></svg>
        </button>
      </span>
      <p v-if="hint" class="hint" :id="$attrs.id + '-hint'">{{ hint }}</p>
      <p v-if="errorMessage" class="wrong" :id="$attrs.id + '-wrong'"><svg class="icon" width="15" height="15" aria-hidden="true"><use :href="alert" /></svg>{{ errorMessage }}</p>
    </div>
  `,
  props: {
    kind: String, label: String, hint: String, errorMessage: String, required: Boolean, optional: Boolean, disable: Boolean, autofocus: Boolean,
    value: String, modelValue: null, type: String, placeholder: String, autocomplete: String,
    options: Array, explanations: Array,
  },
  emits: ["update:value", "update:modelValue"],
  data() {
    return { model: this.given(), shown: false };
  },
  computed: {
    alert: () => adjoin.icon("circle-alert"),
    chevron: () => adjoin.icon("chevron-down"),
    show: () => adjoin.icon("eye"),
    hide: () => adjoin.icon("eye-off"),
    described() {
      const ids = [this.hint && `${this.$attrs.id}-hint`, this.errorMessage && `${this.$attrs.id}-wrong`];
      return ids.filter(Boolean).join(" ") || null;
    },
    state() {
      return {
        "aria-invalid": this.errorMessage ? "true" : null,
        "aria-describedby": this.described,
        "aria-required": this.required ? "true" : null,
        "data-autofocus": this.autofocus || null, // a dialog moves the keyboard here when it opens
        ...Object.fromEntries(Object.entries(this.$attrs).filter(([name]) => name.startsWith("on"))),
      };
    },
  },
  watch: {
    value() {
      this.model = this.given();
    },
    modelValue() {
      this.model = this.given();
    },
  },
  mounted() {
    if (this.autofocus) this.focus();
  },
  methods: {
    given() {
      if (this.kind === "text" || this.kind === "lines") return this.value ?? "";
      if (this.kind === "select") return this.modelValue?.value ?? null;
      return this.modelValue;
    },
    change(value) {
      this.model = value;
      if (this.kind === "text" || this.kind === "lines") this.$emit("update:value", value);
      else this.$emit("update:modelValue", this.kind === "select" ? { value } : value);
    },
    arrow(event) {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      this.change(((this.model ?? 0) + step + this.options.length) % this.options.length);
      this.$nextTick(() => this.$refs.box[this.model].focus());
    },
    updateValue() {
      this.model = this.given();
    },
    focus() {
      this.$nextTick(() => {
        [this.$refs.box].flat()[0]?.focus({ preventScroll: true });
        // The whole field, with its label and the sentence that says what to correct.
        if (this.$el.scrollIntoView) this.$el.scrollIntoView({ block: "nearest" });
      });
    },
  },
};

export default {
  template: `
    <ol class="steps">
      <li v-for="item in items" :key="item.title" :data-state="item.state"
          :aria-current="item.state === 'now' ? 'step' : null">
        <span class="steps-mark" aria-hidden="true">
          <svg v-if="item.state === 'done'" class="icon"><use :href="check" /></svg>
        </span>
        <span class="steps-words">
          <strong>{{ item.title }}<span class="sr-only">, {{ words[item.state] }}</span></strong>
          <span>{{ item.text }}</span>
        </span>
      </li>
    </ol>
  `,
  props: { items: Array },
  data: () => ({ words: { done: "done", now: "now", next: "still to come" } }),
  computed: {
    check: () => adjoin.icon("check"),
  },
};

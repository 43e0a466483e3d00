export default {
  template: `
    <section class="accounts" :aria-labelledby="$attrs.id + '-title'">
      <h2 :id="$attrs.id + '-title'">Look around as…</h2>
      <ul>
        <li v-for="account in accounts" :key="account.email">
          <form method="post" :action="action" @submit="sent = account.email">
            <input type="hidden" name="email" :value="account.email" />
            <input type="hidden" name="password" :value="account.password" />
            <input type="hidden" name="next" :value="next" />
            <button type="submit" class="account" :aria-busy="sent === account.email ? 'true' : null">
              <span class="account-door" aria-hidden="true">{{ initials(account.name) }}</span>
              <span><strong>{{ account.name }}</strong><span>{{ account.role }}</span></span>
              <svg class="icon" aria-hidden="true"><use :href="icon('arrow-right')" /></svg>
            </button>
          </form>
        </li>
      </ul>
    </section>
  `,
  props: { action: String, accounts: Array, next: String },
  data: () => ({ sent: null }),
  methods: {
    icon: (name) => adjoin.icon(name),
    initials: (name) => name.split(" ").map((word) => word[0]).slice(0, 2).join(""),
  },
};

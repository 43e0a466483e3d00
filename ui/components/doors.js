export default {
  template: `
    <div class="front-house">
      <a class="rail-logo" href="/" aria-label="Adjoin"><img :src="logo" alt="" width="36" height="36" /><span>Adjoin</span></a>
      <svg class="plan" viewBox="0 0 640 520" aria-hidden="true" preserveAspectRatio="xMidYMid meet"></svg>
      <p class="front-quote">Adjoining rooms share a door that either side can open or lock.
        <span>So do the systems your hotel runs on.</span></p>
    </div>
  `,
  computed: {
    logo: () => adjoin.assets + "logo.svg",
  },
};

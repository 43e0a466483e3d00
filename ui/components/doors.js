/* A floor plan drawn the way architects do: a gap in the wall, a leaf, and the arc of its swing. */
const OPEN = [
  // hinge x, y; the swing's sector; the light that falls through
  { x: 250, y: 150, sector: "M250 150V98A52 52 0 0 1 302 150Z", light: "M250 98 430 40V236L250 150Z" },
  { x: 430, y: 222, sector: "M430 222V170A52 52 0 0 1 482 222Z", light: "M430 170 600 96V270H520L430 222Z" },
  { x: 120, y: 200, sector: "M120 200H172A52 52 0 0 1 120 252Z", light: "M120 200 62 372H238L172 200Z" },
  { x: 250, y: 420, sector: "M250 420V368A52 52 0 0 1 302 420Z", light: "M250 368 458 284V480H346L250 420Z" },
];

export default {
  template: `
    <div class="front-house">
      <a class="rail-logo" href="/" aria-label="Adjoin"><img :src="logo" alt="" width="36" height="36" /><span>Adjoin</span></a>
      <svg class="plan" viewBox="20 20 600 480" aria-hidden="true">
        <defs>
          <radialGradient v-for="(door, index) in doors" :key="index" :id="$attrs.id + 'light' + index"
                          gradientUnits="userSpaceOnUse" :cx="door.x" :cy="door.y - 20" r="190">
            <stop offset="0" stop-color="#f3cd86" stop-opacity="0.34" /><stop offset="1" stop-color="#f3cd86" stop-opacity="0" />
          </radialGradient>
        </defs>
        <g class="plan-floor">
          <path d="M40 40H250V200H40Z" /><path d="M430 40H600V270H430Z" /><path d="M250 270H600V480H250Z" />
        </g>
        <path v-for="(door, index) in doors" :key="index" class="plan-light" :d="door.light" :fill="'url(#' + $attrs.id + 'light' + index + ')'" />
        <g class="plan-things">
          <path d="M56 58h64v76H56ZM62 64h24v18H62ZM90 64h24v18H90ZM56 96h64" /><path d="M190 56h42v20h-42Z" />
          <circle cx="360" cy="206" r="24" /><path d="M352 170h16M352 242h16M324 198v16M396 198v16" />
          <path d="M540 58h44v96h-44ZM518 92h14v28h-14Z" />
          <path d="M60 420h80v44H60ZM66 426h20v14H66ZM66 444h20v14H66Z" /><path d="M196 448h38v16h-38Z" />
          <path d="M440 432h110v34H440ZM440 440h-10v26h10M550 440h10v26h-10" /><circle cx="494" cy="384" r="22" />
        </g>
        <path class="plan-wall" d="M40 40H600V480H40ZM250 40V98M250 150V368M250 420V480M40 200H120M172 200H250M430 40V170M430 222V270M250 270H478M530 270H600" />
        <g v-for="(door, index) in doors" :key="index" class="plan-door" :style="{ '--order': index }">
          <path class="plan-swing" :d="door.sector" />
        </g>
        <path class="plan-locked" d="M478 270H530" /><circle cx="504" cy="270" r="5.5" fill="#e2b45f" />
        <g class="plan-names">
          <text x="145" y="172">Your hotel</text><text x="340" y="76">Messaging</text><text x="500" y="242">Payments</text>
          <text x="145" y="346">Door locks</text><text x="400" y="332">Accounting</text>
        </g>
      </svg>
      <p class="front-quote">Adjoining rooms share a door that either side can open or lock.
        <span>So do the systems your hotel runs on.</span></p>
    </div>
  `,
  data: () => ({ doors: OPEN }),
  computed: {
    logo: () => adjoin.assets + "logo.svg",
  },
};

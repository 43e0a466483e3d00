/* Runs before the first paint: chooses the theme; offers `adjoin` to our components. */
(() => {
  const root = document.documentElement;
  const assets = document.currentScript.dataset.assets;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => document.cookie.match(/(?:^|; )adjoin_theme=(light|dark)/)?.[1];
  const theme = () => chosen() ?? (system.matches ? "dark" : "light");

  function paint() {
    root.dataset.theme = theme();
    // Quasar keeps its own idea of dark; keep both the same.
    if (window.Quasar) Quasar.Dark.set(theme() === "dark");
  }
  function choose(name) {
    document.cookie = `adjoin_theme=${name}; path=/; max-age=31536000; samesite=lax`;
    paint();
  }
  system.addEventListener("change", paint);
  paint();

  const MINUTE = 60, HOUR = 3600, DAY = 86400;
  const plural = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;

  /* "3 hours ago", "in 2 days", "just now" */
  function ago(iso, now = Date.now()) {
    const seconds = Math.round((now - new Date(iso)) / 1000);
    const size = Math.abs(seconds);
    if (size < 45) return "just now";
    const [count, word] =
      size < 45 * MINUTE ? [Math.max(1, Math.round(size / MINUTE)), "minute"]
      : size < 22 * HOUR ? [Math.max(1, Math.round(size / HOUR)), "hour"]
      : size < 26 * DAY ? [Math.max(1, Math.round(size / DAY)), "day"]
      : size < 320 * DAY ? [Math.max(1, Math.round(size / DAY / 30.4)), "month"]
      : [Math.max(1, Math.round(size / DAY / 365)), "year"];
    return seconds < 0 ? `in ${plural(count, word)}` : `${plural(count, word)} ago`;
  }

  const formats = new Map();
  function format(zone, options) {
    const key = zone + JSON.stringify(options);
    if (!formats.has(key)) {
      try {
        formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone || "UTC", ...options }));
      } catch {
        formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options }));
      }
    }
    return formats.get(key);
  }
  const moment = (iso, zone) =>
    format(zone, {
      day: "numeric", month: "short", year: "numeric",
      hour: "2-digit", minute: "2-digit", timeZoneName: "short",
    }).format(new Date(iso));
  const clock = (iso, zone) => format(zone, { hour: "2-digit", minute: "2-digit" }).format(new Date(iso));
  const dayKey = (iso, zone) =>
    format(zone, { year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date(iso));
  function day(iso, zone) {
    const key = dayKey(iso, zone);
    if (key === dayKey(Date.now(), zone)) return "Today";
    if (key === dayKey(Date.now() - DAY * 1000, zone)) return "Yesterday";
    return format(zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(new Date(iso));
  }

  /* One timer for all clocks on the page; returns the function that stops listening. */
  const listeners = new Set();
  setInterval(() => listeners.forEach((listener) => listener()), 15000);
  function tick(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Plain http on a local network has no clipboard API; the old way still works there.
      const area = Object.assign(document.createElement("textarea"), { value: text });
      area.style.cssText = "position:fixed;opacity:0";
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  }

  const plain = (text) =>
    String(text ?? "").normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();
  const status = (key) => ADJOIN_STATUS[key] ?? { label: String(key ?? ""), tone: "muted", icon: "circle-dot" };

  window.adjoin = {
    assets, theme, choose, ago, moment, clock, day, dayKey, tick, copy, plain, status,
    icon: (name) => `${assets}icons.svg#${name}`,
  };

  /* Keep the explanation of a disabled button inside the window. */
  function fit(event) {
    const tip = event.target.closest?.(".why")?.querySelector(".tip");
    if (!tip) return;
    tip.style.translate = "";
    const { left } = tip.getBoundingClientRect();
    if (left < 12) tip.style.translate = `${12 - left}px 0`;
  }
  document.addEventListener("pointerover", fit);
  document.addEventListener("focusin", fit);

  /* The framework's "connection lost" box in our words; look.css draws it as a banner. */
  document.addEventListener("DOMContentLoaded", () => {
    paint();
    const popup = document.getElementById("popup");
    if (!popup) return;
    popup.setAttribute("role", "status");
    popup.children[0].textContent = "Connection lost.";
    popup.children[1].textContent = "Reconnecting…";
  });
})();

// Stores in a cookie when this page was last visible: once a minute, by the server's clock.
const YEAR_SECONDS = 365 * 24 * 3600;

export default function ({ data }) {
  const drawnAt = performance.now();
  const store = () => {
    if (document.hidden) return;
    const now = data.now + Math.round((performance.now() - drawnAt) / 1000);
    document.cookie = `${data.text}.${now}; path=/; max-age=${YEAR_SECONDS}; SameSite=Lax`;
  };
  store();
  const timer = setInterval(store, 60_000);
  return () => clearInterval(timer);
}

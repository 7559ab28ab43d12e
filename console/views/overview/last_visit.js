// Keeps in a cookie that this page was seen: once a minute, and by the clock of the server.
const YEAR_SECONDS = 365 * 24 * 3600;

export default function ({ data }) {
  const drawn = performance.now();
  const keep = () => {
    if (document.hidden) return;
    const now = data.now + Math.round((performance.now() - drawn) / 1000);
    document.cookie = `${data.text}.${now}; path=/; max-age=${YEAR_SECONDS}; SameSite=Lax`;
  };
  keep();
  const timer = setInterval(keep, 60_000);
  return () => clearInterval(timer);
}

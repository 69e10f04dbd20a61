// Quantities and times in words. All digits of one kind of figure have the same decimals, so that columns align.

const decimals = [0, 1, 2, 3].map((count) => new Intl.NumberFormat("en", { minimumFractionDigits: count, maximumFractionDigits: count }));
const short = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const brief = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

const or = (value, format) => (value === null || value === undefined ? "–" : format(value));

export const count = (value) => or(value, (n) => decimals[0].format(n));
export const kw = (value) => or(value, (n) => decimals[Math.abs(n) < 1000 ? 1 : 0].format(n));
export const rated = (value) => or(value, (n) => short.format(n));
export const kwh = (value) => or(value, (n) => decimals[n < 10 ? 3 : n < 100 ? 2 : n < 10_000 ? 1 : 0].format(n));
export const energy = (value) => or(value, (n) => `${kwh(n)} kWh`);
export const money = (value) => or(value, (n) => decimals[2].format(n));
export const euro = (value) => or(value, (n) => "€" + money(n));
export const time = (iso) => or(iso, (text) => clock.format(new Date(text)));
/** Today the time is enough. */
export const moment = (iso) => or(iso, (text) => {
    const date = new Date(text);
    return (Date.now() - date < 64_800_000 ? brief : day).format(date);
});
export const seconds = (value) => or(value, (total) => {
    const s = Math.max(0, Math.floor(total)), two = (n) => String(n).padStart(2, "0");
    return s < 3600 ? `${Math.floor(s / 60)}:${two(s % 60)}` : `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
});
export const span = (from, to) => (from && to ? seconds((Date.parse(to) - Date.parse(from)) / 1000) : "–");
/** A session is told by its end: ids of one minute begin alike. */
export const tail = (id) => or(id, (text) => (text.length > 12 ? "…" + text.slice(-8) : text));

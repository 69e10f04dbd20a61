// Stations that speak OCPP, and who wants in. The stream says that they are others, and is for everybody; what they are is asked for by who has signed in.

import { at, arrange, h, text } from "./dom.js";
import { icon } from "./icons.js";
import { get, onToken, recognize, signIn, token } from "./api.js";
import { copyable } from "./copy.js";
import { go, onRoute, route } from "./route.js";
import * as format from "./format.js";

const CALM_MS = 1000, RETRY_MS = 5000;
const MOST = 100;
const names = new Intl.Collator("en", { numeric: true });

/** By the status that it got: what is wrong, and the command that lets it in, if one does. */
const WRONG = {
    400: ["No version of OCPP in common", null], 401: ["Wrong name or password", (words) => `wattline credentials rotate ${words}`],
    403: ["Its id is too much like another’s", null], 404: ["No station is called that here", (words) => `wattline credentials add ${words}`],
};

export class Stations {
    /** `shown` is told of every new book. */
    constructor(state, shown) {
        Object.assign(this, { state, shown, book: null, trouble: "", next: 0, rows: new Map() });
        onToken(() => { if (!token()) this.forget(); this.refresh(); });
        onRoute((now, before) => { if (now.q !== before.q) this.show(); });
        at("stations-sign").addEventListener("click", () => signIn());
        at("lamp-stations").querySelector("button").addEventListener("click", () => {
            at("stations").focus({ preventScroll: true });
            at("stations").scrollIntoView();
        });
    }

    render(dirty) { if (dirty.all || dirty.stations) this.refresh(); }

    /** Asks now, or when it has been calm for a while: the longer an answer took, the longer. */
    refresh() {
        if (!this.state.stations || !token()) return this.show();
        if (this.asking) { this.isStale = true; return; }
        if (this.timer) return;
        this.timer = setTimeout(() => { this.timer = null; this.ask(); }, Math.max(0, this.next - performance.now()));
    }

    async ask() {
        const began = performance.now(), secret = token();
        if (!secret) return this.show();
        this.asking = true;
        this.isStale = false;
        try {
            const book = await get("stations");
            if (secret === token()) [this.book, this.trouble] = [book, ""];
        } catch (problem) {
            this.trouble = problem.message;
            this.isStale = problem.status !== 401;
            if (problem.status === 401) await recognize();
        }
        this.asking = false;
        const took = performance.now() - began;
        this.next = performance.now() + (this.trouble ? RETRY_MS : Math.max(CALM_MS, 10 * took));
        this.show();
        if (this.isStale) this.refresh();
    }

    /** Nothing of it stays on the screen of who has signed out. */
    forget() {
        this.book = null;
        this.rows.clear();
        for (const id of ["gateways", "station-list", "strangers"]) { at(id).replaceChildren(); delete at(id).dataset.key; }
    }

    find(id) { return this.book?.stations.find(({ station }) => station === id) ?? null; }

    show() {
        const { book, state } = this;
        const are = state.stations > 0;
        const known = are && book !== null;
        at("stations").hidden = at("tab-stations").hidden = !are;
        if (!are && document.body.dataset.tab === "stations") document.querySelector('[data-view="points"]').click();
        at("stations-closed").hidden = !are || known || token() !== null;
        at("stations-open").hidden = !known;
        text(at("stations-trouble"), known || !this.trouble || !token() ? "" : this.trouble);
        if (known) {
            this.gateways(book.gateways);
            this.list(book.stations);
            this.strangers(book.gateways.flatMap((gateway) => gateway.wants_in));
        }
        this.lamp(known ? book : null);
        this.shown();
    }

    lamp(book) {
        const lamp = at("lamp-stations");
        lamp.hidden = !book;
        if (!book) return;
        const all = book.stations.length, there = book.stations.filter(({ connected }) => connected).length;
        const strangers = book.gateways.reduce((sum, gateway) => sum + gateway.wants_in.length, 0);
        const level = there < all || strangers || book.gateways.some(({ online }) => !online) ? "warning" : "good";
        if (lamp.dataset.level !== level) {
            lamp.dataset.level = level;
            lamp.querySelector(".icon").replaceWith(icon(level));
        }
        text(lamp.querySelector(".word"), `${count(there, all)}${strangers ? `, ${wantIn(strangers)}` : ""}`);
        text(at("stations-tally"), all ? `${count(there, all)} connected` : "");
    }

    gateways(gateways) {
        const lines = gateways.filter(({ online }) => !online).map(({ gateway, reason }) => h("p", { class: "trouble" }, icon("bad"),
            h("span", {}, `Gateway ${gateway} is offline${reason ? `: ${reason}` : ""}. Its stations can’t come in.`)));
        const key = JSON.stringify(gateways.map(({ gateway, online, reason }) => [gateway, online, reason]));
        if (at("gateways").dataset.key === key) return;
        at("gateways").dataset.key = key;
        at("gateways").replaceChildren(...lines);
    }

    list(all) {
        const words = route.q.toLowerCase().split(/\s+/).filter(Boolean);
        const found = all.filter((one) => words.every((word) => told(one).includes(word))).sort((a, b) => names.compare(a.name, b.name));
        const shown = found.slice(0, MOST);
        const wanted = new Set(shown.map(({ station }) => station));
        for (const [id, row] of this.rows) if (!wanted.has(id)) { row.element.remove(); this.rows.delete(id); }
        const focus = document.activeElement?.closest?.("#station-list a")?.getAttribute("href");
        arrange(at("station-list"), shown.map((one) => this.row(one)));
        const again = focus && [...at("station-list").querySelectorAll("a")].find((link) => link.getAttribute("href") === focus);
        if (again && again !== document.activeElement) again.focus({ preventScroll: true });
        const where = this.book.gateways.find(({ online, address }) => online && address)?.address;
        text(at("stations-none"), found.length > MOST ? `and ${format.count(found.length - MOST)} more: search for them` : found.length ? ""
            : all.length ? "No station is like that." : `No station has been here${where ? `; they are awaited at ${where}ID` : ""}.`);
    }

    row(one) {
        const key = JSON.stringify(one);
        const before = this.rows.get(one.station);
        if (before?.key === key) return before.element;
        const element = rowOf(one);
        before?.element.replaceWith(element);
        this.rows.set(one.station, { key, element });
        return element;
    }

    strangers(all) {
        const key = JSON.stringify(all);
        at("wants-in").hidden = !all.length;
        if (at("strangers").dataset.key === key) return;
        at("strangers").dataset.key = key;
        at("strangers").replaceChildren(...all.map(stranger));
    }

    /** Puts the keyboard on a station's row. */
    focus(id) { this.rows.get(id)?.element.querySelector("a")?.focus(); }
}

const count = (there, all) => (there === all ? format.count(all) : `${format.count(there)} of ${format.count(all)}`);
const wantIn = (number) => (number === 1 ? "1 wants in" : `${format.count(number)} want in`);

/** Everything by which it may be searched. */
const told = (one) => [one.station, one.name, one.gateway, one.version, one.vendor, one.model, one.serial, one.firmware, one.connected ? "connected" : "away",
    ...one.quirks, ...one.connectors.flatMap(({ cp, status, error }) => [cp, status, error])].filter(Boolean).join(" ").toLowerCase();

/** Vendor, model and firmware, as far as it has said them. */
export const what = ({ vendor, model, firmware }) => [vendor, model, firmware].filter(Boolean).join(" ");

/** By how much its clock is wrong: [level, words]. */
export function clock(seconds) {
    if (seconds === null) return ["info", "not known"];
    const off = Math.abs(seconds);
    if (off < 2) return ["good", "right"];
    const span = off < 120 ? `${off} s` : off < 7200 ? `${Math.round(off / 60)} min` : off < 172_800 ? `${Math.round(off / 3600)} h` : `${Math.round(off / 86_400)} days`;
    return [off < 60 ? "info" : "warning", `${span} ${seconds > 0 ? "ahead" : "behind"}`];
}

/** Whether it is there, as a sign and a word. */
export function presence(element, { connected }) {
    element.dataset.there = connected ? "yes" : "no";
    element.replaceChildren(icon(connected ? "good" : "DISCONNECTED"), connected ? "CONNECTED" : "AWAY");
    return element;
}

/** Since when that is so. */
export const since = ({ connected, since }) => (since ? `since ${format.moment(since)}` : connected ? "" : "since the gateway began");

/** The oddities met, none of them broken. */
export const quirks = ({ quirks: all }, none) => (all.length ? all.flatMap((name, index) => [index ? ", " : "", h("span", { class: "quirk" }, name)]) : [none]);

/** The link to a connector's charge point. */
export const pointLink = (cp) => h("a", { href: `#/cp/${cp}`, class: "cp", onclick: (event) => { event.preventDefault(); go({ cp }, { push: true }); } }, cp);

const fact = (name, ...values) => h("div", {}, h("dt", {}, name), h("dd", {}, ...values));

function rowOf(one) {
    const open = h("a", { class: "open", href: `#/station/${one.station}`, onclick: (event) => { event.preventDefault(); go({ station: one.station }, { push: true }); } }, one.name);
    const [level, words] = clock(one.clock_ahead_s);
    return h("li", { class: "station", "data-station": one.station },
        h("div", { class: "name" }, h("h3", {}, open), presence(h("span", { class: "badge" }), one), h("span", { class: "since" }, since(one))),
        h("dl", { class: "value" },
            fact("Model", what(one) || "not told yet", " ", h("small", {}, one.version ? `OCPP ${one.version}` : "")),
            fact("Connectors", ...(one.connectors.length ? one.connectors.map(connector) : ["none yet"])),
            fact("Clock", h("span", { class: "sign", "data-level": level }, level === "info" ? null : icon(level), words)),
            fact("Quirks", ...quirks(one, "none met"))));
}

const connector = ({ cp, status, error }) => h("span", { class: "connector" }, pointLink(cp), " ",
    error ? h("span", { class: "sign", "data-level": "bad" }, icon("bad"), `${status ?? ""} ${error}`.trim()) : status ?? "");

/** The words by which a command names a station, in quotes where a shell needs them; null for an id that is not all printable ASCII. */
function asWords(station) {
    if (!/^[ -~]{1,48}$/.test(station)) return null;
    if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,35}$/.test(station)) return `station ${station}`;
    return `${station.startsWith("-") ? "-- " : ""}station '${station.replaceAll("'", "'\\''")}'`;
}

function stranger({ station, address, status, why, at: when, times }) {
    const [words, command] = WRONG[status] ?? [why, null];
    const named = asWords(station);
    const help = !command ? (words === why ? null : why) : named ? null : "No command is offered for an id with characters that may not be what they look like, or of more than 48: type it yourself, in quotes.";
    return h("li", { class: "stranger", "data-station": station },
        h("p", { class: "who" }, h("b", {}, station || "(no id)"), " ", h("span", { class: "sign", "data-level": "warning" }, icon("warning"), words)),
        h("p", { class: "when" }, `${times === 1 ? "once" : `${format.count(times)} times`}, last ${format.moment(when)}, from ${address}`),
        help ? h("p", { class: "help" }, help) : null,
        command && named ? copyable(command(named), `Copy the command that lets ${station} in`) : null);
}

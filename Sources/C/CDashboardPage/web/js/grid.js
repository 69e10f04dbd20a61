// All cards: which are shown, in which order, and which of them need drawing.

import { arrange, at, text } from "./dom.js";
import { Card, reason } from "./card.js";
import { count } from "./format.js";
import { go, route } from "./route.js";

const RANK = Object.fromEntries(["FAULTY", "DISCONNECTED", "STOPPED", "SUPPLYING", "ASSIGNED", "ACTIVATED"].map((state, index) => [state, index]));
const rank = ({ state }) => RANK[state] ?? 0;
const SETTLE_MS = 2000;
const names = new Intl.Collator("en", { numeric: true });

const ORDER = {
    name: (a, b) => names.compare(a.cp, b.cp),
    power: (a, b) => (b.power_kw ?? 0) - (a.power_kw ?? 0) || names.compare(a.cp, b.cp),
    state: (a, b) => rank(a) - rank(b) || names.compare(a.cp, b.cp),
    since: (a, b) => (b.since ?? "").localeCompare(a.since ?? "") || names.compare(a.cp, b.cp),
};

/** Whether a point is what is searched: every word somewhere in its name, driver, kind, state or reason. */
export function matches(point, { q, states }) {
    if (states.length && !states.includes(point.state)) return false;
    if (!q) return true;
    const all = `${point.cp} ${point.driver ?? ""} ${point.kind ?? ""} ${point.state} ${reason(point)}`.toLowerCase();
    return q.toLowerCase().split(/\s+/).every((word) => all.includes(word));
}

export class Grid {
    constructor(state) {
        this.state = state;
        this.list = at("cards");
        this.cards = new Map();
        this.shown = [];
        this.current = null;
        this.sortedAt = 0;
        this.watcher = new IntersectionObserver((entries) => this.seen(entries), { rootMargin: "200px" });
        this.list.addEventListener("click", (event) => this.enter(event));
        this.list.addEventListener("keydown", (event) => this.step(event));
        this.list.addEventListener("focusin", (event) => this.makeCurrent(event.target.closest(".card")?.dataset.cp));
        this.list.addEventListener("pointermove", () => { this.pointed = performance.now(); }, { passive: true });
    }

    render(dirty) {
        const { points } = this.state;
        const whole = dirty.all;
        if (whole) for (const cp of this.cards.keys()) if (!points.has(cp)) this.drop(cp);
        for (const cp of dirty.removed) this.drop(cp);
        let isNew = false;
        for (const cp of whole ? points.keys() : dirty.points) {
            let card = this.cards.get(cp);
            if (!card) { card = this.add(cp); isNew = true; }
            card.show(points.get(cp));
            card.stale = true;
        }
        for (const cp of dirty.readings) if (this.cards.has(cp)) this.cards.get(cp).stale = true;
        if (whole || isNew || dirty.removed.size) this.sift();
        else if (dirty.points.size || (route.sort === "power" && dirty.readings.size)) this.siftSoon();
        for (const card of this.visible) if (card.stale) this.refresh(card);
    }

    visible = new Set();

    seen(entries) {
        for (const { target, isIntersecting } of entries) {
            const card = this.cards.get(target.dataset.cp);
            if (!card) continue;
            if (!isIntersecting) { this.visible.delete(card); continue; }
            this.visible.add(card);
            if (card.stale) this.refresh(card);
        }
    }

    refresh(card) {
        const point = this.state.points.get(card.cp);
        if (!point) return;
        card.read(point);
        card.draw(this.state.curves.get(card.cp) ?? [], Date.parse(this.state.now), point);
        card.stale = false;
    }

    /** Time went on and nothing happened: the curves move to the left. */
    age() {
        for (const card of this.visible) card.stale = true;
    }

    add(cp) {
        const card = new Card(cp);
        this.cards.set(cp, card);
        this.watcher.observe(card.element);
        return card;
    }

    drop(cp) {
        const card = this.cards.get(cp);
        if (!card) return;
        this.watcher.unobserve(card.element);
        this.visible.delete(card);
        card.element.remove();
        this.cards.delete(cp);
    }

    /** Things do not move under a hand: a pointer among the cards, or the keyboard's focus, holds the order for a while. */
    siftSoon() {
        const now = performance.now();
        const held = this.list.contains(document.activeElement) || now - (this.pointed ?? -Infinity) < 3000;
        if (held || now - this.sortedAt < SETTLE_MS) {
            this.later ??= setTimeout(() => { this.later = null; this.siftSoon(); }, SETTLE_MS);
            return;
        }
        this.sift();
    }

    sift() {
        this.sortedAt = performance.now();
        const points = [...this.state.points.values()].filter((point) => matches(point, route)).sort(ORDER[route.sort]);
        this.shown = points.map((point) => point.cp);
        const focused = this.list.contains(document.activeElement) ? document.activeElement : null;
        arrange(this.list, this.shown.map((cp) => this.cards.get(cp).element));
        if (focused?.isConnected && focused !== document.activeElement) focused.focus({ preventScroll: true });
        if (!this.shown.includes(this.current)) this.makeCurrent(this.shown[0]);
        this.tell();
    }

    tell() {
        const all = this.state.points.size, shown = this.shown.length;
        text(at("count"), all ? (shown === all ? `${count(all)} points` : `${count(shown)} of ${count(all)} points`) : "");
        at("count").className = shown === all ? "all" : "";
        const empty = at("nothing");
        empty.hidden = shown > 0;
        if (shown || !this.state.instance) return;
        text(empty.querySelector(".lead"), all ? "No point is like that" : "No charge point yet");
        text(empty.querySelector(".hint"), all ? "Change the search, or show all states." : "Start one: it appears here as soon as it is heard.");
    }

    /** One card at a time is in the order of Tab; the arrows go from card to card. */
    makeCurrent(cp) {
        const before = this.cards.get(this.current), after = this.cards.get(cp);
        if (before && before !== after) before.link.tabIndex = -1;
        if (after) after.link.tabIndex = 0;
        this.current = after ? cp : null;
    }

    /** The link alone would do, but for the search in the address: that stays. */
    enter(event) {
        // Anywhere on it: when the page moved between press and release, it is the card that is hit and not what lies on it.
        const card = event.target.closest(".card");
        if (!card || event.target.closest("button, input, select, a:not(.open)") || event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        go({ cp: card.dataset.cp }, { push: true });
    }

    step(event) {
        const from = this.shown.indexOf(this.current);
        if (from < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
        const columns = getComputedStyle(this.list).gridTemplateColumns.split(" ").length;
        const last = this.shown.length - 1;
        const to = { ArrowLeft: from - 1, ArrowRight: from + 1, ArrowUp: from - columns, ArrowDown: from + columns, Home: 0, End: last }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        if (to >= 0 && to <= last) this.focus(this.shown[to]);
    }

    focus(cp) {
        const card = this.cards.get(cp);
        if (!card) return;
        card.link.focus({ preventScroll: true });
        card.element.scrollIntoView({ block: "nearest" });
    }
}

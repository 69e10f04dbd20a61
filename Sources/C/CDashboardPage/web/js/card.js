// One point as a card.

import { at, attribute, h, text } from "./dom.js";
import { badge, icon } from "./icons.js";
import { draw } from "./curve.js";
import * as format from "./format.js";

const BREAKER = { closed: ["good", "Breaker closed"], "half-open": ["warning", "Breaker half-open"], open: ["bad", "Breaker open"] };
const HEALTH = { OK: ["good", "Healthy"], FAULTY: ["bad", "Unhealthy"], UNMONITORED: ["warning", "Unmonitored"] };

export class Card {
    constructor(cp) {
        this.cp = cp;
        this.element = at("card").content.firstElementChild.cloneNode(true);
        this.element.dataset.cp = cp;
        this.link = this.find(".open");
        this.link.textContent = cp;
        this.link.href = `#/cp/${cp}`;
        this.link.tabIndex = -1;
        for (const part of ["badge", "sub", "kw", "why", "energy", "cost", "price", "breaker", "health", "since", "curve"]) this[part] = this.find(`.${part}`);
        this.seen = false;
        this.stale = true;
    }

    find(selector) { return this.element.querySelector(selector); }

    /** All but the figures that move. */
    show(point) {
        attribute(this.element, "data-state", point.state);
        badge(this.badge, point.state);
        text(this.sub, [point.rated_kw === null ? null : `${format.rated(point.rated_kw)} kW`, point.kind].filter(Boolean).join(" · ") || "Not heard yet");
        text(this.why, why(point));
        attribute(this.link, "aria-label", [`${point.cp}: ${point.state}`, why(point)].filter(Boolean).join(", "));
        text(this.price, format.euro(point.price_eur_per_kwh));
        sign(this.breaker, BREAKER[point.breaker] ?? ["wait", "No breaker"]);
        sign(this.health, HEALTH[point.health] ?? ["wait", "No health"]);
        text(this.since, `since ${format.moment(point.since)}`);
        this.read(point);
    }

    read(point) {
        text(this.kw, format.kw(point.power_kw));
        text(this.energy, point.session ? format.energy(point.energy_kwh) : "–");
        text(this.cost, point.session ? format.euro(point.cost_eur) : "–");
    }

    draw(samples, now, point) {
        draw(this.curve, samples, now, (point.rated_kw ?? Math.max(1, ...samples.map(([, kw]) => kw))) * 1.08);
    }
}

/** Who charges, or why nobody can. */
export function why(point) {
    if (point.state === "SUPPLYING" && point.driver) return point.driver;
    if (point.state === "ACTIVATED" && point.available) return "Ready";
    return reason(point);
}

/** Central's reason, and that nobody could have it anyway when the operator wants that. */
export function reason(point) {
    const words = [point.why, point.out_of_order && !["STOPPED", "SUPPLYING"].includes(point.state) ? "out of order" : ""].filter(Boolean).join("; ");
    return words ? words[0].toUpperCase() + words.slice(1) : "";
}

function sign(element, [level, words]) {
    if (element.dataset.words === words) return;
    element.dataset.words = words;
    element.dataset.level = level;
    element.replaceChildren(icon(level), h("span", {}, words));
}

// Search, states and order above the cards; each is a part of the address.

import { at, h, text } from "./dom.js";
import { icon } from "./icons.js";
import { STATES } from "./store.js";
import { go, onRoute, route } from "./route.js";
import { count } from "./format.js";

const words = { SUPPLYING: "Supplying", ACTIVATED: "Activated", ASSIGNED: "Assigned", STOPPED: "Stopped", FAULTY: "Faulty", DISCONNECTED: "Disconnected" };
const chips = new Map();

export function buildFilters(sift) {
    chips.set(null, h("button", { type: "button", class: "chip", onclick: () => go({ states: [] }) }, "All ", h("b")));
    for (const state of STATES) {
        const toggle = () => go({ states: route.states.includes(state) ? route.states.filter((one) => one !== state) : [...route.states, state] });
        chips.set(state, h("button", { type: "button", class: "chip", "data-state": state, onclick: toggle }, icon(state), `${words[state]} `, h("b")));
    }
    at("states").append(...chips.values());
    at("search").addEventListener("input", (event) => go({ q: event.target.value }));
    at("search").addEventListener("keydown", (event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        go({ q: "" });
        event.target.blur();
    });
    at("sort").addEventListener("change", (event) => go({ sort: event.target.value }));
    onRoute((now, before) => {
        show();
        if (now.q !== before.q || now.sort !== before.sort || now.states.join() !== before.states.join()) sift();
    });
    show();
}

function show() {
    if (at("search").value !== route.q) at("search").value = route.q;
    at("sort").value = route.sort;
    for (const [state, chip] of chips) chip.setAttribute("aria-pressed", String(state ? route.states.includes(state) : !route.states.length));
}

/** How many are of each state, and whether the tab needs a look. */
export function countStates(points) {
    const counts = Object.fromEntries(STATES.map((state) => [state, 0]));
    for (const point of points.values()) if (point.state in counts) counts[point.state]++;
    for (const [state, chip] of chips) {
        const number = state ? counts[state] : points.size;
        text(chip.lastElementChild, count(number));
        chip.classList.toggle("zero", number === 0);
    }
    const title = counts.FAULTY ? `${counts.FAULTY} faulty – Wattline` : "Wattline";
    if (document.title !== title) document.title = title;
}

// The running log, newest first; important lines are said aloud, a few at a time.

import { at, h } from "./dom.js";
import { icon } from "./icons.js";
import { LIMITS } from "./store.js";
import * as format from "./format.js";

const SAY_MS = 3000;
let unsaid = [], timer = null;

const line = (entry) => h("li", { class: "line", "data-level": entry.level, "data-number": entry.number, value: entry.number },
    h("time", { datetime: entry.ts }, format.time(entry.ts)), icon(entry.level), h("span", { class: "unseen" }, `${entry.level}: `), h("span", { class: "text" }, ...words(entry.text)));

/** Names are not broken at their hyphens. */
const words = (text) => text.split(/(\b\w+(?:-\w+)+\b)/).map((part, index) => (index % 2 && part.length < 24 ? h("span", { class: "name" }, part) : part));

export function showLog(state, dirty) {
    const list = at("log");
    if (dirty.all || dirty.log.length >= LIMITS.log) list.replaceChildren(...state.log.map(line).reverse());
    else list.prepend(...dirty.log.map(line).reverse());
    while (list.children.length > LIMITS.log) list.lastElementChild.remove();
    calm(state);
    if (!dirty.all) say(dirty.log.filter(isTrouble));
}

const isTrouble = ({ level }) => level === "bad" || level === "warning";

function calm(state) {
    at("panel-log").classList.toggle("calm", at("log-trouble").checked && !state.log.some(isTrouble));
}

function say(lines) {
    if (!lines.length) return;
    unsaid = unsaid.concat(lines.map((entry) => entry.text)).slice(-50);
    timer ??= setTimeout(() => {
        const more = unsaid.length - 3;
        at("say").textContent = unsaid.slice(0, 3).join(". ") + (more > 0 ? `. And ${more} more.` : "");
        unsaid = [];
        timer = null;
    }, SAY_MS);
}

export function buildLog(state) {
    at("log-trouble").addEventListener("change", (event) => {
        at("log").classList.toggle("trouble", event.target.checked);
        calm(state);
    });
}

// Short words at the edge of the screen; screen readers hear them.

import { at, h } from "./dom.js";
import { icon } from "./icons.js";

const STAY_MS = 8000;
const MOST = 4;

export function toast(words, level = "good") {
    const region = at("toasts");
    // What is outside of an open modal dialog is inert and below it: the region goes where the person is.
    const host = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
    if (region.parentElement !== host) host.append(region);
    const note = h("p", { class: `toast ${level}` }, icon(level), h("span", {}, words));
    region.append(note);
    while (region.children.length > MOST) region.firstElementChild.remove();
    setTimeout(() => note.remove(), STAY_MS);
}

// A closed dialog would take the region out of sight.
document.addEventListener("close", (event) => {
    if (event.target.contains(at("toasts"))) document.body.append(at("toasts"));
}, true);

// Keys that work anywhere, the help that lists them, and the views of a phone.

import { at, h } from "./dom.js";
import { icon } from "./icons.js";
import { STATES } from "./store.js";

const KEY = "single-keys";
const meanings = {
    SUPPLYING: "charging a car", ACTIVATED: "free", ASSIGNED: "promised to a driver, starting or settling", STOPPED: "out of order by wish",
    FAULTY: "broken, or its engine is lost", DISCONNECTED: "not heard, or nobody watches it",
};

export function buildKeys() {
    at("signs").append(...STATES.map((state) => h("li", { "data-state": state }, icon(state), h("b", {}, state), ` ${meanings[state]}`)));
    const box = at("single-keys");
    try { box.checked = localStorage.getItem(KEY) !== "off"; } catch { /* private mode */ }
    box.addEventListener("change", () => { try { localStorage.setItem(KEY, box.checked ? "on" : "off"); } catch { /* private mode */ } });
    at("help-open").addEventListener("click", () => at("help").showModal());
    document.addEventListener("keydown", (event) => {
        if (!box.checked || event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, select, textarea, dialog")) return;
        if (event.key === "/") {
            event.preventDefault();
            show("points");
            at("search").focus();
            at("search").select();
        } else if (event.key === "?") {
            event.preventDefault();
            at("help").showModal();
        }
    });
    const menu = at("all-menu");
    menu.addEventListener("toggle", () => {
        const { bottom, right } = at("all").getBoundingClientRect();
        menu.style.top = `${bottom + 6}px`;
        menu.style.right = `${document.documentElement.clientWidth - right}px`;
    });
    menu.addEventListener("click", () => menu.hidePopover());
    at("skip").addEventListener("click", (event) => { event.preventDefault(); at("points").focus(); });
    for (const tab of document.querySelectorAll(".tabs button")) tab.addEventListener("click", () => { show(tab.dataset.view); scrollTo(0, 0); });
}

function show(view) {
    document.body.dataset.tab = view;
    for (const tab of document.querySelectorAll(".tabs button")) {
        if (tab.dataset.view === view) tab.setAttribute("aria-current", "page");
        else tab.removeAttribute("aria-current");
    }
}

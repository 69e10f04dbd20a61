// Whether what is seen can be believed: the page's own link, Central, its broker, its ledger.

import { at, h, text } from "./dom.js";
import { icon } from "./icons.js";
import * as format from "./format.js";

function lamp(id, level, word, title = "") {
    const element = at(id);
    if (element.dataset.level !== level) {
        element.dataset.level = level;
        element.querySelector(".icon").replaceWith(icon(level));
    }
    text(element.querySelector(".word"), word);
    if (element.title !== title) element.title = title;
}

/** `link`: "connecting" before the first snapshot, then "live" or "lost". */
export function showStatus({ central, bus, health, now }, link, failed) {
    document.body.dataset.link = link;
    lamp("lamp-link", { live: "good", lost: "bad", connecting: "wait" }[link], { live: "Live", lost: "Disconnected", connecting: "Connecting" }[link]);
    const reasons = health?.reasons ?? [];
    if (!central || link !== "live") lamp("lamp-central", "wait", "not known");
    else if (!central.online) lamp("lamp-central", "bad", "offline", central.reason ?? "");
    else lamp("lamp-central", health?.status === "ready" ? "good" : "warning", health?.status ?? "online", `${central.software ?? ""} since ${format.moment(central.since)}`);
    if (!bus || link !== "live") lamp("lamp-bus", "wait", "not known");
    else lamp("lamp-bus", bus.connected ? "good" : "bad", bus.connected ? "connected" : "lost", bus.reason ?? "");

    const banners = [];
    if (link === "lost") banners.push(["bad", "link", `Disconnected from Central. Values as of ${format.time(now)}; trying again.`]);
    else if (link === "connecting" && failed) banners.push(["bad", "link", "Central does not answer. Trying again."]);
    if (link !== "connecting") {
        if (bus && !bus.connected) banners.push(["bad", "bus", `Central has lost the broker${because(bus.reason)} Charges go on; what they report is not heard since ${format.time(bus.since)}.`]);
        if (central && !central.online) banners.push(["bad", "central", `Central is offline${because(central.reason)}`]);
        const others = reasons.filter((reason) => !(bus && !bus.connected && /broker|bus/i.test(reason)));
        if (health && health.status !== "ready" && others.length) banners.push(["warning", "health", `Central is ${health.status}: ${others.join("; ")}.`]);
    }
    const key = JSON.stringify(banners);
    const region = at("banners");
    if (region.dataset.key === key) return;
    region.dataset.key = key;
    region.replaceChildren(...banners.map(([level, about, words]) => h("p", { class: `banner ${level}`, "data-about": about }, icon(level), h("span", {}, words))));
}

const because = (reason) => (reason ? `: ${reason}.` : ".");

export function showClock(now, link) {
    if (link === "live") text(at("lamp-link").querySelector(".word"), `Live ${format.time(now)}`);
}

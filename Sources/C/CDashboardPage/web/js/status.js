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
    // Another Central is at work: this one is not on the bus, and knows nothing.
    const standsBy = health?.status === "standby";
    if (standsBy && link === "live") lamp("lamp-central", "wait", "standby");
    else if (!central || link !== "live") lamp("lamp-central", "wait", "not known");
    else if (!central.online) lamp("lamp-central", "bad", "offline", central.reason ?? "");
    else lamp("lamp-central", health?.status === "ready" ? "good" : "warning", health?.status ?? "online", `${central.software ?? ""} since ${format.moment(central.since)}`);
    if (!bus || standsBy || link !== "live") lamp("lamp-bus", "wait", standsBy ? "not needed" : "not known");
    else lamp("lamp-bus", bus.connected ? "good" : "bad", bus.connected ? "connected" : "lost", bus.reason ?? "");

    const banners = [];
    if (link === "lost") banners.push(["bad", "link", `Disconnected from Central. Values as of ${format.time(now)}; trying again.`]);
    else if (link === "connecting" && failed) banners.push(["bad", "link", "Central does not answer. Trying again."]);
    if (link !== "connecting" && standsBy) {
        banners.push(["warning", "health", "This Central stands by: another one is at work, and has the page that tells. It takes over when that one is gone."]);
    } else if (link !== "connecting") {
        if (bus && !bus.connected) banners.push(["bad", "bus", `Central has lost the broker${because(bus.reason)} Charges go on; what they report is not heard since ${format.time(bus.since)}.`]);
        if (central && !central.online) banners.push(["bad", "central", `Central is offline${because(central.reason)}`]);
        const others = reasons.filter((reason) => !(bus && !bus.connected && /broker|bus/i.test(reason)));
        banners.push(...ends(health?.certificates, now));
        if (health && health.status !== "ready" && others.length) banners.push(["warning", "health", `Central is ${health.status}: ${others.join("; ")}.`]);
    }
    const key = JSON.stringify(banners);
    const region = at("banners");
    if (region.dataset.key === key) return;
    region.dataset.key = key;
    region.replaceChildren(...banners.map(([level, about, words]) => h("p", { class: `banner ${level}`, "data-about": about }, icon(level), h("span", {}, words))));
}

const DAY_MS = 86_400_000;
const DAYS = { soon: 30, verySoon: 7 };
const RENEW = "“wattline certificates renew --due” makes another one, and nobody loses a connection";
/** By what they are for: whose it is, and what helps. */
const CERTIFICATES = {
    ca: ["The certificate of the network’s authority", "docs/security.md says how to make another authority"], server: ["The broker’s certificate", RENEW],
    https: ["The certificate of this page", "put another one in its file: it is taken without a restart"], clients: ["The certificate of somebody on the bus", RENEW],
};

/** A banner for each certificate that ends within a month, or has ended. */
function ends(certificates, now) {
    const sorted = Object.entries(certificates ?? {}).sort(([, a], [, b]) => Date.parse(a) - Date.parse(b));
    return sorted.flatMap(([kind, end]) => {
        const left = Date.parse(end) - Date.parse(now), days = Math.floor(left / DAY_MS);
        if (days >= DAYS.soon) return [];
        const [whose, help] = CERTIFICATES[kind] ?? [`The certificate ${kind}`, RENEW];
        const when = left <= 0 ? "has ended: whoever connects anew is refused" : `ends ${days === 0 ? "within a day" : days === 1 ? "in a day" : `in ${days} days`}`;
        return [[days < DAYS.verySoon ? "bad" : "warning", `certificate-${kind}`, `${whose} ${when}; ${help}.`]];
    });
}

const because = (reason) => (reason ? `: ${reason}.` : ".");

export function showClock(now, link) {
    if (link === "live") text(at("lamp-link").querySelector(".word"), `Live ${format.time(now)}`);
}

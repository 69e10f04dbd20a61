// The address after the #: which point or station is open, and what is searched, filtered and sorted. All of it can be linked.

import { STATES } from "./store.js";

const SORTS = ["name", "power", "state", "since"];
const listeners = [];

export function parse(hash) {
    const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
    const fields = new URLSearchParams(query);
    const sort = fields.get("sort");
    return {
        cp: /^cp\/([A-Za-z0-9_-]{1,36})$/.exec(path)?.[1] ?? null,
        station: /^station\/([A-Za-z0-9_-]{1,36})$/.exec(path)?.[1] ?? null,
        q: fields.get("q") ?? "",
        states: (fields.get("state") ?? "").split(",").filter((state) => STATES.includes(state)),
        sort: SORTS.includes(sort) ? sort : "name",
    };
}

export function compose({ cp, station, q, states, sort }) {
    const fields = [];
    if (q) fields.push(`q=${encodeURIComponent(q)}`);
    if (states.length) fields.push(`state=${states.join(",")}`);
    if (sort !== "name") fields.push(`sort=${sort}`);
    const place = cp ? `cp/${cp}` : station ? `station/${station}` : "";
    return `#/${place}${fields.length ? `?${fields.join("&")}` : ""}`;
}

export let route = parse(location.hash);

export function go(part, { push = false } = {}) {
    // One is open at a time.
    const next = compose({ ...route, ...(part.station ? { cp: null } : {}), ...part });
    if (next === compose(route)) return;
    history[push ? "pushState" : "replaceState"](null, "", next);
    arrive();
}

export const onRoute = (listener) => listeners.push(listener);

function arrive() {
    const before = route;
    route = parse(location.hash);
    for (const listener of listeners) listener(route, before);
}

addEventListener("popstate", arrive);

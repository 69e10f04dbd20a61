// Open sessions, and the last tickets.

import { arrange, at, attribute, h, text } from "./dom.js";
import { icon } from "./icons.js";
import { go } from "./route.js";
import { stopSession } from "./steering.js";
import * as format from "./format.js";

const MOST = 60;
const rows = new Map();

const link = (cp) => h("a", { href: `#/cp/${cp}`, class: "cp", onclick: (event) => { event.preventDefault(); go({ cp }, { push: true }); } }, cp);

export function showOpen({ open }) {
    const sessions = [...open.values()].sort((a, b) => (b.since ?? "").localeCompare(a.since ?? "") || a.session.localeCompare(b.session));
    text(at("open-tally"), sessions.length ? format.count(sessions.length) : "");
    for (const [id, row] of rows) if (!open.has(id)) { row.element.remove(); rows.delete(id); }
    const shown = sessions.slice(0, MOST).map((session) => {
        if (!rows.has(session.session)) rows.set(session.session, openRow(session));
        const row = rows.get(session.session);
        row.session = session;
        text(row.phase, session.phase === "charging" ? "" : session.phase);
        text(row.power, `${format.kw(session.power_kw)} kW`);
        text(row.energy, format.energy(session.energy_kwh));
        text(row.cost, format.euro(session.cost_eur));
        text(row.elapsed, format.seconds(session.elapsed_s));
        attribute(row.element, "data-phase", session.phase);
        return row.element;
    });
    if (sessions.length > MOST) shown.push(more(sessions.length - MOST));
    const focused = document.activeElement;
    arrange(at("open"), shown);
    if (focused?.isConnected && at("open").contains(focused) && focused !== document.activeElement) focused.focus({ preventScroll: true });
}

let moreRow;
function more(number) {
    moreRow ??= h("li", { class: "more" });
    text(moreRow, `and ${format.count(number)} more: see the cards`);
    return moreRow;
}

function openRow(session) {
    const row = { session };
    const cell = (name) => (row[name] = h("span", { class: name }));
    const stop = h("button", { type: "button", class: "quiet stop", "aria-label": `Stop the session at ${session.cp}`, onclick: () => stopSession(row.session) }, "Stop");
    row.element = h("li", { class: "session", "data-session": session.session },
        h("p", { class: "who" }, link(session.cp), " ", h("b", {}, session.driver), " ", cell("phase")), cell("elapsed"), stop,
        h("p", { class: "what value" }, cell("power"), cell("energy"), cell("cost")));
    return row;
}

export function showClosed({ closed }) {
    at("closed").replaceChildren(...closed.map((ticket) => h("li", { class: "ticket", "data-session": ticket.session, "data-status": ticket.status },
        icon(ticket.status === "COMPLETED" ? "good" : "bad"),
        h("p", { class: "who" }, link(ticket.cp), " ", h("b", {}, ticket.driver)),
        h("time", { datetime: ticket.ended ?? "" }, format.moment(ticket.ended)),
        h("p", { class: "what value" }, h("span", { class: "energy" }, format.energy(ticket.energy_kwh)), h("span", { class: "cost" }, format.euro(ticket.cost_eur)),
            h("span", { class: "reason" }, outcome(ticket))))));
}

/** What is out of the ordinary. */
const outcome = ({ status, reason, complete }) => [
    status === "COMPLETED" ? null : (reason ?? "failed").replaceAll("_", " "), complete ? null : "incomplete"].filter(Boolean).join(", ");

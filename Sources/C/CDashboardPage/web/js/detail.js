// One point in full, with its history. What moves comes with the stream; the history is asked for when it has changed.

import { at, h, table, text } from "./dom.js";
import { badge, icon } from "./icons.js";
import { reason } from "./card.js";
import { draw } from "./curve.js";
import { get } from "./api.js";
import { go, onRoute, route } from "./route.js";
import * as format from "./format.js";
import * as steering from "./steering.js";

const CALM_MS = 1000;

export class Detail {
    constructor(state, focusCard) {
        this.state = state;
        this.dialog = at("detail");
        this.focusCard = focusCard;
        this.more = null;
        this.dialog.querySelector("[data-close]").addEventListener("click", () => go({ cp: null }));
        this.dialog.addEventListener("cancel", (event) => {
            if (event.target !== this.dialog) return;
            event.preventDefault();
            go({ cp: null });
        });
        // A click beside the sheet: the dialog itself is hit only there.
        this.dialog.addEventListener("click", (event) => { if (event.target === this.dialog) go({ cp: null }); });
        onRoute(() => this.follow());
    }

    follow() {
        const cp = route.cp;
        if (cp === this.cp) return;
        const before = this.cp;
        this.cp = cp;
        this.more = null;
        if (!cp) {
            this.dialog.close();
            this.focusCard(before);
            return;
        }
        text(at("detail-title"), cp);
        for (const id of ["d-sessions", "d-faults"]) at(id).replaceChildren(h("p", { class: "none" }, "Asking Central"));
        if (!this.dialog.open) this.dialog.showModal();
        at("d-body").scrollTop = 0;
        this.show();
        this.ask();
    }

    render(dirty) {
        if (!this.cp) return;
        if (dirty.all || dirty.totals || dirty.points.has(this.cp) || dirty.readings.has(this.cp) || dirty.removed.has(this.cp)) this.show();
        if (dirty.all || dirty.points.has(this.cp) || (dirty.closed && this.state.closed[0]?.cp === this.cp)) this.askSoon();
    }

    askSoon() {
        this.timer ??= setTimeout(() => { this.timer = null; if (this.state.points.has(this.cp)) this.ask(); }, CALM_MS);
    }

    async ask() {
        const cp = this.cp;
        if (!cp) return;
        try {
            const more = await get(`cp/${cp}`);
            if (cp !== this.cp) return;
            this.more = more;
            this.history();
            this.show();
        } catch (problem) {
            if (cp !== this.cp) return;
            // What was shown stays: an outage of Central is told by the banner.
            if (this.more && problem.status !== 404) return;
            at("d-sessions").replaceChildren(h("p", { class: "none" }, problem.message));
            at("d-faults").replaceChildren(h("p", { class: "none" }, "–"));
        }
    }

    show() {
        const point = this.state.points.get(this.cp) ?? null;
        this.dialog.dataset.state = point?.state ?? "";
        at("d-badge").hidden = !point;
        text(at("d-sub"), point ? [point.rated_kw === null ? null : `${format.rated(point.rated_kw)} kW`, point.kind, `${format.euro(point.price_eur_per_kwh)} per kWh`].filter(Boolean).join(" · ") : "");
        text(at("d-why"), point ? sentence(point) : this.state.instance ? `There is no point ${this.cp} in the network now.` : "Connecting to Central");
        text(at("d-power"), format.kw(point?.power_kw));
        text(at("d-of"), point?.rated_kw ? `of ${format.rated(point.rated_kw)} kW` : "");
        this.actions(point);
        if (!point) return;
        badge(at("d-badge"), point.state);
        const samples = this.state.curves.get(this.cp) ?? [];
        draw(at("d-curve"), samples, Date.parse(this.state.now), (point.rated_kw ?? 1) * 1.08);
        this.facts({ ...(this.more ?? {}), ...point });
    }

    facts(p) {
        const because = (word, reason) => [word, reason].filter(Boolean).join(": ") || "–";
        const part = (value, unit) => (value === undefined || value === null ? null : `${format.rated(value)} ${unit}`);
        const measured = p.session ? [part(p.current_a, "A"), part(p.voltage_v, "V")].filter(Boolean).join(" at ") : "";
        const all = [
            ["Driver", p.driver ?? "–"], ["Session", p.session ?? "–"], ["Energy", p.session ? format.energy(p.energy_kwh) : "–"],
            ["Cost", p.session ? format.euro(p.cost_eur) : "–"], ["Charging for", p.session ? format.seconds(p.elapsed_s) : "–"],
            ["Current", measured || "–"], ["Battery", (p.session && part(p.soc_percent, "%")) || "–"],
            ["Engine", because(p.engine, p.engine_reason)], ["Health", because(p.health, p.health_reason) + (p.health_failures ? ` (${p.health_failures} checks failed)` : "")],
            ["Breaker", p.breaker ?? "–"], ["Register", p.meter_wh === null ? "–" : `${format.count(p.meter_wh)} Wh`], ["Meter", p.meter ?? "–"],
            ["Software", p.software ?? "–"], ["Readings lost", format.count(p.readings_lost)], ["In this state since", format.moment(p.since)],
        ];
        const list = at("d-facts");
        if (list.children.length !== all.length) list.replaceChildren(...all.map(([name]) => h("div", {}, h("dt", {}, name), h("dd"))));
        all.forEach(([, value], index) => text(list.children[index].lastElementChild, value));
    }

    actions(point) {
        const key = point ? `${point.cp} ${point.state} ${point.session ?? ""} ${point.out_of_order}` : "";
        const region = at("d-actions");
        if (region.dataset.key === key) return;
        const had = region.contains(document.activeElement) ? document.activeElement.dataset.does : null;
        region.dataset.key = key;
        const current = () => this.state.points.get(point.cp) ?? point;
        const button = (does, words, kind, then) => h("button", { type: "button", class: kind, "data-does": does, onclick: () => then(current()) }, words);
        const out = point && (point.out_of_order || point.state === "STOPPED");
        const down = point && (out || ["FAULTY", "DISCONNECTED"].includes(point.state));
        region.replaceChildren(...(point ? [
            point.session && ["SUPPLYING", "ASSIGNED"].includes(point.state) ? button("stop", "Stop session", "strong", steering.stopSession) : null,
            down ? button("resume", "Resume", out ? "strong" : "plain", steering.resume) : null,
            out ? null : button("out", "Out of order", "plain", steering.outOfOrder),
            point.state === "DISCONNECTED" ? button("remove", "Remove", "plain danger", steering.remove) : null,
        ].filter(Boolean) : []));
        if (had) (region.querySelector(`[data-does=${had}]`) ?? region.querySelector("button") ?? at("d-body")).focus();
    }

    /** What was decided on a record that was put aside, or the buttons that do it. */
    decision(record) {
        if (record.decision) return `${record.decision === "accept" ? "accepted" : "refused"}, ${record.decided_by}`;
        const button = (choice, words) => h("button", { type: "button", class: "quiet", "data-does": choice, "aria-label": `${words} the record of meter ${record.meter}`,
            onclick: async () => { if (await steering.decide(record, choice)) this.ask(); } }, words);
        return h("span", { class: "choices" }, record.acceptable ? button("accept", "Accept") : null, " ", button("refuse", "Refuse"));
    }

    history() {
        const { sessions, faults, records = [] } = this.more;
        at("d-sessions").replaceChildren(table(["Driver", "Began", "Took", "Energy", "Cost", "Outcome"], sessions.map((one) => [
            one.driver, format.moment(one.started ?? one.since), span(one), format.energy(one.energy_kwh), format.euro(one.cost_eur), outcome(one)]), "No session yet."));
        at("d-records-part").hidden = !records.length;
        at("d-records").replaceChildren(table(["Came", "From", "Session", "Meter", "Energy", "Kind", "Decision"], records.map((one) => [
            format.moment(one.ts), one.cp, `…${one.session.slice(-8)}`, one.meter, format.energy(one.energy_kwh), one.kind, this.decision(one)]), ""));
        at("d-faults").replaceChildren(table(["What", "From", "For", "Reason"], faults.map((one) => [
            one.kind, format.moment(one.ts), one.until ? format.span(one.ts, one.until) : "now", one.reason ?? "–"]), "Nothing went wrong here."));
    }
}

const span = (one) => (one.ended ? format.span(one.started, one.ended) : format.seconds(one.elapsed_s));

function outcome(one) {
    if (one.status === "OPEN") return h("span", { class: "outcome" }, icon("SUPPLYING"), one.phase);
    const good = one.status === "COMPLETED";
    return h("span", { class: `outcome ${good ? "good" : "bad"}` }, icon(good ? "good" : "bad"), (one.reason ?? one.status.toLowerCase()).replaceAll("_", " "), one.complete ? "" : ", incomplete");
}

function sentence(point) {
    if (point.state === "ACTIVATED" && point.available) return "Ready for the next driver.";
    const words = reason(point);
    return words ? `${words}.` : "";
}

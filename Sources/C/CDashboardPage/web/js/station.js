// One station in full: what it is, its connectors, what it can be asked for, and its frames as they go by.

import { at, h, table, text } from "./dom.js";
import { icon } from "./icons.js";
import { onToken, signIn, token, who } from "./api.js";
import { Commands } from "./commands.js";
import { Frames } from "./frames.js";
import { clock, pointLink, presence, quirks, since, what } from "./stations.js";
import { go, onRoute, route } from "./route.js";
import * as format from "./format.js";

export class StationSheet {
    /** `find` looks a station up, `focusRow` puts the keyboard back on its row. */
    constructor({ find, focusRow }) {
        Object.assign(this, { find, focusRow, id: null, dialog: at("station"), commands: new Commands(), frames: new Frames() });
        const close = () => go({ station: null });
        this.dialog.querySelector("[data-close]").addEventListener("click", close);
        this.dialog.addEventListener("cancel", (event) => {
            if (event.target !== this.dialog) return;
            event.preventDefault();
            close();
        });
        this.dialog.addEventListener("click", (event) => { if (event.target === this.dialog) close(); });
        at("s-sign").addEventListener("click", () => signIn());
        onToken(() => { this.frames.of(this.id); this.show(); });
        onRoute(() => this.follow());
    }

    follow() {
        const id = route.station;
        if (id === this.id) return;
        const before = this.id;
        this.id = id;
        this.frames.of(id);
        if (!id) {
            this.commands.of(null);
            this.dialog.close();
            if (!route.cp) this.focusRow(before);
            return;
        }
        if (!this.dialog.open) this.dialog.showModal();
        at("s-body").scrollTop = 0;
        this.show();
    }

    show() {
        if (!token()) this.forget();
        if (!this.id) return;
        const one = this.find(this.id);
        const isOperator = one !== null && who() !== null && who().role !== "viewer";
        text(at("station-title"), one?.name ?? this.id);
        text(at("s-sub"), one ? [what(one), one.version && `OCPP ${one.version}`].filter(Boolean).join(" · ") : "");
        at("s-badge").hidden = !one;
        at("s-signin").hidden = token() !== null;
        text(at("s-why"), one || !token() ? "" : who() ? `No gateway knows a station ${this.id}.` : "Asking Central");
        at("s-facts-part").hidden = at("s-connectors-part").hidden = !one;
        at("s-commands-part").hidden = at("s-frames-part").hidden = !isOperator;
        if (!one) return this.forget();
        if (isOperator) this.commands.of(one);
        const key = JSON.stringify(one);
        if (key === this.key) return;
        this.key = key;
        presence(at("s-badge"), one);
        at("s-away").hidden = one.connected;
        this.facts(one);
        this.connectors(one);
    }

    /** Nothing of it stays on the screen of who has signed out. */
    forget() {
        this.key = null;
        this.commands.of(null);
        for (const id of ["s-sub", "s-facts", "s-connectors", "s-answer"]) at(id).replaceChildren();
    }

    facts(one) {
        const [level, words] = clock(one.clock_ahead_s);
        const all = [
            [one.connected ? "Connected" : "Away", since(one) || "–"], ["Gateway", one.gateway], ["Vendor", one.vendor ?? "–"], ["Model", one.model ?? "–"],
            ["Serial number", one.serial ?? "–"], ["Firmware", one.firmware ?? "–"],
            ["Clock", h("span", { class: "sign", "data-level": level }, level === "info" ? null : icon(level), words)],
            ["Charge points", format.count(one.connectors.length)], ["Quirks met", h("span", {}, ...quirks(one, "none"))],
        ];
        at("s-facts").replaceChildren(...all.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
    }

    connectors({ connectors }) {
        const focus = at("s-connectors").contains(document.activeElement) ? document.activeElement.textContent : null;
        at("s-connectors").replaceChildren(table(["No.", "Point", "Status", "Error"], connectors.map(({ number, cp, status, error }) => [
            String(number), pointLink(cp), status ?? "–", error ? h("span", { class: "sign", "data-level": "bad" }, icon("bad"), error) : "none"]), "It has named none yet."));
        if (focus) [...at("s-connectors").querySelectorAll("a")].find((link) => link.textContent === focus)?.focus();
    }
}

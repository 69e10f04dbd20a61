// The frames between a station and its gateway in words, live: an answer is told with the call that it belongs to.

import { at, h, text } from "./dom.js";
import { headers, problemOf } from "./api.js";
import { eachEvent } from "./events.js";
import * as format from "./format.js";

const MOST = 200, CALLS = 64, FIELDS = 24, LONGEST = 400;

/** Reads along for as long as it is not stopped. */
export class Frames {
    constructor() { at("s-frames-watch").addEventListener("click", () => (this.reader ? this.stop() : this.watch())); }

    /** Another station, or none. */
    of(station) {
        this.stop();
        this.station = station;
        at("s-frames").replaceChildren();
        text(at("s-frames-note"), "");
    }

    stop() {
        this.reader?.abort();
        this.reader = null;
        this.tell("Watch");
    }

    tell(does) { text(at("s-frames-watch"), does); }

    async watch() {
        const reader = this.reader = new AbortController();
        const transcript = new Transcript();
        this.tell("Stop");
        text(at("s-frames-note"), "Nothing was said yet.");
        let words = "Central has ended the stream.";
        try {
            const answer = await fetch(`stations/${this.station}/frames`, { headers: headers(), cache: "no-store", signal: reader.signal });
            if (!answer.ok) throw await problemOf(answer);
            await eachEvent(answer.body, ({ type, data }) => { if (type === "frame" && reader === this.reader) this.add(transcript.line(JSON.parse(data))); });
        } catch (problem) {
            words = problem.status ? problem.message : "The link to Central broke.";
        }
        if (reader !== this.reader) return;
        this.stop();
        text(at("s-frames-note"), words);
    }

    add({ at: when, arrow, side, words, isBad, missed }) {
        const list = at("s-frames");
        text(at("s-frames-note"), "");
        if (missed) list.prepend(h("li", { class: "frame" }, `… ${format.count(missed)} frames were too many to tell`));
        list.prepend(h("li", { class: "frame", "data-level": isBad ? "bad" : "info" }, h("time", { datetime: when }, format.time(when)),
            h("span", { "aria-hidden": "true" }, arrow), h("span", { class: "unseen" }, `${side}: `), h("span", { class: "text" }, words)));
        while (list.children.length > MOST) list.lastElementChild.remove();
    }
}

class Transcript {
    calls = [];

    line({ direction, at: when, bytes, missed, text: said }) {
        const isFrom = direction === "from";
        const [words, isBad] = this.words(said, isFrom, bytes);
        return { at: when, arrow: isFrom ? "→" : "←", side: isFrom ? "from the station" : "to the station", words: harmless(words), isBad, missed };
    }

    words(said, isFrom, bytes) {
        const frame = parsed(said);
        if (!Array.isArray(frame) || frame.length < 3) return [`${bytes} bytes${said.endsWith("…") ? ", cut: " : " that are no frame: "}${said}`, !said.endsWith("…")];
        const [type, id, ...rest] = frame;
        if (type === 2) {
            const action = typeof rest[0] === "string" ? rest[0] : JSON.stringify(rest[0]);
            this.calls.push([`${isFrom} ${JSON.stringify(id)}`, action]);
            if (this.calls.length > CALLS) this.calls.shift();
            return [`${action}${fields(rest[1])}`, false];
        }
        if (type === 3) return [`${this.answered(id, isFrom)} answered${fields(rest[0])}`, false];
        if (type === 4) return [`${this.answered(id, isFrom)} refused: ${rest.slice(0, 2).filter((part) => typeof part === "string" && part).join(": ")}`, true];
        return [`type ${JSON.stringify(type)}, which is none: ${said}`, true];
    }

    /** The action of the call that an answer belongs to: one of the other side. */
    answered(id, isFrom) {
        const index = this.calls.findLastIndex(([key]) => key === `${!isFrom} ${JSON.stringify(id)}`);
        return index < 0 ? "?" : this.calls.splice(index, 1)[0][1];
    }
}

function parsed(said) {
    try { return JSON.parse(said); } catch { return null; }
}

function fields(payload) {
    const found = [];
    collect(payload, "", found);
    return found.length ? ` ${found.join(" ")}` : "";
}

function collect(value, name, found) {
    if (found.length >= FIELDS || value === null || value === undefined) return;
    if (Array.isArray(value)) {
        for (const one of value.slice(0, 4)) collect(one, name, found);
        if (value.length > 4) found.push(`(${name} × ${value.length})`);
    } else if (typeof value === "object") {
        for (const [key, one] of Object.entries(value)) collect(one, key, found);
    } else {
        found.push(`${name}=${typeof value === "string" && /^$| /.test(value) ? `"${value}"` : value}`);
    }
}

/** Without what would turn or break a line, and not longer than a person reads. */
function harmless(words) {
    const clean = words.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "·");
    return clean.length > LONGEST ? `${clean.slice(0, LONGEST)}…` : clean;
}

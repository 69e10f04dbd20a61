// The stream of events, and whether it is alive: it is opened again whenever it breaks or falls silent.

import { headers, problemOf } from "./api.js";
import { eachEvent } from "./events.js";

const SILENCE_MS = 12_000;
const SLOWEST_MS = 5_000;

/** Follows the stream. Where it is not for everybody `onDenied` says why not, and resolves when it is worth to try again. */
export function follow({ onSnapshot, onChange, onBeat, onLink, onDenied }) {
    let source = null, lastId = null, heard = 0, failures = 0, retry = null;
    const taking = {
        snapshot: (event) => take(event, onSnapshot),
        change: (event) => isNew(event.id) && take(event, onChange),
        beat: (event) => { alive(); onBeat(JSON.parse(event.data)); },
    };

    async function open() {
        clearTimeout(retry);
        retry = null;
        source?.abort();
        heard = performance.now();
        const mine = source = new AbortController();
        try {
            const path = "events" + (lastId ? `?last=${encodeURIComponent(lastId)}` : "");
            const answer = await fetch(path, { headers: headers(), cache: "no-store", signal: mine.signal });
            if (answer.status === 401) return await denied(mine, answer);
            if (answer.ok) await eachEvent(answer.body, (event) => { if (mine === source) taking[event.type]?.(event); });
        } catch {
            // A link that breaks: said by what follows.
        }
        if (mine === source) lost();
    }

    async function denied(mine, answer) {
        if (mine !== source) return;
        source = null;
        onLink(false);
        await onDenied(await problemOf(answer));
        if (!source) open();
    }

    function take(event, then) {
        const before = failures;
        alive();
        lastId = event.id || lastId;
        try {
            then(JSON.parse(event.data));
        } catch (error) {
            // What could not be taken may have been taken by half: all of it anew.
            lastId = null;
            failures = before;
            lost();
            reportError(error);
        }
    }

    // The number of an event within one run of Central; what was seen is not taken twice.
    function isNew(id) {
        if (!id || !lastId) return true;
        const cut = id.lastIndexOf("-"), lastCut = lastId.lastIndexOf("-");
        return id.slice(0, cut) !== lastId.slice(0, lastCut) || Number(id.slice(cut + 1)) > Number(lastId.slice(lastCut + 1));
    }

    function alive() {
        heard = performance.now();
        failures = 0;
        onLink(true);
    }

    function lost() {
        source?.abort();
        source = null;
        onLink(false);
        if (retry) return;
        const wait = Math.min(SLOWEST_MS, 500 * 2 ** failures++) * (0.75 + Math.random() / 2);
        retry = setTimeout(open, wait);
    }

    setInterval(() => { if (source && performance.now() - heard > SILENCE_MS) lost(); }, 1000);
    addEventListener("online", () => { if (!source) open(); });
    addEventListener("offline", lost);
    addEventListener("pagehide", () => { source?.abort(); source = null; });
    addEventListener("pageshow", (event) => { if (event.persisted) open(); });
    open();
}

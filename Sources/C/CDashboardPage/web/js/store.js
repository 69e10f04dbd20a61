// What the page knows, and how snapshot and change alter it. No DOM, no clock, no network.

export const LIMITS = { log: 300, closed: 30, curveMs: 120_000, sampleMs: 500, loadMs: 2000 };
export const STATES = ["SUPPLYING", "ACTIVATED", "ASSIGNED", "STOPPED", "FAULTY", "DISCONNECTED"];

export function empty() {
    return {
        instance: null, now: null, points: new Map(), curves: new Map(), open: new Map(), closed: [],
        log: [], load: [], central: null, bus: null, health: null, totals: null, today: null, stations: 0,
    };
}

/** What has to be drawn again. */
export function nothingNew() {
    return { all: false, points: new Set(), readings: new Set(), removed: new Set(), sessions: false, closed: false, log: [], status: false, totals: false, stations: false };
}

export function merge(into, more) {
    if (more.all) Object.assign(into, nothingNew(), { all: true });
    for (const kind of ["points", "readings", "removed"]) for (const id of more[kind]) into[kind].add(id);
    for (const id of more.points) into.removed.delete(id);
    for (const id of more.removed) { into.points.delete(id); into.readings.delete(id); }
    for (const flag of ["sessions", "closed", "status", "totals", "stations"]) into[flag] ||= more[flag];
    into.log = into.log.concat(more.log).slice(-LIMITS.log);
    return into;
}

export function snapshot(state, message) {
    Object.assign(state, empty(), { instance: message.instance, now: message.now });
    for (const { curve, ...point } of message.points ?? []) {
        state.points.set(point.cp, point);
        state.curves.set(point.cp, curve ?? []);
    }
    for (const session of message.sessions ?? []) state.open.set(session.session, session);
    state.closed = (message.closed ?? []).slice(0, LIMITS.closed);
    state.log = (message.log ?? []).slice(-LIMITS.log);
    for (const part of ["central", "bus", "health", "totals", "today"]) state[part] = message[part] ?? null;
    state.stations = message.stations ?? 0;
    state.load = loadOf(state.curves, Date.parse(message.now));
    return { ...nothingNew(), all: true };
}

export function change(state, message) {
    const dirty = nothingNew();
    const now = Date.parse(message.now);
    state.now = message.now;
    for (const point of message.points ?? []) {
        state.points.set(point.cp, point);
        sample(curve(state, point.cp), now, point.power_kw ?? 0);
        dirty.points.add(point.cp);
    }
    for (const reading of message.telemetry ?? []) read(state, reading, dirty);
    for (const cp of message.removed ?? []) {
        state.points.delete(cp);
        state.curves.delete(cp);
        dirty.removed.add(cp);
        dirty.points.delete(cp);
    }
    for (const session of message.sessions ?? []) keep(state, session, dirty);
    for (const id of message.lost ?? []) dirty.sessions = state.open.delete(id) || dirty.sessions;
    if (message.log) remember(state, message.log, dirty);
    for (const part of ["central", "bus", "health"]) if (message[part]) { state[part] = message[part]; dirty.status = true; }
    for (const part of ["totals", "today"]) if (message[part]) { state[part] = message[part]; dirty.totals = true; }
    if (message.stations !== undefined) { state.stations = message.stations; dirty.stations = true; }
    if (state.totals) sample(state.load, now, state.totals.power_kw, LIMITS.loadMs);
    return dirty;
}

function read(state, reading, dirty) {
    const { cp, session, driver, power_kw, energy_kwh, cost_eur, elapsed_s, meter_wh, current_a, voltage_v, soc_percent } = reading;
    const point = state.points.get(cp);
    if (!point) return;
    state.points.set(cp, { ...point, session, driver, power_kw, energy_kwh, cost_eur, elapsed_s, meter_wh, current_a, voltage_v, soc_percent });
    sample(curve(state, cp), Date.parse(reading.ts), power_kw);
    dirty.readings.add(cp);
    const open = state.open.get(session);
    if (open) { state.open.set(session, { ...open, power_kw, energy_kwh, cost_eur, elapsed_s }); dirty.sessions = true; }
}

function keep(state, session, dirty) {
    if (session.status === "OPEN") {
        state.open.set(session.session, session);
        dirty.sessions = true;
        return;
    }
    dirty.sessions = state.open.delete(session.session) || dirty.sessions;
    dirty.closed = true;
    // A record may come late and complete a session that is in the list already.
    const at = state.closed.findIndex((one) => one.session === session.session);
    if (at >= 0) state.closed[at] = session;
    else state.closed = [session, ...state.closed].slice(0, LIMITS.closed);
}

function remember(state, lines, dirty) {
    const last = state.log.at(-1)?.number ?? 0;
    const fresh = lines.filter((line) => line.number > last);
    state.log.push(...fresh);
    if (state.log.length > LIMITS.log) state.log.splice(0, state.log.length - LIMITS.log);
    dirty.log = fresh.slice(-LIMITS.log);
}

function curve(state, cp) {
    if (!state.curves.has(cp)) state.curves.set(cp, []);
    return state.curves.get(cp);
}

/** Adds a sample to a curve of two minutes; what comes faster than `step` replaces the last, so that its length is bounded, too. */
export function sample(samples, at, kw, step = LIMITS.sampleMs) {
    const last = samples.at(-1);
    if (last && at < last[0]) return;
    const tooSoon = last && (at === last[0] || (samples.length > 1 && at - samples.at(-2)[0] < step));
    if (tooSoon) samples[samples.length - 1] = [at, kw];
    else samples.push([at, kw]);
    let old = 0;
    while (old < samples.length - 1 && samples[old][0] < at - LIMITS.curveMs) old++;
    if (old) samples.splice(0, old);
}

/** The network's curve of the last two minutes, from those of its points: a reading counts for three seconds. */
function loadOf(curves, now) {
    const step = LIMITS.loadMs, steps = LIMITS.curveMs / step;
    const sums = new Array(steps + 1).fill(0);
    let first = steps;
    for (const samples of curves.values()) {
        samples.forEach(([at, kw], index) => {
            const until = Math.min(samples[index + 1]?.[0] ?? at + 3000, at + 3000);
            const from = Math.max(0, Math.ceil((at - now + LIMITS.curveMs) / step));
            for (let slot = from; slot <= steps && now - LIMITS.curveMs + slot * step < until; slot++) { sums[slot] += kw; first = Math.min(first, slot); }
        });
    }
    return sums.map((kw, slot) => [now - LIMITS.curveMs + slot * step, kw]).slice(first, steps);
}

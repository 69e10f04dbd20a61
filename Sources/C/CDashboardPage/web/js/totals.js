// The network in five figures and one curve.

import { at, text } from "./dom.js";
import { draw } from "./curve.js";
import * as format from "./format.js";

export function showTotals({ totals, today, load, now }) {
    text(at("t-power"), format.kw(totals?.power_kw));
    text(at("t-rated"), totals ? `of ${format.rated(totals.rated_kw)} kW rated` : "");
    text(at("t-open"), format.count(totals?.open_sessions));
    text(at("t-open-note"), totals ? `${format.energy(totals.open_energy_kwh)} · ${format.euro(totals.open_cost_eur)}` : "");
    text(at("t-sessions"), format.count(today?.sessions));
    text(at("t-failed"), today?.failed ? `${format.count(today.failed)} failed` : "");
    text(at("t-energy"), format.kwh(today?.energy_kwh));
    text(at("t-income"), format.money(today?.income_eur));
    // The scale is what was drawn of late, not what is rated: a network is seldom near that.
    const top = Math.max(1, ...load.map(([, kw]) => kw)) * 1.25;
    draw(at("load"), load, Date.parse(now), top);
}

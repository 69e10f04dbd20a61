// A curve of the last two minutes as SVG paths: the line, the area under it, and a dot where it is now.

import { LIMITS } from "./store.js";

const GAP_MS = 10_000;
const FRESH_MS = 5_000;

export function draw(svg, samples, now, top) {
    const { width, height } = svg.viewBox.baseVal;
    const tip = svg.querySelector(".tip");
    // Room for the dot at the end.
    const right = width * (tip ? 0.98 : 1);
    const x = (at) => (right * (1 - (now - at) / LIMITS.curveMs)).toFixed(1);
    const y = (kw) => (height - 1 - (height - 3) * Math.min(1, Math.max(0, kw) / top)).toFixed(1);
    let line = "", area = "", previous = null;
    const end = () => { if (previous) area += `L${x(previous)},${height}Z`; };
    let before = 0;
    for (const [at, kw] of samples) {
        if (at < now - LIMITS.curveMs) continue;
        if (previous === null || at - previous > GAP_MS) {
            end();
            line += `M${x(at)},${y(kw)}`;
            area += `M${x(at)},${height}L${x(at)},${y(kw)}`;
        } else {
            // Power comes at once: it does not rise from the end of the last charge to the first reading of the next.
            const step = before === 0 && kw > 0 ? `L${x(at)},${y(0)}` : "";
            line += step;
            area += step;
            line += `L${x(at)},${y(kw)}`;
            area += `L${x(at)},${y(kw)}`;
        }
        previous = at;
        before = kw;
    }
    end();
    svg.querySelector(".line").setAttribute("d", line);
    svg.querySelector(".area").setAttribute("d", area);
    const last = samples.at(-1);
    tip?.setAttribute("d", last && last[1] > 0 && now - last[0] < FRESH_MS ? `M${x(last[0])},${y(last[1])}h0` : "");
}

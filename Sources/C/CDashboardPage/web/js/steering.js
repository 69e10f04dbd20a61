// What a person can do to the network: asked first, done, and told.

import { at } from "./dom.js";
import { steer } from "./api.js";
import { toast } from "./toast.js";

/** Asks a person whether that is really wanted. */
export function confirmed(title, words, yes) {
    const dialog = at("confirm");
    at("confirm-title").textContent = title;
    at("confirm-text").textContent = words;
    at("confirm-yes").textContent = yes;
    dialog.returnValue = "no";
    dialog.showModal();
    return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

async function carryOut(method, path, told) {
    try {
        const answer = await steer(method, path);
        if (!answer) return;
        if (answer.done.length) toast(told(answer.done));
        const [first, ...more] = answer.refused;
        if (first) toast(`${first.id}: ${first.reason}${more.length ? ` (and ${more.length} more refused)` : ""}`, "warning");
        if (!answer.done.length && !first) toast("There was nothing to do.", "info");
        return answer.done.length > 0;
    } catch (problem) {
        toast(problem.message, "bad");
    }
}

const names = (ids) => (ids.length === 1 ? ids[0] : `${ids.length} points`);
const are = (ids) => (ids.length === 1 ? "is" : "are");

export async function outOfOrder(point) {
    const ends = point.session ? ` The session of ${point.driver ?? "its driver"} ends first.` : "";
    if (await confirmed(`Put ${point.cp} out of order?`, `Nobody can charge there until it is resumed.${ends}`, "Out of order")) {
        await carryOut("POST", `cp/${point.cp}/out-of-order`, (ids) => `${names(ids)} ${are(ids)} out of order.`);
    }
}

export const resume = (point) => carryOut("POST", `cp/${point.cp}/resume`, (ids) => `${names(ids)} ${are(ids)} resumed.`);

export async function stopSession({ session, cp, driver }) {
    if (await confirmed(`Stop the session at ${cp}?`, `${driver ?? "A driver"} is charging there. What was charged is billed.`, "Stop session")) {
        await carryOut("POST", `sessions/${session}/stop`, () => `The session at ${cp} is told to stop.`);
    }
}

/** Accepts or refuses a record that was put aside; resolves to whether it was done. */
export async function decide({ session, meter, cp, energy_kwh: energy, meter_end_wh: end }, choice) {
    const words = choice === "accept"
        ? `${cp} says so: its ${energy} kWh are billed as session ${session}. That can't be taken back.`
        : `The ${energy} kWh that ${cp} claims are billed to nobody. That can't be taken back.`;
    const title = choice === "accept" ? "Accept this record?" : "Refuse this record?";
    if (!await confirmed(title, words, choice === "accept" ? "Accept" : "Refuse")) return false;
    return carryOut("POST", `sessions/${session}/records/${meter}/${choice}?cp=${cp}&meter_end_wh=${end}`, () => `The record is ${choice === "accept" ? "accepted" : "refused"}.`);
}

export async function remove(point) {
    const words = "It disappears from this page and from the verdicts on the bus. Its sessions stay in the ledger. It comes back if it is heard again.";
    if (await confirmed(`Remove ${point.cp}?`, words, "Remove")) await carryOut("DELETE", `cp/${point.cp}`, (ids) => `${names(ids)} ${are(ids)} removed.`);
}

export async function allOutOfOrder(totals) {
    const open = totals?.open_sessions ?? 0;
    const words = `Nobody can charge until they are resumed.${open ? ` ${open} open session${open === 1 ? "" : "s"} end${open === 1 ? "s" : ""} first.` : ""}`;
    if (await confirmed(`Put all ${totals?.points ?? ""} points out of order?`, words, "Stop all points")) {
        await carryOut("POST", "cp/out-of-order", (ids) => `${names(ids)} ${are(ids)} out of order.`);
    }
}

export async function resumeAll() {
    if (await confirmed("Resume all points?", "Those that are well take drivers again.", "Resume all")) {
        await carryOut("POST", "cp/resume", (ids) => `${names(ids)} ${are(ids)} resumed.`);
    }
}

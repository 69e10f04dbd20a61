// One shape for each state and level, so that nothing depends on colour alone. 16 × 16, drawn with the colour of the text.

const SVG = "http://www.w3.org/2000/svg";

const shapes = {
    ACTIVATED: [["circle", { cx: 8, cy: 8, r: 5.2, class: "stroke" }]],
    SUPPLYING: [["path", { d: "M9.4 1 3.2 9.2h4L6.4 15l6.4-8.4h-4.2z", class: "fill" }]],
    ASSIGNED: [["circle", { cx: 8, cy: 8, r: 5.2, class: "stroke" }], ["path", { d: "M8 5v3.2l2.2 1.5", class: "stroke" }]],
    STOPPED: [["rect", { x: 3, y: 3, width: 10, height: 10, rx: 1.2, class: "fill" }]],
    FAULTY: [["path", { d: "M8 1.6 15 14H1z", class: "fill" }], ["path", { d: "M8 6v4m0 1.6v.6", class: "cut" }]],
    DISCONNECTED: [["path", { d: "M4 4 12 12M12 4 4 12", class: "stroke" }]],
    good: [["path", { d: "m3 8.5 3.2 3.2L13 5", class: "stroke" }]],
    info: [["circle", { cx: 8, cy: 8, r: 2.6, class: "fill" }]],
    warning: [["path", { d: "M8 2.2 14 8 8 13.8 2 8z", class: "fill" }]],
    bad: [["path", { d: "M8 1.6 15 14H1z", class: "fill" }], ["path", { d: "M8 6v4m0 1.6v.6", class: "cut" }]],
    wait: [["circle", { cx: 8, cy: 8, r: 5.2, class: "stroke dashed" }]],
};

export function icon(name) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("class", `icon ${name}`);
    svg.setAttribute("viewBox", "0 0 16 16");
    svg.setAttribute("aria-hidden", "true");
    for (const [tag, attributes] of shapes[name] ?? shapes.info) {
        const shape = document.createElementNS(SVG, tag);
        for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
        svg.append(shape);
    }
    return svg;
}

/** Sign and word of a state. */
export function badge(element, state) {
    if (element.dataset.state === state) return;
    element.dataset.state = state;
    element.replaceChildren(icon(state), state);
}

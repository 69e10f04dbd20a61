// A few lines instead of a framework.

export const at = (id) => document.getElementById(id);

/** h("p", {class: "why"}, "text", node, …): an element; what is null is left out. */
export function h(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
        else if (value === true) element.setAttribute(name, "");
        else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
}

/** Sets a text only where it differs: an equal text would still cost a layout. */
export function text(element, value) {
    if (element.textContent !== value) element.textContent = value;
}

export function attribute(element, name, value) {
    if (element.getAttribute(name) === value) return;
    if (value === null) element.removeAttribute(name);
    else element.setAttribute(name, value);
}

/** Brings the children of `list` into the order of `wanted`; those in place are not touched. */
export function arrange(list, wanted) {
    let next = list.firstElementChild;
    for (const element of wanted) {
        if (element === next) next = next.nextElementSibling;
        else list.insertBefore(element, next);
    }
    while (next) {
        const gone = next;
        next = next.nextElementSibling;
        gone.remove();
    }
}

/** A table of texts and nodes; where there is no line, the words for that. */
export function table(heads, lines, empty) {
    if (!lines.length) return h("p", { class: "none" }, empty);
    return h("table", {}, h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))),
        h("tbody", {}, ...lines.map((cells) => h("tr", {}, ...cells.map((cell) => h("td", {}, cell))))));
}

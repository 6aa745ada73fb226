/** Attributes of SVG that are written with hyphens. */
const hyphened = /^(?:clip|dominant|fill|font|marker|paint|shape|stop|stroke|text|vector)[A-Z]/;
/** Kinds of inputs that tell a change when it is made, and not when one leaves them. */
const chosen = /^(?:checkbox|file|radio)$/;
const names = new Map<string, string>();

/**
 * What React names differs from what browsers name here and there: attributes in one word, events by what they tell.
 */
export function nativeName(name: string, element: string, type: unknown): string {
    if (name === 'onChange') return typed(element, type) ? 'onInput' : name;
    const known = names.get(name);
    if (known !== undefined) return known;
    const native = translated(name);
    names.set(name, native);
    return native;
}

function typed(element: string, type: unknown): boolean {
    return element === 'textarea' || (element === 'input' && !chosen.test(String(type)));
}

function translated(name: string): string {
    // Those of React bubble, and those that browsers call so do not.
    if (name === 'onFocus') return 'onfocusin';
    if (name === 'onBlur') return 'onfocusout';
    if (hyphened.test(name)) return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    if (name === 'spellCheck' || name === 'autoCapitalize') return name.toLowerCase();
    return name;
}

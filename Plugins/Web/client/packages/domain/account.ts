/** Whether a text can be an address at all; only a mail tells whether it is one. */
export function looksLikeEmail(text: string): boolean {
    return /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(text.trim());
}

/** Characters that a password has at least. */
export const shortestPassword = 15;

export function isLongEnough(password: string): boolean {
    return [...password].length >= shortestPassword;
}

/** A path of this site to go on to after login, as an address says; never another site. */
export function safeNext(next: string | null): string {
    return next !== null && /^\/(?![/\\])/.test(next) && !hasControls(next) ? next : '/wallet';
}

function hasControls(text: string): boolean {
    return [...text].some((letter) => letter < ' ');
}

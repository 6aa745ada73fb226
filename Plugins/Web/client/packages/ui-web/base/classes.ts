/** Class names that hold; what is false is left out. */
export function classes(...names: readonly (string | false | undefined)[]): string {
    return names.filter((name) => name !== false && name !== undefined && name !== '').join(' ');
}

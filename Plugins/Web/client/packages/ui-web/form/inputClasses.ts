/** How inputs of text look. */
export const inputClasses =
    'min-h-11 w-full min-w-0 rounded-md border border-edge bg-surface px-3 text-ink placeholder:text-soft ' +
    'aria-invalid:border-bad aria-invalid:border-2 disabled:opacity-60';

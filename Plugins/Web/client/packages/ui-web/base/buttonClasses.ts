import { classes } from './classes';

export type ButtonLook = 'main' | 'plain' | 'quiet' | 'danger';
export type ButtonSize = 'small' | 'normal' | 'large';

const looks: Readonly<Record<ButtonLook, string>> = {
    main: 'bg-fill text-on-fill hover:bg-fill-hover border-transparent',
    plain: 'bg-surface text-ink border-edge hover:bg-hover',
    quiet: 'bg-transparent text-ink border-transparent hover:bg-hover',
    danger: 'bg-surface text-bad border-bad hover:bg-bad-tint',
};

const sizes: Readonly<Record<ButtonSize, string>> = {
    small: 'min-h-8 px-3 text-sm rounded-sm gap-1.5',
    normal: 'min-h-11 px-4 rounded-md gap-2',
    large: 'min-h-12 px-6 text-lg rounded-md gap-2',
};

/** How buttons look, and links that stand where a button would. */
export function buttonClasses(look: ButtonLook, size: ButtonSize = 'normal', more?: string): string {
    return classes(
        'inline-flex items-center justify-center border font-bold whitespace-nowrap no-underline select-none',
        'transition-colors duration-100 disabled:opacity-50', looks[look], sizes[size], more,
    );
}

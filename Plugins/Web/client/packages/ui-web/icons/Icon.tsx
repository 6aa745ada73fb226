const paths = {
    home: 'M3 11.2 12 4l9 7.2M5.5 9.5V20h4.8v-5.5h3.4V20h4.8V9.5',
    stocks: 'M4 19V9m5.3 10V5m5.4 14v-7M20 19V7',
    wallet: 'M4 7.5A2.5 2.5 0 0 1 6.5 5H18v3M4 7.5V17a2 2 0 0 0 2 2h13a1 1 0 0 0 1-1V9a1 1 0 0 0-1-1H4.5M16.5 13.5h.01',
    person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7.5 8c.8-3.6 3.8-5.5 7.5-5.5s6.7 1.9 7.5 5.5',
    search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Zm5-1.5L20 20',
    sun:
        'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm0-13.5v2m0 15v2M2.5 12h2m15 0h2M5.3 5.3l1.4 1.4m10.6 10.6 1.4 ' +
            '1.4m0-13.4-1.4 1.4M6.7 17.3l-1.4 1.4',
    moon: 'M20 14.5A8.3 8.3 0 0 1 9.5 4 8.3 8.3 0 1 0 20 14.5Z',
    auto: 'M12 20a8 8 0 1 0 0-16v16Zm0 0a8 8 0 1 1 0-16',
    eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Zm9.5 3a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z',
    'eye-off':
        'M4 4l16 16M9.9 5.8A9 9 0 0 1 12 5.5C18 5.5 21.5 12 21.5 12a17 17 0 0 1-2.7 3.4M6.4 7.4A16.5 16.5 0 0 0 2.5 ' +
            '12S6 18.5 12 18.5a9 9 0 0 0 4.3-1.1M9.9 9.9a3 3 0 0 0 4.2 4.2',
    star: 'm12 4 2.5 5.1 5.6.8-4 4 .9 5.6L12 16.8l-5 2.7.9-5.6-4-4 5.6-.8L12 4Z',
    pause: 'M8.5 5.5v13M15.5 5.5v13',
    play: 'M8 5.5v13l10.5-6.5L8 5.5Z',
    check: 'm5 12.5 4.5 4.5L19 7.5',
    close: 'M6 6l12 12M18 6 6 18',
    back: 'M11 5.5 4.5 12l6.5 6.5M5 12h14.5',
    forward: 'm13 5.5 6.5 6.5-6.5 6.5M19 12H4.5',
    down: 'm6 9.5 6 6 6-6',
    warning: 'M12 4 2.8 19.5h18.4L12 4Zm0 6v4.5m0 2.5v.01',
    info: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Zm0-9V16m0-8v.01',
    mail: 'M3.5 6h17v12.5h-17V6Zm.5.5 8 6.5 8-6.5',
    clock: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM12 7v5l3.5 2',
    table: 'M4 5h16v14H4V5Zm0 4.7h16M4 14.3h16M10 9.7V19',
    globe:
        'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM3.5 12h17M12 3.5c2.5 2.4 3.7 5.2 3.7 8.5s-1.2 6.1-3.7 ' +
            '8.5c-2.5-2.4-3.7-5.2-3.7-8.5s1.2-6.1 3.7-8.5Z',
    sort: 'm8 9 4-4 4 4M8 15l4 4 4-4',
    'sort-up': 'm8 14 4-5 4 5',
    'sort-down': 'm8 10 4 5 4-5',
    download: 'M12 4v11m-4.5-4 4.5 4.5 4.5-4.5M4.5 19.5h15',
    shield: 'M12 3.5 5 6v5.5c0 4.3 2.9 7.4 7 9 4.1-1.6 7-4.7 7-9V6l-7-2.5Z',
    bolt: 'M13 3.5 5.5 13.5H11l-1 7 8-10.5h-5.5l.5-6.5Z',
} as const;

export type IconName = keyof typeof paths;

/** A drawing beside words, or in a button that has a label: nothing of its own to who does not see it. */
export function Icon(
    { name, size = 20, filled = false }: { name: IconName; size?: number; filled?: boolean },
): JSX.Element {
    return (
        <svg
            width={size}
            height={size}
            viewBox="0 0 24 24"
            aria-hidden="true"
            focusable="false"
            className="shrink-0"
            fill={filled ? 'currentColor' : 'none'}
            stroke="currentColor"
            strokeWidth="1.75"
            strokeLinecap="round"
            strokeLinejoin="round"
        >
            <path d={paths[name]} />
        </svg>
    );
}

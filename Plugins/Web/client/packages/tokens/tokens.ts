/** A colour in light and in dark. */
export type Tone = readonly [light: string, dark: string];

/** Colours by what they are for. Text on its ground has 4.5:1 at least, and lines that mean something 3:1. */
export const colours: Readonly<Record<string, Tone>> = {
    page: ['#f6f5f1', '#0c0f13'],
    surface: ['#ffffff', '#14191f'],
    sunken: ['#eeece6', '#0f1318'],
    raised: ['#ffffff', '#27303b'],
    hover: ['#f3f1ec', '#1b2129'],
    line: ['#e2dfd7', '#262d36'],
    edge: ['#858078', '#6d7886'],
    ink: ['#15181e', '#eef0f3'],
    soft: ['#555b66', '#a6aebb'],
    accent: ['#2340c4', '#93aaff'],
    fill: ['#2340c4', '#3f5ee6'],
    'fill-hover': ['#1a319c', '#4f6df0'],
    'on-fill': ['#ffffff', '#ffffff'],
    tint: ['#e8ecfb', '#1a2342'],
    warn: ['#7d4c00', '#f2b65c'],
    'warn-tint': ['#fbf0da', '#2d2412'],
    bad: ['#a8281a', '#ff8f7d'],
    'bad-tint': ['#fbe9e6', '#331915'],
    good: ['#0a6b42', '#55cf96'],
    'good-tint': ['#e2f3ea', '#0f2a1e'],
    scrim: ['rgb(16 20 28 / 0.45)', 'rgb(0 0 0 / 0.6)'],
};

/**
 * Up and down, which are never told by colour alone: in green and red, or for who cannot tell these, blue and orange.
 */
export const palettes: Readonly<Record<string, Readonly<Record<string, Tone>>>> = {
    'green-red': {
        up: ['#0a6b42', '#55cf96'],
        'up-tint': ['#e2f3ea', '#0f2a1e'],
        down: ['#a8281a', '#ff8f7d'],
        'down-tint': ['#fbe9e6', '#331915'],
    },
    'blue-orange': {
        up: ['#1c57b0', '#7fb2ff'],
        'up-tint': ['#e3edfb', '#12233d'],
        down: ['#8f4700', '#ffb061'],
        'down-tint': ['#fbeddc', '#33210e'],
    },
};

/** Sizes of type in pixels, each with its line. */
export const type: Readonly<Record<string, readonly [size: number, line: number]>> = {
    xs: [12, 16],
    sm: [14, 20],
    base: [16, 24],
    lg: [18, 26],
    xl: [22, 28],
    '2xl': [28, 34],
    '3xl': [36, 42],
    '4xl': [48, 52],
};

/** Corners in pixels. */
export const radii: Readonly<Record<string, number>> = { sm: 6, md: 10, lg: 14, xl: 20 };

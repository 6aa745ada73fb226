// Prints the tokens as CSS: variables by theme and palette, and what Tailwind makes its classes from.
import { colours, palettes, radii, type } from '../gen/tokens.mjs';

const lines = [];
const put = (...texts) => lines.push(...texts);
const variables = (tones, index) => Object.entries(tones).map(([name, tone]) => `--${name}:${tone[index]};`).join('');
/** A set of variables in light, in dark, and as the system says. */
function themed(prefix, tones) {
    put(`:root${prefix}{${variables(tones, 0)}}`);
    put(`:root${prefix}[data-theme=dark]{${variables(tones, 1)}}`);
    put(`@media (prefers-color-scheme:dark){:root${prefix}[data-theme=auto]{${variables(tones, 1)}}}`);
}

themed('', { ...colours, ...palettes['green-red'] });
themed('[data-palette=blue-orange]', palettes['blue-orange']);
put(':root{color-scheme:light}');
put(':root[data-theme=dark]{color-scheme:dark}');
put(':root[data-theme=auto]{color-scheme:light dark}');
put('@theme{--color-*:initial;--text-*:initial;--radius-*:initial;--shadow-*:initial;--font-*:initial;');
for (const [name, [size, line]] of Object.entries(type)) {
    put(`--text-${name}:${size / 16}rem;--text-${name}--line-height:${line / 16}rem;`);
}
for (const [name, pixels] of Object.entries(radii)) put(`--radius-${name}:${pixels / 16}rem;`);
put('}');
put('@theme inline{--color-transparent:transparent;--color-current:currentColor;');
for (const name of [...Object.keys(colours), ...Object.keys(palettes['green-red'])]) {
    put(`--color-${name}:var(--${name});`);
}
put('}');
process.stdout.write(`${lines.join('\n')}\n`);

// Prints the pages and site.json into the folder given, with the names that the bundle has got.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';

const out = process.argv[2];
const { print } = createRequire(import.meta.url)('../gen/prerender.cjs');
const routes = JSON.parse(readFileSync('gen/routes.json', 'utf8'));
const { outputs } = JSON.parse(readFileSync('gen/meta.json', 'utf8'));
const style = readFileSync('gen/style', 'utf8');
const fonts = ['400', '600'].map((weight) => readFileSync(`gen/font-${weight}`, 'utf8'));

/** The chunk that an input begins, with those that it imports. */
function chunks(input) {
    const found = Object.entries(outputs).find(([, each]) => each.entryPoint === input);
    if (found === undefined) throw new Error(`the bundle has no ${input}`);
    const all = new Set();
    const visit = (path) => {
        if (all.has(path)) return;
        all.add(path);
        for (const each of outputs[path].imports) if (each.kind === 'import-statement') visit(each.path);
    };
    visit(found[0]);
    return [...all].map((path) => basename(path));
}

const [main] = chunks('apps/web/boot/main.tsx');
const texts = (
    name,
    language,
) => (name === 'problems' ? `gen/problems/${language}.ts` : `packages/i18n/${language}/${name}.ts`);
const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** What has to be there before the page is shown, asked for at once rather than one after the other. */
function needed(route, language) {
    const names = ['common', ...(route?.messages ?? [])];
    const inputs = ['apps/web/boot/main.tsx', ...names.map((name) => texts(name, language))];
    if (route !== undefined) inputs.push(`gen/pages/${route.file}.ts`);
    return [...new Set(inputs.flatMap(chunks))].filter((name) => name !== main);
}

const descriptions = {
    en: 'Trade shares on paper: real prices, real rules, no real money.',
    es: 'Opera con acciones en papel: precios reales, reglas reales, sin dinero real.',
};

async function page(name, path, language, marked, route) {
    const { title, html } = await print(path, language);
    if (/ style="/.test(html)) throw new Error(`${name}.html has a style attribute, which the security policy forbids`);
    return `<!doctype html>
<html lang="${language}" data-theme="auto"${marked ? ` data-page="${escape(path)}"` : ''}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>${escape(title)}</title>
<meta name="description" content="${escape(descriptions[language])}">
<link rel="stylesheet" href="/assets/${style}">
${fonts.map((font) => `<link rel="preload" href="/assets/${font}" as="font" type="font/woff2" crossorigin>`).join('\n')}
<script type="module" src="/assets/${main}"></script>
${needed(route, language).map((chunk) => `<link rel="modulepreload" href="/assets/${chunk}">`).join('\n')}
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="apple-touch-icon" href="/icon-180.png">
<link rel="manifest" href="/manifest.webmanifest">
<meta name="theme-color" content="#ffffff" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#14191f" media="(prefers-color-scheme: dark)">
</head>
<body>
<div id="root">${html}</div>
</body>
</html>
`;
}

const prerendered = {};
for (const language of ['en', 'es']) {
    const folder = join(out, 'pages', language);
    mkdirSync(folder, { recursive: true });
    const write = async (name, path, marked, route) => {
        writeFileSync(join(folder, `${name}.html`), await page(name, path, language, marked, route));
    };
    for (const route of routes) {
        // A page that is not printed has the frame of any, and asks at once for what is its own.
        const name = route.prerendered ?? `frame-${route.file}`;
        prerendered[route.pattern] = name;
        if (route.prerendered === undefined) await write(name, 'shell', false, route);
        else await write(name, route.pattern, true, route);
    }
    await write('shell', 'shell', false);
    await write('not-found', 'not-found', true);
    await write('unavailable', 'unavailable', false);
}
writeFileSync(
    join(out, 'site.json'),
    JSON.stringify({ routes: routes.map((route) => route.pattern), prerendered }, null, 2),
);

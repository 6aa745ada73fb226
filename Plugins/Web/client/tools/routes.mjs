// Writes gen/routes.ts from the folders of apps/web/app, and gen/catalogue.ts from the files of packages/i18n/en.
// Folders are named as in Next: (group) counts for nothing, [name] is a parameter.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const app = 'apps/web/app';

function pages(folder) {
    return readdirSync(join(app, folder), { withFileTypes: true }).flatMap((entry) => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return pages(path);
        return entry.name === 'page.tsx' ? [folder] : [];
    });
}

function pattern(folder) {
    const parts = folder.split('/').filter((part) => part !== '' && part !== '.' && !/^\(.*\)$/.test(part));
    return `/${parts.map((part) => part.replace(/^\[(\w+)\]$/, ':$1')).join('/')}`;
}

/**
 * What the page says it needs: `export const messages = ['stocks'] as const;` and `export const prerendered = 'home';`
 */
function declared(folder) {
    const text = readFileSync(join(app, folder, 'page.tsx'), 'utf8');
    const messages = /^export const messages = \[(.*?)\] as const;$/m.exec(text)?.[1] ?? '';
    const prerendered = /^export const prerendered = '([\w-]+)';$/m.exec(text)?.[1];
    return { messages: [...messages.matchAll(/'(\w+)'/g)].map((match) => match[1]), prerendered };
}

const routes = pages('.').map((folder) => ({ folder, pattern: pattern(folder), ...declared(folder) }));
// Names come before parameters, as /stocks/new would before /stocks/:symbol.
const order = (route) => route.pattern.replaceAll(':', '~');
routes.sort((left, right) => (order(left) < order(right) ? -1 : 1));
const twice = routes.find((route, index) => routes[index + 1]?.pattern === route.pattern);
if (twice !== undefined) throw new Error(`two pages are at ${twice.pattern}`);

const catalogues = readdirSync('packages/i18n/en').filter((name) => name.endsWith('.ts')).map((name) =>
    name.slice(0, -3)
).sort();
for (const route of routes) {
    const unknown = route.messages.find((name) => !catalogues.includes(name));
    if (unknown !== undefined) {
        throw new Error(
            `${route.folder}/page.tsx names messages '${unknown}', and there is no packages/i18n/en/${unknown}.ts`,
        );
    }
}

/** A file name for a route: "/stocks/:symbol" is stocks-symbol. */
for (const route of routes) route.file = route.pattern.replace(/[/:]+/g, '-').replace(/^-/, '') || 'home';

const notice = '// DO NOT EDIT. Written by tools/routes.mjs.\n';
rmSync('gen/pages', { recursive: true, force: true });
mkdirSync('gen/pages');
for (const route of routes) {
    writeFileSync(
        `gen/pages/${route.file}.ts`,
        `${notice}import '../../apps/web/boot/shared';
export { default } from '../../${join(app, route.folder)}/page';
`,
    );
}
writeFileSync(
    'gen/routes.ts',
    `${notice}import type { Route } from '../apps/web/shim/route';

export const routes: readonly Route[] = [
${
        routes.map((route) =>
            `    {
        pattern: '${route.pattern}',
        messages: [${route.messages.map((name) => `'${name}'`).join(', ')}],
        load: () => import('./pages/${route.file}'),
    },`
        ).join('\n')
    }
];
`,
);
writeFileSync(
    'gen/catalogue.ts',
    `${notice}/** The texts by name; those of the English catalogue are the shape of all. */
export interface Catalogue {
${catalogues.map((name) => `    readonly ${name}: typeof import('../packages/i18n/en/${name}').${name};`).join('\n')}
    /** Sentences of the API's problems by their codes. */
    readonly problems: Readonly<Record<string, string>>;
}

type Loaders = { readonly [Name in keyof Catalogue]: () => Promise<Catalogue[Name]> };

export const catalogues: Readonly<Record<'en' | 'es', Loaders>> = {
${
        ['en', 'es'].map((language) =>
            `    ${language}: {
${
                catalogues.map((name) =>
                    `        ${name}: async () => (await import('../packages/i18n/${language}/${name}')).${name},`
                ).join('\n')
            }
        problems: async () => (await import('./problems/${language}')).problems,
    },`
        ).join('\n')
    }
};
`,
);
writeFileSync('gen/routes.json', JSON.stringify(routes, null, 2));

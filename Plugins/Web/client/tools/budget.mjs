// Prints what pages weigh, and fails where that is more than it may be: node tools/budget.mjs FOLDER
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const out = process.argv[2];
const kilobyte = 1024;
const gzipped = (path) => gzipSync(readFileSync(path), { level: 9 }).length;
const assets = readdirSync(join(out, 'assets'));
const scripts = (
    html,
) => [...new Set([...html.matchAll(/(?:src|href)="\/assets\/([^"]+\.js)"/g)].map((match) => match[1]))];
const first = readFileSync(join(out, 'pages/en/home.html'), 'utf8');
const shared = new Set(scripts(first));

const rows = [];
const weigh = (name, bytes, most) => rows.push({ name, bytes, most: most * kilobyte });
const sum = (names) => names.reduce((total, name) => total + gzipped(join(out, 'assets', name)), 0);

weigh('scripts of the first page', sum([...shared]), 65);
for (
    const name of assets.filter((each) =>
        /^(stocks|wallet|profile|password|login|register|recover|verify|reset|offline).*\.js$/.test(each)
    )
) {
    weigh(`script of a page: ${name}`, gzipped(join(out, 'assets', name)), 8);
}
for (const name of assets.filter((each) => /^adapter-.*\.js$/.test(each))) {
    weigh('the chart', gzipped(join(out, 'assets', name)), 65);
}
for (const name of assets.filter((each) => each.endsWith('.css'))) {
    weigh('style', gzipped(join(out, 'assets', name)), 12);
}
for (const name of assets.filter((each) => each.endsWith('.woff2'))) {
    weigh(`font ${name}`, readFileSync(join(out, 'assets', name)).length, 20);
}
for (const language of ['en', 'es']) {
    for (const name of readdirSync(join(out, 'pages', language))) {
        weigh(`page ${language}/${name}`, gzipped(join(out, 'pages', language, name)), 5);
    }
}

const over = rows.filter((row) => row.bytes > row.most);
for (const row of rows) console.log(`${String(row.bytes).padStart(7)} of ${String(row.most).padStart(6)}  ${row.name}`);
for (const row of over) console.error(`too heavy: ${row.name} has ${row.bytes} bytes (gzip), ${row.most} are allowed`);
process.exitCode = over.length > 0 ? 1 : 0;

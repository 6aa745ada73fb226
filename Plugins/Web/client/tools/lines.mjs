// Fails where a line of a source is longer than 120 columns: node tools/lines.mjs FILE…
import { readFileSync } from 'node:fs';

const columns = 120;
let long = 0;
for (const path of process.argv.slice(2)) {
    for (const [index, line] of readFileSync(path, 'utf8').split('\n').entries()) {
        const length = [...line].length;
        if (length <= columns) continue;
        console.error(`${path}:${index + 1}: ${length} columns, ${columns} are allowed`);
        long += 1;
    }
}
process.exitCode = long > 0 ? 1 : 0;

// Writes the sentences of the API's problems, by code, for each language: gen/problems/<language>.ts.
// The contract is one module; taken from it in the browser they would come with it whole, in all languages.
import { mkdirSync, writeFileSync } from 'node:fs';
import { problems } from '../gen/contract.mjs';

// What only programs, mail providers and faults of this client itself can cause is told as "internal".
const internal = new RegExp(`^(${[
    'mail-report', 'idempotency-key-(missing|invalid)', 'not-acceptable', 'method-not-allowed',
    'unsupported-media-type', 'unknown-member',
].join('|')})`);

mkdirSync('gen/problems', { recursive: true });
for (const language of ['en', 'es']) {
    const lines = Object.entries(problems).filter(([code]) => !internal.test(code))
        .map(([code, texts]) => `    '${code}': ${JSON.stringify(texts[language])},`);
    writeFileSync(`gen/problems/${language}.ts`, `// DO NOT EDIT. Written by tools/problems.mjs from the contract.
export const problems: Readonly<Record<string, string>> = {
${lines.join('\n')}
};
`);
}

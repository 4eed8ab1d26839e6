/** `read-files.mjs FOLDER`: reads every file of a folder, one after the other, and does nothing with what is in them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
let bytes = 0;
for (const name of readdirSync(folder).sort()) bytes += readFileSync(join(folder, name)).length;
console.log(bytes);

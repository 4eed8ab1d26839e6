/** `read-files.mjs FOLDER`: reads every file below a folder, one after the other, and does nothing with what is in them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
console.log(readFolder(folder));

function readFolder(path) {
  let bytes = 0;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const name = join(path, entry.name);
    bytes += entry.isDirectory() ? readFolder(name) : readFileSync(name).length;
  }
  return bytes;
}

/** Writes docs/anchorctl.1 from the help of the built program: `npm run man`. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderManPage } from './man.mjs';
import { ROOT } from './workspace.mjs';

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const helpOf = (words) =>
  spawnSync(process.execPath, [join(ROOT, 'bin/anchorctl.js'), ...words, '--help'], { encoding: 'utf8' }).stdout;
writeFileSync(join(ROOT, 'docs/anchorctl.1'), renderManPage(version, helpOf));

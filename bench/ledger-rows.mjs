/** The ledger of a site beside reading its files, and whether its memory grows with the site. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { anchorctl, BARE_NODE, program } from './commands.mjs';
import { toPem } from './data.mjs';
import { makeDeviceConfigs } from './device-configs.mjs';

const DEVICES = 5000;
const FEW = 500;

export const ledgerRows = {
  ledger: (folder) => {
    const site = writeSite(folder, DEVICES);
    const reading = `reading ${DEVICES.toLocaleString('en')} files`;
    return {
      title: `who of ${DEVICES.toLocaleString('en')} devices has the new anchor, by configurations of 100 kB`,
      runs: 7,
      aims: [
        { measure: 'wall', limit: 3, of: reading },
        { measure: 'processor', limit: 3, of: reading },
        // What is alive fits into a heap of 20 MB either way; V8 lets garbage lie for longer in a longer run.
        { measure: 'memory', limit: 1.6, of: `anchorctl ledger of ${FEW}` },
      ],
      commands: [
        { label: 'anchorctl ledger', ...ledger(site.all, site) },
        { label: reading, ...program('read-files', site.all) },
        { label: `anchorctl ledger of ${FEW}`, ...ledger(site.few, site) },
        BARE_NODE,
      ],
    };
  },
};

function ledger(configs, { old, recent }) {
  return anchorctl('ledger', configs, '--old', old, '--new', recent);
}

/** A folder with all configurations, one with a few of them, and the anchors. */
function writeSite(folder, count) {
  const [all, few, old, recent] = ['all', 'few', 'old.pem', 'new.pem'].map((name) => join(folder, name));
  mkdirSync(all);
  mkdirSync(few);
  const site = makeDeviceConfigs(count);
  let number = 0;
  for (const config of site.configs) {
    const name = `sw-${String(number).padStart(5, '0')}.cfg`;
    writeFileSync(join(all, name), config);
    if (number < FEW) writeFileSync(join(few, name), config);
    number++;
  }
  writeFileSync(old, toPem(site.old));
  writeFileSync(recent, toPem(site.new));
  return { all, few, old, recent };
}

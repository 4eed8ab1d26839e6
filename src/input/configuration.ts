/**
 * Telling the running configuration of a device from other texts, whether it has a certificate or none.
 *
 * @module
 */
import { decodeText, textOf } from './text.js';

/**
 * Lines that configurations of routers, switches and firewalls begin with. Two of them make a configuration, even one
 * without any certificate, which is what a ledger must not overlook.
 */
const CONFIGURATION =
  /^[ \t]*(?:hostname|switchname|version|interface|ip (?:route|address)|feature|aaa|line (?:con|vty)|ASA Version|!RANCID-CONTENT-TYPE|!Command: show running-config|!! IOS XR Configuration|Building configuration)\b/gm;

/** Where they stand: nearly always in the first screen, else in the first few. */
const HEADS = [1024, 16_384] as const;

/** The text of a device's configuration (a view where the bytes are that), or null for anything else. */
export function configurationIn(bytes: Uint8Array): Uint8Array | null {
  const text = decodeText(bytes);
  if (text === null) return null;
  const isConfiguration = HEADS.some((length) => {
    const lines = textOf(text.bytes.subarray(0, length)).matchAll(CONFIGURATION);
    return lines.next().done !== true && lines.next().done !== true;
  });
  return isConfiguration ? text.bytes : null;
}

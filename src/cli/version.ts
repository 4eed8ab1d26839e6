/**
 * The version, from the one place that states it.
 *
 * @module
 */
import manifest from '../../package.json' with { type: 'json' };

/** The version of this package. */
export const VERSION: string = manifest.version;

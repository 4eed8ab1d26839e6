/**
 * What a format of `check` has to bring. One file each, and one line in `formats.ts`.
 *
 * @module
 */
import type { CheckReport } from '../../check/check-report.js';

/** What renderers know besides the report. */
export interface RenderContext {
  /** The version of anchorctl. */
  readonly version: string;
  /** Columns of the window; what is not for a window does not look. */
  readonly columns: number;
  /** A path as the user wrote it, relative to the folder in which the call was made, with slashes; as it is where it cannot be. */
  readonly toRelative: (path: string) => string;
}

/** A format: the whole report as text, in parts that are not made before they are written. */
export interface CheckFormat {
  /** As users write it after `--format`. */
  readonly name: string;
  readonly render: (report: CheckReport, context: RenderContext) => Iterable<string>;
}

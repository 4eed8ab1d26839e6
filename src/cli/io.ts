/**
 * What a command may touch of the outside world besides files: the terminal, the environment, the clock. A test hands in
 * one of its own.
 *
 * @module
 */

/** Which of the three streams are terminals, and how wide the window is. */
export interface Terminal {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** Columns of the window; 80 where it is not known. */
  readonly columns: number;
}

/** The world as a command sees it. */
export interface Io {
  /** The answer. */
  readonly stdout: (text: string | Uint8Array) => void;
  /** Settles when the reader of the answer has taken what was written so far, or will take no more. */
  readonly drained: () => Promise<void>;
  /** Messages, warnings and errors. */
  readonly stderr: (text: string) => void;
  /** One line about the call itself, before it has an answer: where an error comes as JSON, it would not be JSON alone. */
  readonly warn: (message: string) => void;
  /** All of standard input; at most `maxBytes`, else `input/too-large`; an interrupt meanwhile is `run/interrupted`. */
  readonly readStdin: (maxBytes: number) => Promise<Uint8Array>;
  readonly now: () => Date;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
  /** Asks at the terminal and gives the line typed, without its end; an interrupt meanwhile is `run/interrupted`. */
  readonly ask: (question: string) => Promise<string>;
  /** The same without echo. */
  readonly askSecret: (question: string) => Promise<string>;
  /**
   * Does something that must not be cut off in the middle: an interrupt meanwhile aborts the signal, which the work looks
   * at where it can stop. At all other times an interrupt ends the process as it always does.
   */
  readonly interruptible: <T>(work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  /**
   * Does something that takes its time at one stretch, in which no handler would run: an interrupt ends the process as it
   * always does, also within `interruptible`.
   */
  readonly atOneStretch: <T>(work: () => T | Promise<T>) => Promise<T>;
}

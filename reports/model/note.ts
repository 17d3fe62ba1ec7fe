/** The words for one metric, or for a family of them. */
export interface MetricNotes {
  readonly label: string;
  readonly measured: string;
  /** For a column of text a few characters wide: two short lines, the unit after them. */
  readonly head?: readonly [string, string?];
}

/** Time on the x axis of everything that shows a storm. */

/** @param shown whether this picture has ticks and labels, or only the scale of the one below it */
export function timeAxis(field: string, seconds: readonly [number, number], shown: boolean) {
  return {
    field,
    type: 'quantitative' as const,
    scale: { domain: [...seconds], nice: false, zero: false },
    axis: {
      title: shown ? 'seconds since the storm began' : null,
      labels: shown,
      ticks: shown,
      grid: false,
      tickCount: 4,
      labelFlush: true,
      labelOverlap: true,
      titlePadding: 6,
    },
  };
}

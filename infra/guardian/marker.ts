/** The variable that every process of a run carries, by which the guardian knows it. */
export const RUN_VARIABLE = 'CACHESTORM_RUN';

import { judgingMutations } from './judging.ts';
import type { Mutation } from './mutation.ts';
import { readingMutations } from './reading.ts';
import { recordingMutations } from './recording.ts';

/** In the order in which a trial's numbers come about. */
export const mutations: readonly Mutation[] = [
  ...recordingMutations,
  ...readingMutations,
  ...judgingMutations,
];

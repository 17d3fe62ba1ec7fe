import { measureNoise } from '../../probes/noise.ts';
import { type Check, QUIET } from '../check.ts';

/** Long enough to meet a neighbour's time slices, and a hypervisor's. */
const SPIN_MS = 1_000;

/** A process that never waits should have a core to itself. */
export const machine: Check = {
  name: 'machine',
  shows: 'the machine leaves a busy process its core',
  async measure({ clock }) {
    const { lostShare } = measureNoise(clock, SPIN_MS);
    return [
      {
        name: 'lost',
        unit: '%',
        truth: 0,
        reading: lostShare * 100,
        tolerance: QUIET.lostShare * 100,
        noise: 'itself',
      },
    ];
  },
};

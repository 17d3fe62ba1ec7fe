import type { Item, ReadStrategyDefinition } from 'cachestorm';

/** The baseline, with every load from the database made longer by a share of itself: a regression put in on purpose. */
export const slower = {
  kind: 'read',
  name: 'slower',
  idea: 'Cache-aside whose loads take a given share longer.',
  source: 'ci/proofs/paired/slower.ts',
  weakness: 'It is slower.',
  parameters: {
    share: {
      unit: 'fraction',
      default: 0.1,
      min: 0,
      max: 1,
      description: 'By how much of its time a load is made longer.',
    },
  },
  expiry: 'physical',
  predict: () => [],
  create({ redis, origin, clock, ttlMs, entryKey }, { share }) {
    return {
      async get(key) {
        const cached = await redis.get(entryKey(key));
        if (cached !== null) return { item: JSON.parse(cached) as Item, outcome: 'hit' };
        const askedAtMs = clock.wallMs();
        const item = await origin.load(key);
        await clock.sleep(share * (clock.wallMs() - askedAtMs));
        if (item !== null) await redis.set(entryKey(key), JSON.stringify(item), 'PX', ttlMs);
        return { item, outcome: 'miss' };
      },
    };
  },
} satisfies ReadStrategyDefinition<'share'>;

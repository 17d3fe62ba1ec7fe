/** What Redis gives up when its memory is full (`maxmemory-policy`): those of Redis 7.0 and Valkey, the default first. */
export const evictionPolicies = [
  'noeviction',
  'allkeys-lru',
  'allkeys-lfu',
  'allkeys-random',
  'volatile-lru',
  'volatile-lfu',
  'volatile-random',
  'volatile-ttl',
] as const;

export type EvictionPolicy = (typeof evictionPolicies)[number];

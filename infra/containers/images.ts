import type { BackendKind } from '../backend.ts';

/** The name and tag of an image for each kind of server. */
export type Images = Readonly<Record<BackendKind, string>>;

/** Official images, of versions that teams run. */
export const DEFAULT_IMAGES: Images = {
  redis: 'redis:8.2',
  database: 'mysql:8.4',
  rabbitmq: 'rabbitmq:4.1',
};

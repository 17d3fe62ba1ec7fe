/** How the broker is set, whoever provides it. */

/** All roles share it: RabbitMQ's counters are kept by queue and connection, not by user. */
export const USER = 'cachestorm';

/**
 * The file `enabled_plugins`. The consistent hash keeps the messages of a key in one queue of several. It comes with
 * every RabbitMQ, and adds nothing to the boot that could be measured.
 */
export const ENABLED_PLUGINS = '[rabbitmq_consistent_hash_exchange].\n';

/** Lines of rabbitmq.conf: a user instead of guest/guest, which is then not made. */
export function defaultUser(user: string, password: string): readonly string[] {
  return [`default_user = ${user}`, `default_pass = ${password}`];
}

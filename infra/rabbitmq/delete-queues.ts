const DONE = 'cachestorm_done';

/**
 * What deletes every queue of a broker, whatever is in it, in the broker's own language.
 *
 * Deleting and not purging: a purge leaves the messages that a consumer holds unacknowledged, which come
 * back when it closes; and a queue left over would refuse the next declaration with other arguments.
 * Consumers of a deleted queue are told so (`basic.cancel`). AMQP itself can't list queues, and the
 * management plugin costs boot time.
 */
export const DELETE_ALL_QUEUES = [
  'lists:foreach(fun(Q) -> rabbit_amqqueue:delete(Q, false, false, <<"cachestorm">>) end,',
  `rabbit_amqqueue:list()), ${DONE}.`,
].join(' ');

/** @throws Error when the output of the above does not end as it should. */
export function requireQueuesDeleted(output: string): void {
  if (!output.includes(DONE)) throw new Error(`RabbitMQ did not delete its queues: ${output.slice(0, 500)}`);
}

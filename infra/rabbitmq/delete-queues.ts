const DONE = 'cachestorm_done';

/**
 * Deletes every queue of a broker, whatever is in it, in the broker's own language.
 *
 * Deleting and not purging: a purge leaves the messages that a consumer holds unacknowledged, which come
 * back when it closes; and a queue left over would refuse the next declaration with other arguments.
 * Consumers of a deleted queue are told so (`basic.cancel`). AMQP itself can't list queues, and the
 * management plugin costs boot time.
 *
 * A queue that another caller is just deleting is listed, and can't be deleted: what counts is that none is left.
 */
export const DELETE_ALL_QUEUES = [
  '(fun Delete(0) -> queues_left;',
  'Delete(N) -> lists:foreach(fun(Q) -> catch rabbit_amqqueue:delete(Q, false, false, <<"cachestorm">>) end,',
  'rabbit_amqqueue:list()),',
  `case rabbit_amqqueue:list() of [] -> ${DONE}; _ -> timer:sleep(10), Delete(N - 1) end end)(500).`,
].join(' ');

/** @throws Error when the output of the above does not end as it should. */
export function requireQueuesDeleted(output: string): void {
  if (!output.includes(DONE)) throw new Error(`RabbitMQ did not delete its queues: ${output.slice(0, 500)}`);
}

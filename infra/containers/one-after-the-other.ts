/** Each that is given starts when the one before has ended, well or not. */
export function oneAfterTheOther(): <T>(start: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (start) => {
    const current = last.then(start);
    last = current.catch(() => {});
    return current;
  };
}

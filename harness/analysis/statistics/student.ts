/**
 * The value that Student's t stays below with a probability, for a whole number of degrees of freedom.
 *
 * @param probability Above 0.5 and below 1.
 */
export function studentQuantile(probability: number, degrees: number): number {
  const inside = 2 * probability - 1;
  let [low, high] = [0, 1];
  while (studentWithin(high, degrees) < inside && high < 1e9) high *= 2;
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (studentWithin(middle, degrees) < inside) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(|T| < t), as the finite series of Abramowitz and Stegun, 26.7.3 and 26.7.4. */
function studentWithin(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const odd = degrees % 2 === 1;
  const cosine = Math.cos(angle);
  let term = odd ? cosine : 1;
  let series = 0;
  for (let power = odd ? 1 : 0; power <= degrees - 2; power += 2) {
    series += term;
    term *= ((power + 1) / (power + 2)) * cosine ** 2;
  }
  if (!odd) return Math.sin(angle) * series;
  return (2 / Math.PI) * (angle + Math.sin(angle) * series);
}

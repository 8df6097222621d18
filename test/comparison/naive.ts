// Student's t the long way, to judge the library's: the density's integral by Simpson's rule.

/** Γ at halves of whole numbers. */
function gamma(halves: number): number {
  if (halves === 1) return Math.sqrt(Math.PI)
  if (halves === 2) return 1
  return ((halves - 2) / 2) * gamma(halves - 2)
}

/** @param freedom a whole number */
export function twoSidedNaively(t: number, freedom: number): number {
  const scale = gamma(freedom + 1) / (Math.sqrt(freedom * Math.PI) * gamma(freedom))
  // t = √freedom · tan(u) turns the density into a power of the cosine over a finite range.
  const end = Math.atan(Math.abs(t) / Math.sqrt(freedom))
  const density = (u: number) => scale * Math.sqrt(freedom) * Math.cos(u) ** (freedom - 1)
  const steps = 2000
  let sum = density(0) + density(end)
  for (let step = 1; step < steps; step++) sum += (step % 2 === 1 ? 4 : 2) * density((end * step) / steps)
  return 1 - 2 * ((sum * end) / steps / 3)
}

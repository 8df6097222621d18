// What a comparison with the baseline can say; apart from the statistics, which pages need not load.
export const verdicts = ['better', 'worse', 'no difference shown', 'too few seeds'] as const
export type Verdict = (typeof verdicts)[number]

// Filters of a network by its width multiplier: rounded down, as the published sizes are.

export const scaled = (filters: number, multiplier: number): number => Math.max(1, Math.floor(filters * multiplier))

// A part of an experiment with every default filled in.
export type Resolved<T> = T extends readonly (infer Item)[]
  ? Resolved<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Resolved<NonNullable<T[Key]>> }
    : T

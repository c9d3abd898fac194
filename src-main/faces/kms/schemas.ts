import { z } from 'zod'

/** The schema inside optional, default and nullable wrappers. */
export function unwrapped(type: z.ZodType): z.ZodType {
  if (!(type instanceof z.ZodOptional || type instanceof z.ZodDefault || type instanceof z.ZodNullable)) return type
  const inner = type.unwrap()
  return inner instanceof z.ZodType ? unwrapped(inner) : type
}

/** The objects that a discriminated union chooses from, each with the values that choose it. */
export function optionsOf(union: z.ZodDiscriminatedUnion): { chosenBy: readonly unknown[]; schema: z.ZodObject }[] {
  return union.options.flatMap((option) => {
    if (!(option instanceof z.ZodObject)) return []
    const literal: unknown = (option.shape as Record<string, z.ZodType>)[union.def.discriminator]
    return [{ chosenBy: literal instanceof z.ZodLiteral ? [...literal.values] : [], schema: option }]
  })
}

/** The option of a union that the value of its discriminator chooses; null when there is none. */
export function optionOf(union: z.ZodDiscriminatedUnion, chosen: unknown): z.ZodObject | null {
  return optionsOf(union).find(({ chosenBy }) => chosenBy.includes(chosen))?.schema ?? null
}

import { z } from 'zod'
import { limits } from '../model/limits'
import { empty, hinted, keyReference, tagEntry, tagList, text } from './fields'

/** Exactly one of them names the resource. */
const resource = { keyId: keyReference.optional(), secretName: text(limits.keyReferenceChars, 1).optional(), certificateId: text(64, 1).optional() }
const tagKeys = hinted(z.array(text(512)).min(1).max(limits.tagsPerCall), { json: true })
const many = { resourceType: z.enum(['key', 'secret']), resourceId: z.array(keyReference).min(1).max(limits.resourcesPerCall) }
const tag = z.strictObject({ key: text(512, 1), value: text(512).default('') })

export const tagSchemas = {
  tagResource: { request: z.strictObject({ ...resource, tags: tagList(limits.tagsPerCall) }), response: empty },
  untagResource: { request: z.strictObject({ ...resource, tagKeys }), response: empty },
  listResourceTags: {
    request: z.strictObject(resource),
    response: z.strictObject({
      tags: hinted(z.array(z.strictObject({ ...tagEntry.shape, keyId: z.string().optional(), secretName: z.string().optional() })), { item: 'tag' }),
    }),
  },
  /** Bulk: missing keys are ignored. */
  tagResources: { request: z.strictObject({ ...many, tag: z.array(tag).min(1).max(limits.tagCount) }), response: empty },
  untagResources: {
    request: z.strictObject({ ...many, tagKey: z.array(text(512, 1)).max(limits.tagCount).optional(), all: z.boolean().default(false) }),
    response: empty,
  },
  listTagResources: {
    request: z.strictObject({
      resourceType: z.enum(['key', 'secret']),
      resourceId: z.array(keyReference).max(limits.resourcesPerCall).optional(),
      tag: z.array(z.strictObject({ key: text(512, 1), value: text(512).optional() })).max(limits.tagCount).optional(),
      nextToken: text(256).optional(),
    }),
    response: z.strictObject({
      tagResources: hinted(
        z.array(z.strictObject({ resourceType: z.string(), resourceId: z.string(), tagKey: z.string(), tagValue: z.string() })),
        { item: 'tagResource' },
      ),
      /** At most 200 rows an answer; absent at the end. */
      nextToken: z.string().optional(),
    }),
  },
}

import { computed, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { joinSentences } from '../../../i18n/format'
import { savedFields } from './field-draft'
import { changesOf, hasFields, managedTypeOf, nameOf, nextVersionId, type DraftFault, type SecretDetails, type SecretDraft } from './secret-draft'

/** A sentence that says what saving would do, or what is missing. */
export function useSummary(draft: Readonly<Ref<SecretDraft | null>>, edited: Readonly<Ref<SecretDetails | null>>, fault: Readonly<Ref<DraftFault | null>>) {
  const { t, locale } = useI18n()
  const joined = (sentences: (string | null)[]) => joinSentences(sentences, locale.value)

  function whatIsMade(typed: SecretDraft): string {
    const fields = savedFields(typed.fields)
    const hidden = fields.filter(({ isSecret }) => isSecret).length
    const key = t(`secretEdit.summary.${typed.keyId === null ? 'defaultKey' : 'ownKey'}`)
    const name = nameOf(typed, null)
    const first = hasFields(typed.kind) ? t('secretEdit.summary.makesFields', { name, n: fields.length, hidden }, fields.length) : t('secretEdit.summary.makes', { name })
    return joined([first, key, managedTypeOf(typed.kind) === null ? null : t('secretEdit.summary.thenTarget')])
  }

  function whatChanges(typed: SecretDraft, before: SecretDetails): string {
    const { value, renamed, other } = changesOf(typed, before)
    if (!value && !renamed && !other) return t('secretEdit.summary.nothing')
    const version = before.row.currentVersionId ?? ''
    return joined([
      value ? t('secretEdit.summary.newVersion', { next: nextVersionId(before.versions.map(({ versionId }) => versionId)), version }) : t('secretEdit.summary.sameVersion', { version }),
      renamed ? t('secretEdit.summary.renamed', { name: nameOf(typed, before) }) : null,
    ])
  }

  return computed(() => {
    if (draft.value === null) return ''
    if (fault.value !== null) return t(`secretEdit.summary.${fault.value}`)
    return edited.value === null ? whatIsMade(draft.value) : whatChanges(draft.value, edited.value)
  })
}

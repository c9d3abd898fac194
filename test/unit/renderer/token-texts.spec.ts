import { describe, expect, it } from 'vitest'
import { createI18n } from 'vue-i18n'
import { mechanismName } from '../../../src-main/tokens/mechanism-names'
import { ckm } from '../../../src-main/tokens/pkcs11'
import { en } from '../../../src-renderer/i18n/en'
import { errorText } from '../../../src-renderer/i18n/error-text'
import { zhCN } from '../../../src-renderer/i18n/zh-CN'
import { tokenMechanism, tokenModule } from '../../../src-shared/contract/tokens'
import { errorCodes, KmsError, type ErrorCode, type ErrorDetails } from '../../../src-shared/errors'
import { exportBarriers, moduleQuirks, trialFamilies, trialOutcomes } from '../../../src-shared/model/token-work'
import { moduleFileProblems, pinStates, templateProblems, tokenAvailabilities, tokenKeyUses, tokenObjectClasses, tokenRoles, vaultUseKinds } from '../../../src-shared/model/tokens'

const languages = [['en', en], ['zh-CN', zhCN]] as const

/** The codes that main may give to the window, by the place of their texts. */
const shown: Readonly<Record<string, readonly string[]>> = {
  'tokenPage.doctor.family': trialFamilies,
  'tokenPage.doctor.outcome': trialOutcomes,
  'tokenPage.doctor.quirk': moduleQuirks,
  'tokenPage.doctor.file': tokenModule.shape.file.options,
  'tokens.modules.state': tokenModule.shape.file.options.filter((each) => each !== 'ok'),
  'tokenPage.problem': templateProblems,
  'tokenPage.class': tokenObjectClasses,
  'tokenPage.lost': tokenObjectClasses,
  'tokenPage.use': tokenKeyUses,
  'tokenPage.mechanisms.use': tokenMechanism.shape.uses.element.options,
  'tokenPage.vaultUse.is': vaultUseKinds,
  'keyPage.meta.availability': tokenAvailabilities.filter((each) => each !== 'ready'),
  ...Object.fromEntries(tokenRoles.flatMap((role) => [[`tokens.pinState.${role}`, pinStates], [`tokens.pinAdvice.${role}`, pinStates.filter((state) => state !== 'ok' && state !== 'not-set')]])),
}

/** Details that make more of a refusal than its code. */
const details: readonly (readonly [ErrorCode, readonly ErrorDetails[]])[] = [
  ['TOKEN_MODULE_UNSUITABLE', moduleFileProblems.map((moduleProblem) => ({ moduleProblem }))],
  ['TOKEN_TEMPLATE_REFUSED', templateProblems.map((templateProblem) => ({ templateProblem }))],
  ['TOKEN_KEY_NOT_EXTRACTABLE', exportBarriers.map((exportBarrier) => ({ exportBarrier }))],
  ['TOKEN_OBJECT_IN_USE', vaultUseKinds.map((vaultUse) => ({ vaultUse }))],
  ['TOKEN_PIN_WRONG', pinStates.map((pinState) => ({ pinState }))],
  ['TOKEN_NOT_FOUND', [{ tokenLabel: 'a label' }]],
  ['TOKEN_LOGIN_NEEDED', [{ tokenLabel: 'a label' }]],
]

for (const [locale, texts] of languages) {
  const missing: string[] = []
  const { t, te } = createI18n({ legacy: false, locale, fallbackLocale: false, messages: { en, 'zh-CN': zhCN }, missing: (_, key) => void missing.push(key) }).global
  describe(`texts about tokens in ${locale}`, () => {
    it('are there for every code that is shown', () => {
      const wanted = Object.entries(shown).flatMap(([place, codes]) => codes.map((code) => `${place}.${code}`))
      expect(wanted.length).toBeGreaterThan(80)
      expect(wanted.filter((key) => !te(key))).toEqual([])
    })

    it('are there for every refusal and what is told with it', () => {
      const refusals = [...errorCodes.tokens.map((code) => [code, {}] as const), ...details.flatMap(([code, all]) => all.map((detail) => [code, detail] as const))]
      for (const [code, detail] of refusals) {
        expect(texts.errors[code], code).not.toBe('')
        expect(errorText(t, new KmsError(code, 'a message', detail)), `${code} ${JSON.stringify(detail)}`).toMatch(/[.。]$/)
      }
      expect(missing).toEqual([])
    })
  })
}

it('mechanisms that are used here have names', () => {
  const nameless = Object.entries(ckm).filter(([, number]) => !mechanismName(number).startsWith('CKM_'))
  expect(nameless).toEqual([])
})

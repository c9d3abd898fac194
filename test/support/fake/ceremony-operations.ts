import type { CeremonyProtocol, CeremonyState } from '../../../src-shared/contract/token-ceremony'
import type { FakeOperations, FakeState } from './state'
import { refuse } from './refuse'
import { sampleWords } from './vault-operations'

type CeremonyName = Extract<keyof FakeOperations, `${string}Ceremony${string}`>

/** Words of the sample shares, 29 of them; another first word for each share. */
export function sampleShareWords(number: number): string[] {
  return [sampleWords[number - 1] ?? 'abandon', ...sampleWords, ...sampleWords].slice(0, 29)
}

const keyCheckValue = '08d7b4'
const setId = '5f3a'

/** Key ceremonies whose shares have sample words. Three typed shares are a key. */
export function ceremonyOperations(state: FakeState): Pick<FakeOperations, CeremonyName> {
  let participants: string[] = []
  let about: CeremonyProtocol | null = null
  let ceremony: CeremonyState | null = null
  const running = (): CeremonyState => ceremony ?? refuse('CEREMONY_NOT_FOUND')
  const note = (step: CeremonyProtocol['steps'][number]['step'], share: { number: number; participant: string } | null = null) =>
    about?.steps.push({ time: new Date(state.nowMs).toISOString(), step, number: share?.number ?? null, participant: share?.participant ?? null })
  const become = (patch: Partial<CeremonyState>) => {
    ceremony = { ...running(), ...patch }
    return { ceremony }
  }
  const numberOf = (words: Uint8Array) => {
    const typed = new TextDecoder().decode(words).trim().split(/\s+/).join(' ')
    const found = Array.from({ length: 16 }, (_, index) => index + 1).find((number) => sampleShareWords(number).join(' ') === typed)
    return found ?? refuse('SHARE_MISTYPED', { wordNumber: 3 })
  }
  const current = () => running().current ?? refuse('CEREMONY_STEP')
  return {
    async startKeyCeremony({ label, purpose = 'encrypt', split }) {
      participants = split?.participants ?? []
      const isGenerated = split !== undefined
      const token = { label: 'Workstation token', serial: '46d35148479bcec2', manufacturer: 'SoftHSM project', model: 'SoftHSM v2', isSoftware: true }
      about = { kind: isGenerated ? 'generate' : 'combine', token, key: { label, purpose, keySpec: split?.keySpec ?? null, idHex: null }, setId: null, threshold: null, shareCount: split?.participants.length ?? null, keyCheckValue: null, steps: [] }
      ceremony = {
        ceremonyId: 'c-00112233445566aa',
        kind: about.kind,
        setId: isGenerated ? setId : null,
        threshold: split?.threshold ?? null,
        shares: [],
        current: isGenerated ? { number: 1, participant: participants[0] ?? '' } : null,
        keyCheckValue: isGenerated ? keyCheckValue : null,
        isReady: false,
        isFinished: false,
      }
      note('started')
      return { ceremony }
    },
    async showCeremonyShare({ number }) {
      if (current().number !== number) refuse('CEREMONY_STEP')
      return { shareWords: sampleShareWords(number) }
    },
    async printCeremonyShare() {
      note('share-printed', current())
      return { printed: true }
    },
    async confirmCeremonyShare({ number, words }) {
      if (numberOf(words) !== number) refuse('SHARE_UNEXPECTED')
      const share = current()
      note('share-confirmed', share)
      const participant = participants[number]
      return become({ shares: [...running().shares, share], current: participant === undefined ? null : { number: number + 1, participant }, isReady: participant === undefined })
    },
    async addCeremonyShare({ participant, words }) {
      const { shares } = running()
      const number = numberOf(words)
      if (shares.some((share) => share.number === number)) refuse('SHARE_REPEATED')
      note('share-added', { number, participant })
      const added = [...shares, { number, participant }]
      return become({ shares: added, setId, threshold: 3, ...(added.length === 3 && { keyCheckValue, isReady: true }) })
    },
    async finishKeyCeremony() {
      if (!running().isReady) refuse('SHARES_TOO_FEW')
      note('key-written')
      note('key-checked')
      return become({ isReady: false, isFinished: true })
    },
    async getCeremonyProtocol() {
      const { threshold, ...known } = running()
      return { protocol: about && { ...about, setId: known.setId, threshold, keyCheckValue: known.keyCheckValue } }
    },
    printCeremonyProtocol: async () => ({ printed: true }),
    saveCeremonyProtocol: async () => ({ fileName: 'key-ceremony-5f3a.txt' }),
    async cancelKeyCeremony() {
      running()
      ceremony = null
      return {}
    },
  }
}

/** What the bank says, as lines to read: null for a part it did not tell. */
import { computed, type ComputedRef, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import type { BankFacts } from '../api/types'
import { formatYuan } from '../format'

export interface BankLine {
  text: string
  tag?: string
  tone?: 'ok' | 'warn' | 'bad'
}

export interface BankPart {
  name: string
  lines: BankLine[] | null
}

const GOOD = ['normal', 'effective', 'active', 'approved', 'drawn', 'signed']
const BAD = ['overdue', 'frozen', 'expired', 'locked', 'suspended', 'rejected']

const toneOf = (state: string): BankLine['tone'] => (GOOD.includes(state) ? 'ok' : BAD.includes(state) ? 'bad' : 'warn')

export function useBankLines(facts: Ref<BankFacts | null>): ComputedRef<BankPart[]> {
  const { t } = useI18n()

  function told<T>(name: string, rows: T[] | null, line: (row: T) => BankLine): BankPart {
    return { name: t(`bank.${name}`), lines: rows?.map(line) ?? null }
  }

  function points({ points: held }: BankFacts): BankLine[] | null {
    if (!held) return null
    const lapsing = held.expiring.map(([count, day]) => ({ text: t('bank.lapse', { points: count, day }) }))
    return [{ text: String(held.balance) }, ...lapsing]
  }

  return computed(() => {
    const all = facts.value
    if (!all) return []
    return [
      { name: t('bank.points'), lines: points(all) },
      told('limits', all.limits, (one) => ({
        text: t('bank.limit', { product: one.product, available: formatYuan(one.available_fen), total: formatYuan(one.limit_fen) }),
        tag: t(`bank.limitState.${one.state}`),
        tone: toneOf(one.state),
      })),
      told('loans', all.loans, (one) => ({
        text: [
          t('bank.loan', { product: one.product, amount: formatYuan(one.outstanding_fen) }),
          one.next_due_on && t('bank.nextPayment', { day: one.next_due_on, amount: formatYuan(one.next_amount_fen ?? 0) }),
        ].filter(Boolean).join(' · '),
        tag: t(`bank.loanState.${one.state}`),
        tone: toneOf(one.state),
      })),
      told('applications', all.applications, (one) => ({
        text: `${one.product} ${formatYuan(one.amount_fen)} · ${one.updated_on}`,
        tag: t(`bank.stage.${one.stage}`),
        tone: toneOf(one.stage),
      })),
      told('accounts', all.accounts, (one) => ({
        text: `${one.kind} ${one.tail}`,
        tag: t(`bank.accountState.${one.state}`),
        tone: toneOf(one.state),
      })),
      told('certificates', all.certificates, (one) => ({
        text: t('bank.certificate', { day: one.expires_on }),
        tag: t(`bank.certificateState.${one.state}`),
        tone: toneOf(one.state),
      })),
      { name: t('bank.ebank'), lines: all.ebank ? [{ text: t(`bank.ebankState.${all.ebank}`) }] : null },
    ]
  })
}

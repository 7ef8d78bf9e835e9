/** Errors and reasons in the reader's language; an unknown code is shown as it is, so that it can be reported. */
import { useI18n } from 'vue-i18n'

import { ApiProblem, asCallError } from '../api/problem'

export interface ProblemText {
  textOf: (error: unknown) => string
  reasonText: (reason: string | null | undefined) => string
  ruleText: (rule: string) => string
  mustText: (missing: readonly string[]) => string
}

export function useProblemText(): ProblemText {
  const { t, te } = useI18n()
  const known = (key: string, fallback: string, named: Record<string, unknown> = {}): string =>
    te(key) ? t(key, named) : fallback

  function reasonText(reason: string | null | undefined): string {
    return reason ? known(`reason.${reason}`, t('reason.other', { reason })) : ''
  }

  function textOf(error: unknown): string {
    const problem = asCallError(error)
    if (!(problem instanceof ApiProblem)) return t('problem.network')
    if (problem.code === 'send_refused') return [reasonText(String(problem.fields.reason ?? '')), ...instead(problem)].join(t('alternative.and'))
    if (problem.code === 'unfit_text') return known(`unfit.${String(problem.fields.reason)}`, t('problem.invalid_input'))
    if (problem.code === 'roster_conflict') return known(`clash.${String(problem.fields.reason)}`, t('problem.roster_conflict'))
    if (problem.code === 'campaign_state_conflict') return known(`campaignConflict.${String(problem.fields.state)}`, t('problem.campaign_state_conflict'))
    if (problem.code === 'unfit_file') return known(`audience.unfit.${String(problem.fields.reason)}`, t('problem.unfit_file'))
    if (problem.code === 'unfit_content') return t('knowledge.unfit')
    const missing = Array.isArray(problem.fields.missing) ? problem.fields.missing.join(t('must.and')) : ''
    const owner = String(problem.fields.owner ?? t('problem.somebody'))
    return known(`problem.${problem.code}`, t('problem.other', { code: problem.code }), { owner, missing })
  }

  /** What can be done in place of a message that may not be sent. */
  function instead(problem: ApiProblem): string[] {
    const { alternatives } = problem.fields
    return Array.isArray(alternatives) ? alternatives.map((one) => known(`alternative.${one}`, String(one))) : []
  }

  /** What a text must say besides, as a list. */
  function mustText(missing: readonly string[]): string {
    return missing.map((name) => known(`must.${name}`, name)).join(t('must.and'))
  }

  return { textOf, reasonText, ruleText: (rule) => known(`rule.${rule}`, t('rule.other', { rule })), mustText }
}

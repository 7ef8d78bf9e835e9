/** Who is signed in and what he said about being free. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

import * as api from '../api/desk'
import { onSignedOut, setCsrfToken } from '../api/client'
import type { Me, RepStatus, Session } from '../api/types'
import { worksWithCampaigns } from '../campaigns'
import { claimDrafts, forgetDrafts } from '../composables/useDraft'
import { PAGES, pagesOf, type PageName } from '../pages'

export const useMe = defineStore('me', () => {
  const user = ref<Me | null>(null)
  /** The server ended the session, not the person. */
  const hasExpired = ref(false)
  const serves = computed(() => user.value?.role === 'rep' || user.value?.role === 'supervisor')

  const teaches = computed(() => user.value?.role === 'trainer' || user.value?.role === 'supervisor')
  /** Sees who looked at whose data, and how long what is kept. */
  const audits = computed(() => user.value?.role === 'admin' || user.value?.role === 'supervisor')
  /** Handles what customers ask about their own data. */
  const handlesData = computed(() => user.value?.role === 'supervisor')
  /** Who writes what the bank says does not approve it, and the other way round. */
  const writes = computed(() => user.value?.role === 'marketer' || user.value?.role === 'supervisor')
  const reviews = computed(() => user.value?.role === 'reviewer')
  /** Writes and runs pushes; may hold them; may allow them again after an emergency stop. */
  const pushes = computed(() => user.value?.role === 'marketer')
  const holdsPushes = computed(() => worksWithCampaigns(user.value?.role))
  const liftsStop = computed(() => user.value?.role === 'supervisor' || user.value?.role === 'admin')
  /** The page one starts on. */
  const home = computed<PageName>(() => (user.value && pagesOf(user.value.role)[0]) ?? 'desk')

  /** Whether one has anything to do on this page. */
  function mayOpen(page: PageName): boolean {
    return user.value !== null && PAGES[page].roles.includes(user.value.role)
  }

  async function signIn(username: string, password: string): Promise<void> {
    begin(await api.signIn(username, password))
  }

  /** Take up the session of the cookie, if there is one. */
  async function restore(): Promise<void> {
    begin(await api.getSession())
  }

  /** The person leaves: first no more offers, then the session ends. */
  async function signOut(): Promise<void> {
    if (serves.value) await api.setStatus('offline').catch(() => undefined)
    await api.signOut().catch(() => undefined)
    forget()
    hasExpired.value = false
  }

  /** Say what one wants now; shown at once, taken back when the server refuses. */
  async function setStatus(status: RepStatus): Promise<void> {
    const before = user.value?.status
    applyStatus(status)
    try {
      user.value = await api.setStatus(status)
    } catch (error) {
      if (before) applyStatus(before)
      throw error
    }
  }

  function applyStatus(status: RepStatus): void {
    if (user.value) user.value.status = status
  }

  function begin(session: Session): void {
    setCsrfToken(session.csrf_token)
    user.value = session.user
    claimDrafts(session.user.username)
    hasExpired.value = false
  }

  function forget(): void {
    if (!user.value) return
    user.value = null
    setCsrfToken('')
    forgetDrafts()
  }

  function expire(): void {
    hasExpired.value = user.value !== null
    forget()
  }

  onSignedOut(expire)
  return {
    user,
    serves,
    teaches,
    writes,
    reviews,
    audits,
    handlesData,
    pushes,
    holdsPushes,
    liftsStop,
    home,
    mayOpen,
    hasExpired,
    signIn,
    restore,
    signOut,
    setStatus,
    applyStatus,
    expire,
  }
})

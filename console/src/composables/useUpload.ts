/** Sends a file in pieces; a piece that met no answer is sent again, because the same piece twice is one. */
import { type Ref, ref } from 'vue'

import { addPart, beginList, finishUpload } from '../api/audience'
import { NetworkError } from '../api/problem'
import type { AudienceList, NewAudienceList } from '../api/types'
import { base64 } from '../audience'

const TRIES = 3

interface Upload {
  /** Of the file, 0 to 1; null while nothing is sent. */
  share: Ref<number | null>
  send: (file: File, about: Omit<NewAudienceList, 'file_name' | 'size'>, partBytes: number) => Promise<AudienceList>
}

export function useUpload(): Upload {
  const share = ref<number | null>(null)

  async function send(file: File, about: Omit<NewAudienceList, 'file_name' | 'size'>, partBytes: number): Promise<AudienceList> {
    share.value = 0
    try {
      const { id } = await beginList({ ...about, file_name: file.name, size: file.size })
      const parts = Math.ceil(file.size / partBytes)
      for (let number = 0; number < parts; number += 1) {
        const piece = await bytesOf(file.slice(number * partBytes, (number + 1) * partBytes))
        await sendPart(id, number, base64(piece))
        share.value = (number + 1) / parts
      }
      return await finishUpload(id)
    } finally {
      share.value = null
    }
  }

  return { share, send }
}

async function sendPart(id: number, number: number, content: string): Promise<void> {
  for (let left = TRIES; ; left -= 1) {
    try {
      await addPart(id, number, content)
      return
    } catch (error) {
      if (!(error instanceof NetworkError) || left <= 1) throw error
    }
  }
}

async function bytesOf(piece: Blob): Promise<Uint8Array> {
  return new Uint8Array(await new Response(piece).arrayBuffer())
}

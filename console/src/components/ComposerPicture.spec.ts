import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { ElMessageBox } from 'element-plus'
import { beforeEach, describe, expect, it, vi } from 'vitest'

import { MAX_BYTES, pictureIn, readyPicture } from '../composables/usePicture'
import { useChat } from '../stores/chat'
import { render } from '../test/render'
import { aHandoff, aLine } from '../test/samples'
import { json, problem, Server } from '../test/server'
import ComposerPicture from './ComposerPicture.vue'

const PICTURES = '/api/handoffs/1/pictures'
const png = (): File => new File(['png'], 'a.png', { type: 'image/png' })

let server: Server
let drawn: Blob

class Canvas {
  getContext = (): null => null
  convertToBlob = (): Promise<Blob> => Promise.resolve(drawn)
}

beforeEach(() => {
  server = new Server()
  server.on(`POST ${PICTURES}`, () => json(aLine({ id: 11, speaker: 'rep', kind: 'image' }), 202))
  drawn = new Blob(['drawn'], { type: 'image/png' })
  vi.stubGlobal('createImageBitmap', () => Promise.resolve({ width: 4000, height: 10, close: () => undefined }))
  vi.stubGlobal('OffscreenCanvas', Canvas)
  vi.stubGlobal('URL', Object.assign(URL, { createObjectURL: () => 'blob:1', revokeObjectURL: () => undefined }))
  useChat().show(aHandoff())
})

let held: File | null

async function picked(file: File = png()): Promise<VueWrapper> {
  held = file
  const wrapper: VueWrapper = render(ComposerPicture, {
    id: 1,
    modelValue: file,
    'onUpdate:modelValue': (now: File | null) => {
      held = now
      return wrapper.setProps({ modelValue: now })
    },
  })
  await vi.waitFor(() => expect(dialog()).not.toBeNull())
  return wrapper
}

const dialog = (): HTMLFormElement | null => document.querySelector('.el-dialog form')

describe('a picked picture', () => {
  it.each([true, false])('as the last message goes only when the rep says so: %s', async (says) => {
    vi.spyOn(ElMessageBox, 'confirm').mockImplementation(() => (says ? Promise.resolve('confirm' as never) : Promise.reject(new Error('cancel'))))
    server.on(`POST ${PICTURES}`, (asked) => (asked.body?.is_last_confirmed ? json(aLine({ id: 11, speaker: 'rep', kind: 'image' }), 202) : problem(422, 'last_message')))
    await picked()

    dialog()?.dispatchEvent(new Event('submit', { cancelable: true }))
    await flushPromises()

    expect(server.to(PICTURES).map((asked) => asked.body?.is_last_confirmed)).toEqual(says ? [false, true] : [false])
    expect(held === null).toBe(says)
  })

  it('is shown before it goes, then goes once', async () => {
    const wrapper = await picked()
    expect(dialog()?.querySelector('img')?.src).toBe('blob:1')
    expect(server.to(PICTURES)).toEqual([])

    dialog()?.dispatchEvent(new Event('submit', { cancelable: true }))
    await flushPromises()

    expect(server.to(PICTURES).map((asked) => asked.body?.content)).toEqual([btoa('drawn')])
    expect(useChat().open.get(1)?.lines.at(-1)?.id).toBe(11)
    expect(held).toBeNull()
    wrapper.unmount()
  })

  it('is tried again under the same key', async () => {
    server.on(`POST ${PICTURES}`, () => problem(503, 'retry_later'))
    const wrapper = await picked()

    for (let times = 0; times < 2; times++) {
      dialog()?.dispatchEvent(new Event('submit', { cancelable: true }))
      await flushPromises()
    }

    const keys = server.to(PICTURES).map((asked) => asked.body?.client_key)
    expect(keys).toHaveLength(2)
    expect(new Set(keys).size).toBe(1)
    wrapper.unmount()
  })

  it('is put away when the rep goes to another chat', async () => {
    const wrapper = await picked()

    await wrapper.setProps({ id: 2 })

    expect(held).toBeNull()
    wrapper.unmount()
  })
})

describe('readyPicture', () => {
  it.each([['image/gif'], ['image/svg+xml'], ['application/pdf']])('refuses %s', async (type) => {
    await expect(readyPicture(new Blob(['x'], { type }))).rejects.toThrow('kind')
  })

  it('refuses what the browser cannot draw', async () => {
    await expect(readyPicture(png(), () => Promise.reject(new Error('broken')))).rejects.toThrow('kind')
  })

  it('refuses what is too big even when drawn anew', async () => {
    const huge = { size: MAX_BYTES + 1 } as Blob

    await expect(readyPicture(png(), () => Promise.resolve(huge))).rejects.toThrow('size')
  })
})

it('finds the first picture on the clipboard', () => {
  const text = new File(['x'], 'a.txt', { type: 'text/plain' })

  expect(pictureIn({ files: [text, png()] } as unknown as DataTransfer)?.name).toBe('a.png')
  expect(pictureIn(null)).toBeUndefined()
})

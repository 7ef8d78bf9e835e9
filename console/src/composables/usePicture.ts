/** Makes a picked or pasted picture ready to be sent: drawn anew, which leaves out where and with what it was taken, and not needlessly big. */

export const PICTURES = ['image/png', 'image/jpeg']
/** The platform's limit. */
export const MAX_BYTES = 10 * 1024 * 1024
const LONGEST_SIDE = 2000
const QUALITY = 0.88
/** A drawing or a screenshot stays sharp as PNG as long as it is small. */
const SMALL_PNG = 1024 * 1024

export interface ReadyPicture {
  url: string
  content: string
}

/** Draws a file anew. Rejects for what the browser cannot draw. */
export type Draw = (file: Blob) => Promise<Blob>

/** The picture ready to be sent, with an address to show it by. Throws Error('kind') or Error('size'). */
export async function readyPicture(file: Blob, draw: Draw = drawnAnew): Promise<ReadyPicture> {
  if (!PICTURES.includes(file.type)) throw new Error('kind')
  const drawn = await draw(file).catch(() => {
    throw new Error('kind')
  })
  if (drawn.size > MAX_BYTES) throw new Error('size')
  return { url: URL.createObjectURL(drawn), content: await base64Of(drawn) }
}

/** The first picture on a clipboard or in a drop, if there is one. */
export function pictureIn(data: DataTransfer | null): File | undefined {
  return [...(data?.files ?? [])].find((file) => file.type.startsWith('image/'))
}

async function drawnAnew(file: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(file)
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height))
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale)))
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  bitmap.close()
  const sharp = file.type === 'image/png' ? await canvas.convertToBlob({ type: 'image/png' }) : null
  return sharp && sharp.size <= SMALL_PNG ? sharp : canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY })
}

export function base64Of(blob: Blob): Promise<string> {
  return new Promise((done, failed) => {
    const reader = new FileReader()
    reader.onload = () => done(String(reader.result).split(',')[1] ?? '')
    reader.onerror = () => failed(new Error('kind'))
    reader.readAsDataURL(blob)
  })
}

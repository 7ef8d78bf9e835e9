/** Makes a picture fit for articles: the platform takes JPG and PNG below 1 MB, so a larger one is drawn smaller until it fits. */
import * as api from '../api/articles'
import { base64Of, PICTURES } from './usePicture'

export const MAX_BYTES = 1024 * 1024 - 1
const SIDES = [1280, 1080, 800, 600]
const QUALITY = 0.86

export type Draw = (file: Blob, side: number) => Promise<Blob>

/** Uploads a picture; its id and address. Throws Error('kind') or Error('size'), ApiProblem, NetworkError. */
export async function uploadPicture(file: Blob, draw: Draw = drawn): Promise<{ id: number; url: string }> {
  return api.addPicture(await base64Of(await fitting(file, draw)))
}

/** The picture as it is when it is small enough, else drawn smaller. */
export async function fitting(file: Blob, draw: Draw = drawn): Promise<Blob> {
  if (!PICTURES.includes(file.type)) throw new Error('kind')
  if (file.size <= MAX_BYTES) return file
  for (const side of SIDES) {
    const smaller = await draw(file, side).catch(() => {
      throw new Error('kind')
    })
    if (smaller.size <= MAX_BYTES) return smaller
  }
  throw new Error('size')
}

async function drawn(file: Blob, side: number): Promise<Blob> {
  const bitmap = await createImageBitmap(file)
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height))
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale)))
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  bitmap.close()
  return canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY })
}

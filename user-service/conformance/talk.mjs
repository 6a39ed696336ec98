// The tests of user-service talk to these programs by lines of JSON.
import { createInterface } from 'node:readline'

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()

export const say = (what) => process.stdout.write(JSON.stringify(what) + '\n')

export const hear = async () => {
  const { value, done } = await lines.next()
  return done ? undefined : JSON.parse(value)
}

export const expect = (ok, what) => {
  if (!ok) throw new Error(`expected ${what}`)
}

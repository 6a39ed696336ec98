// Chromium, as a person uses it: without scripts, with the keyboard alone, on a
// phone and on a desk, by day and by night.
import puppeteer from 'puppeteer-core'
import axe from 'axe-core'
import { mkdir } from 'node:fs/promises'
import { say, hear, expect } from './talk.mjs'

const { executable, address, redirect, email, password, folder } = await hear()
await mkdir(folder, { recursive: true })
const browser = await puppeteer.launch({ executablePath: executable, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] })
process.on('exit', () => browser.process()?.kill())

const screens = { phone: { width: 320, height: 568, isMobile: true, hasTouch: true }, desk: { width: 1280, height: 800 } }

// fits: nothing is wider than the screen, and what one touches is large enough.
const fits = async (page, where) => {
  const found = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth > innerWidth,
    small: [...document.querySelectorAll('button, a, input:not([type=hidden])')].filter((e) => e.getBoundingClientRect().height < 44).map((e) => e.outerHTML),
  }))
  expect(!found.wide, `${where} to fit the screen`)
  expect(found.small.length === 0, `large targets on ${where}, not ${found.small}`)
}

// accessible: axe-core finds nothing against WCAG 2.2 AA, contrast included, and
// every field has a name.
const accessible = async (page, where) => {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() => axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
  expect(violations.length === 0, `no violations on ${where}: ${JSON.stringify(violations.map((v) => [v.id, v.nodes.map((n) => n.html)]))}`)
}

const open = async (scheme, screen, scripts) => {
  const context = await browser.createBrowserContext()
  const page = await context.newPage()
  page.setDefaultTimeout(120_000) // a machine may be busy
  await page.setJavaScriptEnabled(scripts)
  await page.setViewport(screens[screen])
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
  await page.goto(address)
  return page
}

const focused = (page) => page.evaluate(() => document.activeElement.textContent.trim() || document.activeElement.name)

// begins waits until a new page has focused name by itself: that comes with its
// first rendering, which a busy machine does well after the page is loaded.
const begins = async (page, name, why) => {
  const late = Date.now() + 120_000
  while ((await focused(page)) !== name) {
    if (Date.now() > late) expect(false, `${why}, not ${await focused(page)} of ${await page.evaluate(() => document.body.innerText)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

// press tabs on to what has a name and presses Enter there.
const press = async (page, name) => {
  for (let i = 0; i < 20 && (await focused(page)) !== name; i++) await page.keyboard.press('Tab')
  expect((await focused(page)) === name, `to reach ${name} with the keyboard`)
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')])
}

const signIn = async (page, word) => {
  expect((await focused(page)) === 'password', 'the password to have the keyboard')
  await page.keyboard.type(word)
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')])
}

for (const [scheme, screen, scripts] of [
  ['light', 'phone', false], ['dark', 'desk', false], ['light', 'desk', true], ['dark', 'phone', true], // axe-core is a script
]) {
  const page = await open(scheme, screen, scripts)
  const look = async (name) => {
    await fits(page, name)
    if (scripts) await accessible(page, `${name}, ${scheme}`)
    await page.screenshot({ path: `${folder}/${name}-${screen}-${scheme}.png`, fullPage: true })
  }
  await look('sign-in')
  await begins(page, 'email', 'the first try to begin at the address')
  await page.keyboard.type(email)
  await page.keyboard.press('Tab')
  await signIn(page, 'Wr0ng-Secret')
  await begins(page, 'password', 'a second try to begin at the password')
  await look('mistake')
  await signIn(page, password)
  await look('consent')
  await press(page, 'Allow')
  expect(page.url().startsWith(redirect) && new URL(page.url()).searchParams.has('code'), `a code, not ${page.url()}`)
  await page.browserContext().close()
}
const page = await open('light', 'phone', false)
await page.goto(address.replace('client_id=', 'client_id=un'))
await fits(page, 'failure')
await page.screenshot({ path: `${folder}/failure-phone-light.png` })
await browser.close()
say('done')
process.exit(0)

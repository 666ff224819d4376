// Drives a Firefox by its own remote control (Marionette: JSON with its length in front, over a socket), for the few things that the smoke journey
// needs. It knows nothing of the page.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

/** @typedef {{ [key: string]: string }} ElementReference */

/** The Firefox of this machine, or nothing. */
export function firefoxPath() {
  const places = [process.env.FIREFOX, ...(process.env.PATH ?? '').split(path.delimiter).flatMap(folder => ['firefox', 'firefox-esr'].map(name => path.join(folder, name)))];
  return places.find(place => place && fs.existsSync(place));
}

export class Firefox {
  /** @type {Map<number, { done: (value: any) => void, failed: (error: Error) => void }>} */
  #waiting = new Map();
  #next = 1;
  #input = Buffer.alloc(0);

  /**
   * @param {net.Socket} socket
   * @param {import('node:child_process').ChildProcess} program
   * @param {string} profile
   */
  constructor(socket, program, profile) {
    this.socket = socket;
    this.program = program;
    this.profile = profile;
    socket.on('data', data => this.#hear(data));
    socket.on('close', () => { for (const { failed } of this.#waiting.values()) failed(new Error('Firefox has gone')); });
  }

  /** @param {string} executable */
  static async start(executable) {
    const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'spandeck-firefox-'));
    const port = await new Promise(done => {
      const server = net.createServer().listen(0, '127.0.0.1', () => {
        const { port: free } = /** @type {net.AddressInfo} */ (server.address());
        server.close(() => done(free));
      });
    });
    // Nothing of Firefox's own asks the network.
    const preferences = {
      'marionette.port': port, 'app.update.disabledForTesting': true, 'datareporting.policy.dataSubmissionEnabled': false, 'toolkit.telemetry.server': '',
      'browser.safebrowsing.malware.enabled': false, 'browser.safebrowsing.phishing.enabled': false, 'services.settings.server': 'data:,',
      'network.captive-portal-service.enabled': false, 'network.connectivity-service.enabled': false, 'extensions.update.enabled': false,
      'app.normandy.enabled': false, 'browser.shell.checkDefaultBrowser': false, 'browser.aboutwelcome.enabled': false,
    };
    fs.writeFileSync(path.join(profile, 'user.js'), Object.entries(preferences).map(([key, value]) => `user_pref(${JSON.stringify(key)}, ${JSON.stringify(value)});\n`).join(''));
    const program = spawn(executable, ['--marionette', '--headless', '--no-remote', '--profile', profile, '--width', '1440', '--height', '900'], { stdio: 'ignore', env: { ...process.env, HOME: profile } });
    const giveUp = Date.now() + 60_000;
    for (;;) {
      const socket = await new Promise(done => {
        const attempt = net.connect(/** @type {number} */ (port), '127.0.0.1', () => done(attempt)).once('error', () => done(null));
      });
      if (socket) {
        const firefox = new Firefox(socket, program, profile);
        await firefox.send('WebDriver:NewSession', { capabilities: { alwaysMatch: { acceptInsecureCerts: false, timeouts: { script: 120_000, pageLoad: 120_000, implicit: 0 } } } });
        return firefox;
      }
      if (Date.now() > giveUp || program.exitCode !== null) throw new Error(`Firefox does not answer on port ${port}`);
      await new Promise(done => setTimeout(done, 100));
    }
  }

  /** @param {Buffer} data */
  #hear(data) {
    this.#input = Buffer.concat([this.#input, data]);
    for (;;) {
      const colon = this.#input.indexOf(':');
      const length = colon < 0 ? NaN : Number(this.#input.subarray(0, colon).toString());
      if (!(this.#input.length >= colon + 1 + length)) return;
      const message = JSON.parse(this.#input.subarray(colon + 1, colon + 1 + length).toString());
      this.#input = this.#input.subarray(colon + 1 + length);
      // The greeting is an object; answers are [1, id, error, result].
      if (!Array.isArray(message)) continue;
      const [, id, error, result] = message;
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) waiting?.failed(new Error(`${error.error}: ${error.message}`));
      else waiting?.done(result?.value ?? result);
    }
  }

  /**
   * @param {string} command
   * @param {Record<string, unknown>} [parameters]
   * @returns {Promise<any>}
   */
  send(command, parameters = {}) {
    const id = this.#next;
    this.#next += 1;
    const text = JSON.stringify([0, id, command, parameters]);
    this.socket.write(`${Buffer.byteLength(text)}:${text}`);
    return new Promise((done, failed) => this.#waiting.set(id, { done, failed }));
  }

  /** @param {string} url */
  open(url) {
    return this.send('WebDriver:Navigate', { url });
  }

  /**
   * The value of an asynchronous function's body in the page.
   * @param {string} body
   * @param {unknown[]} [args] the body's `args`
   */
  run(body, args = []) {
    const script = `const done = arguments[arguments.length - 1]; const args = [...arguments].slice(0, -1); (async () => { ${body} })().then(value => done({ value }), error => done({ error: String(error) }));`;
    return this.send('WebDriver:ExecuteAsyncScript', { script, args, newSandbox: false }).then(answer => {
      if (answer?.error) throw new Error(answer.error);
      return answer?.value;
    });
  }

  /** Until a selector matches. @param {string} selector @returns {Promise<ElementReference>} */
  async find(selector, patienceMs = 60_000) {
    const giveUp = Date.now() + patienceMs;
    for (;;) {
      try {
        return await this.send('WebDriver:FindElement', { using: 'css selector', value: selector });
      } catch (error) {
        if (Date.now() > giveUp || !/no such element/.test(String(error))) throw error;
        await new Promise(done => setTimeout(done, 50));
      }
    }
  }

  /** @param {string} selector */
  async click(selector) {
    await this.send('WebDriver:ElementClick', { id: Object.values(await this.find(selector))[0] });
  }

  /** Types into an element; a file's path into a chooser of files. @param {string} selector @param {string} text */
  async type(selector, text) {
    await this.send('WebDriver:ElementSendKeys', { id: Object.values(await this.find(selector))[0], text });
  }

  /** @param {string} file a PNG of what is shown */
  async screenshot(file) {
    fs.writeFileSync(file, Buffer.from(await this.send('WebDriver:TakeScreenshot', { full: false }), 'base64'));
  }

  async close() {
    const gone = new Promise(done => this.program.once('exit', done));
    await this.send('Marionette:Quit', { flags: ['eForceQuit'] }).catch(() => this.program.kill('SIGKILL'));
    await gone;
    this.socket.destroy();
    fs.rmSync(this.profile, { recursive: true, force: true });
  }
}

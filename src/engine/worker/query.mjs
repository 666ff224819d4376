// Runs queries side by side on one thread, each on a connection of its own, in short slices, so that a long one neither blocks
// a short one nor a cancel. It must not know what the SQL means, and it never gathers a whole result: batches leave as they come.

import { connectionNumber } from './boot.mjs';
import { EngineError, toEngineError } from './errors.mjs';
import { refuseForbidden } from './gate.mjs';

/** At most this many queries run at once; more wait their turn. */
const MAX_RUNNING = 8;

/** A pooled connection must not keep a transaction that its query opened. */
const OPENS_TRANSACTION = /\b(?:begin|start)\b/i;

/** @typedef {{ cancelled: boolean, later: boolean, wake?: () => void }} Ticket a query's right to run; `wake` is set while it waits */

const channel = new MessageChannel();
/** @type {(() => void)[]} */
const resting = [];
channel.port1.onmessage = () => resting.shift()?.();

/** One turn of the event loop, in which the page's messages are heard. A timer would be clamped to 4 ms. */
function turn() {
  return new Promise(resolve => {
    resting.push(() => resolve(undefined));
    channel.port2.postMessage(null);
  });
}

export class Queries {
  /** @param {import('./boot.mjs').Engine} engine */
  constructor({ db }) {
    this.db = db;
    /** @type {Map<number, Ticket>} */
    this.tickets = new Map();
    /** Idle connections. The lowest is lent first, so a lone reader keeps the connection that holds its temporary tables. @type {number[]} */
    this.idle = [];
    /** @type {Ticket[]} */
    this.waiting = [];
    this.running = 0;
    /** Of those that run, how many a reader waits for. */
    this.urgent = 0;
    /** Connections of sessions, and the last query of each. @type {Map<string, { conn: number, last: Promise<unknown> }>} */
    this.sessions = new Map();
    this.locked = false;
  }

  /** From now on statements that would break the page's own queries are refused. */
  lock() {
    this.locked = true;
  }

  /**
   * Runs all statements of `sql`; the last one's result goes to `emit` as pieces of one Arrow IPC stream.
   * @param {number} id
   * @param {{ sql: string, session?: string, later?: boolean }} request a query that can wait (`later`) rests while others run; queries of one session run in order on one connection, which no other query gets:
   *   temporary tables, variables and transactions live there
   * @param {(bytes: Uint8Array) => void} emit
   * @returns {Promise<{ elapsedMs: number }>}
   */
  async run(id, { sql, session, later = false }, emit) {
    /** @type {Ticket} */
    const ticket = { cancelled: false, later };
    this.tickets.set(id, ticket);
    try {
      if (this.locked) refuseForbidden(this.db, sql);
      if (session !== undefined) return await this.runInSession(ticket, session, sql, emit);
      while (this.running >= MAX_RUNNING) {
        await new Promise(resolve => {
          ticket.wake = () => resolve(undefined);
          this.waiting.push(ticket);
        });
        throwIfCancelled(ticket);
      }
      this.running += 1;
      try {
        const conn = this.idle.shift() ?? connectionNumber(this.db);
        try {
          return await this.runNow(ticket, conn, sql, emit, true);
        } finally {
          this.idle.push(conn);
          this.idle.sort((a, b) => a - b);
        }
      } finally {
        this.running -= 1;
        this.waiting.shift()?.wake?.();
      }
    } finally {
      this.tickets.delete(id);
    }
  }

  /**
   * A query that has ended, or never was, is not an error: the cancel came too late.
   * @param {number} id
   */
  cancel(id) {
    const ticket = this.tickets.get(id);
    if (!ticket) return;
    ticket.cancelled = true;
    const place = this.waiting.indexOf(ticket);
    if (place >= 0) this.waiting.splice(place, 1);
    ticket.wake?.();
  }

  /**
   * @param {Ticket} ticket
   * @param {string} name
   * @param {string} sql
   * @param {(bytes: Uint8Array) => void} emit
   */
  async runInSession(ticket, name, sql, emit) {
    const session = this.sessions.get(name) ?? { conn: connectionNumber(this.db), last: Promise.resolve() };
    this.sessions.set(name, session);
    const before = session.last;
    const cancelled = new Promise(resolve => {
      ticket.wake = () => resolve(undefined);
    });
    const result = Promise.race([before, cancelled]).then(() => this.runNow(ticket, session.conn, sql, emit, false));
    // One that was cancelled while it waited must not let the next overtake the one that runs.
    session.last = Promise.allSettled([before, result]);
    return result;
  }

  /**
   * @param {Ticket} ticket
   * @param {number} conn
   * @param {string} sql
   * @param {(bytes: Uint8Array) => void} emit
   * @param {boolean} isPooled others will get the connection: it must keep nothing
   */
  async runNow(ticket, conn, sql, emit, isPooled) {
    let clean = false;
    throwIfCancelled(ticket);
    if (!ticket.later) this.urgent += 1;
    try {
      const startMs = performance.now();
      // Several requests may have arrived with a cancel behind them: hear it before the first slice.
      await this.turnOf(ticket);
      throwIfCancelled(ticket);
      let header = this.db.startPendingQuery(conn, sql, true);
      while (header === null) {
        await this.turnOf(ticket);
        throwIfCancelled(ticket);
        header = this.db.pollPendingQuery(conn);
      }
      emit(header);
      for (;;) {
        await this.turnOf(ticket);
        throwIfCancelled(ticket);
        const batch = this.db.fetchQueryResults(conn);
        // null: no batch within this slice. Empty: the end.
        if (batch === null) continue;
        if (batch.length === 0) break;
        emit(batch);
      }
      clean = !isPooled || !OPENS_TRANSACTION.test(sql);
      return { elapsedMs: performance.now() - startMs };
    } catch (error) {
      const known = toEngineError(error);
      // A crashed module must not be called again, not even to tidy up.
      if (known.kind === 'fatal') clean = true;
      throw known;
    } finally {
      if (!ticket.later) this.urgent -= 1;
      if (!clean) this.settle(conn, isPooled);
    }
  }

  /** The next turn of a query. @param {Ticket} ticket */
  async turnOf(ticket) {
    do await turn(); while (ticket.later && this.urgent > 0 && !ticket.cancelled);
  }

  /**
   * Ends what is still under way on a connection: an unfinished query, a half-read stream and, if asked, an open transaction.
   * @param {number} conn
   * @param {boolean} rollBack
   */
  settle(conn, rollBack) {
    this.db.cancelPendingQuery(conn);
    try {
      this.db.runQuery(conn, rollBack ? 'ROLLBACK' : 'SELECT 1');
    } catch (error) {
      // Mostly there was no transaction; starting a statement has ended the query all the same.
      const known = toEngineError(error);
      if (known.kind === 'fatal') throw known;
    }
  }
}

/** @param {Ticket} ticket */
function throwIfCancelled(ticket) {
  if (ticket.cancelled) throw new EngineError('cancelled', 'The query was cancelled.');
}

// Runs queries side by side on one thread, each on a connection of its own, in short slices, so that a long one neither blocks
// a short one nor a cancel. It must not know what the SQL means, and it never gathers a whole result: batches leave as they come.

import { connectionNumber } from './boot.mjs';
import { EngineError, toEngineError } from './errors.mjs';
import { refuseForbidden } from './gate.mjs';
import { putReadersNames, withListNames, withReadersNames } from './json_rename.mjs';

/** At most this many queries run at once; more wait their turn. */
const MAX_RUNNING = 8;

/**
 * How long the oldest query that a reader waits for has the thread to itself, in milliseconds of work. Two short ones that share it are both as
 * late as the second need be; a long one must not hold up the short ones behind it.
 */
const ALONE_MS = 200;

/** A pooled connection must not keep a transaction that its query opened. */
const OPENS_TRANSACTION = /\b(?:begin|start)\b/i;

/** When a query runs among others: `first` passes those that were asked before it, `later` rests while others run. @typedef {'first' | 'asked' | 'later'} Turn */

/**
 * @typedef {{ cancelled: boolean, turn: Turn, ahead: number, untaken: number, workedMs: number, wake?: () => void }} Ticket a query's right to run; `wake`
 *   is set while it waits; `workedMs` is how long it had the thread; `untaken` counts the bytes that the page has not taken yet; nothing more is made while they are more than `ahead`
 */

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
  constructor({ db, hasJson }) {
    this.db = db;
    this.hasJson = hasJson;
    /** @type {Map<number, Ticket>} */
    this.tickets = new Map();
    /** Idle connections. The lowest is lent first, so a lone reader keeps the connection that holds its temporary tables. @type {number[]} */
    this.idle = [];
    /** @type {Ticket[]} */
    this.waiting = [];
    this.running = 0;
    /** Of those that run, the ones that a reader waits for, oldest first. @type {Set<Ticket>} */
    this.urgent = new Set();
    /** Connections of sessions, the last query of each, and all that run or wait. @type {Map<string, { conn: number, last: Promise<unknown>, tickets: Set<Ticket> }>} */
    this.sessions = new Map();
    /** The page's own names in `main`, in small letters; null until the lock. @type {Set<string> | null} */
    this.own = null;
  }

  /**
   * From now on statements that would break the page's own queries are refused; such of sessions, which are the reader's, also where they would
   * change something of the page.
   * @param {string[]} own the page's names in `main`
   */
  lock(own) {
    this.own = new Set(own.map(name => name.toLowerCase()));
  }

  /** Ends all sessions: what runs in them is cancelled, their transactions are undone, their temporary tables and variables are gone. */
  async endSessions() {
    const ended = [...this.sessions.values()];
    this.sessions.clear();
    for (const { conn, last, tickets } of ended) {
      for (const ticket of tickets) stop(ticket);
      await last;
      this.db.disconnect(conn);
    }
  }

  /**
   * Runs all statements of `sql`; the last one's result goes to `emit` as pieces of one Arrow IPC stream.
   * @param {number} id
   * @param {{ sql: string, session?: string, turn?: Turn, ahead?: number }} request queries of one session run in order on one connection, which no other query gets:
   *   temporary tables, variables and transactions live there; with `ahead` it rests while more bytes than that were sent and not yet `taken`
   * @param {(bytes: Uint8Array) => void} emit
   * @returns {Promise<{ elapsedMs: number }>}
   */
  async run(id, { sql, session, turn = 'asked', ahead = Infinity }, emit) {
    /** @type {Ticket} */
    const ticket = { cancelled: false, turn, ahead, untaken: 0, workedMs: 0 };
    this.tickets.set(id, ticket);
    try {
      if (this.own) refuseForbidden(this.db, sql, session === undefined ? null : this.own);
      const sent = this.hasJson ? sql : withListNames(this.db, sql);
      if (sent !== sql) emit = afterHeader(putReadersNames, emit);
      if (session !== undefined) return await this.runInSession(ticket, session, sent, emit);
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
          return await this.runNow(ticket, conn, sent, emit, true);
        } finally {
          this.idle.push(conn);
          this.idle.sort((a, b) => a - b);
        }
      } finally {
        this.running -= 1;
        this.waiting.shift()?.wake?.();
      }
    } catch (error) {
      const { kind, message } = toEngineError(error);
      throw new EngineError(kind, withReadersNames(message));
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
    const place = this.waiting.indexOf(ticket);
    if (place >= 0) this.waiting.splice(place, 1);
    stop(ticket);
  }

  /**
   * The page is done with a piece of a query that was asked with `ahead`.
   * @param {number} id
   * @param {number} bytes
   */
  taken(id, bytes) {
    const ticket = this.tickets.get(id);
    if (!ticket) return;
    ticket.untaken -= bytes;
    ticket.wake?.();
  }

  /**
   * @param {Ticket} ticket
   * @param {string} name
   * @param {string} sql
   * @param {(bytes: Uint8Array) => void} emit
   */
  async runInSession(ticket, name, sql, emit) {
    const session = this.sessions.get(name) ?? { conn: connectionNumber(this.db), last: Promise.resolve(), tickets: new Set() };
    this.sessions.set(name, session);
    session.tickets.add(ticket);
    const before = session.last;
    const cancelled = new Promise(resolve => {
      ticket.wake = () => resolve(undefined);
    });
    const result = Promise.race([before, cancelled]).then(() => this.runNow(ticket, session.conn, sql, emit, false));
    // One that was cancelled while it waited must not let the next overtake the one that runs.
    session.last = Promise.allSettled([before, result]).then(() => session.tickets.delete(ticket));
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
    if (ticket.turn !== 'later') this.urgent.add(ticket);
    try {
      const startMs = performance.now();
      // Several requests may have arrived with a cancel behind them: hear it before the first slice.
      await this.turnOf(ticket);
      throwIfCancelled(ticket);
      let header = working(ticket, () => this.db.startPendingQuery(conn, sql, true));
      while (header === null) {
        await this.turnOf(ticket);
        throwIfCancelled(ticket);
        header = working(ticket, () => this.db.pollPendingQuery(conn));
      }
      ticket.untaken += header.buffer.byteLength;
      emit(header);
      for (;;) {
        await this.turnOf(ticket);
        await this.roomFor(ticket);
        throwIfCancelled(ticket);
        const batch = working(ticket, () => this.db.fetchQueryResults(conn));
        // null: no batch within this slice. Empty: the end.
        if (batch === null) continue;
        if (batch.length === 0) break;
        ticket.untaken += batch.buffer.byteLength;
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
      this.urgent.delete(ticket);
      if (!clean) this.settle(conn, isPooled);
    }
  }

  /** The next turn of a query. @param {Ticket} ticket */
  async turnOf(ticket) {
    do await turn(); while (!ticket.cancelled && this.othersGoFirst(ticket));
  }

  /** @param {Ticket} ticket */
  othersGoFirst(ticket) {
    if (ticket.turn === 'later') return this.urgent.size > 0;
    let isOlder = true;
    for (const other of this.urgent) {
      if (other === ticket) isOlder = false;
      else if (other.workedMs < ALONE_MS && (other.turn === ticket.turn ? isOlder : other.turn === 'first')) return true;
    }
    return false;
  }

  /** Until the page has taken enough of what was sent. Meanwhile queries that can wait may run. @param {Ticket} ticket */
  async roomFor(ticket) {
    if (ticket.untaken <= ticket.ahead) return;
    this.urgent.delete(ticket);
    while (ticket.untaken > ticket.ahead && !ticket.cancelled) {
      await new Promise(resolve => {
        ticket.wake = () => resolve(undefined);
      });
    }
    if (ticket.turn !== 'later') this.urgent.add(ticket);
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

/**
 * @param {(header: Uint8Array) => void} change what is done to the first piece before it goes on
 * @param {(bytes: Uint8Array) => void} emit
 */
function afterHeader(change, emit) {
  let isFirst = true;
  return (/** @type {Uint8Array} */ bytes) => {
    if (isFirst) change(bytes);
    isFirst = false;
    emit(bytes);
  };
}

/**
 * One slice of work.
 * @template T
 * @param {Ticket} ticket
 * @param {() => T} work
 */
function working(ticket, work) {
  const startMs = performance.now();
  try {
    return work();
  } finally {
    ticket.workedMs += performance.now() - startMs;
  }
}

/** @param {Ticket} ticket */
function stop(ticket) {
  ticket.cancelled = true;
  ticket.wake?.();
}

/** @param {Ticket} ticket */
function throwIfCancelled(ticket) {
  if (ticket.cancelled) throw new EngineError('cancelled', 'The query was cancelled.');
}

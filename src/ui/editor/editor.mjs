// The SQL editor of the page: CodeMirror in a shadow root, because the page's policy allows no <style> elements and CodeMirror then uses
// constructible stylesheets. Loaded only when a mode shows an editor. What could be typed next, how a text is laid out and what a key does is
// settled by the caller; nothing here knows a table.

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, startCompletion } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentLess, indentMore, isolateHistory } from '@codemirror/commands';
import { SQLDialect, sql } from '@codemirror/lang-sql';
import { HighlightStyle, bracketMatching, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, Prec, StateEffect } from '@codemirror/state';
import { EditorView, drawSelection, dropCursor, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers, placeholder } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/**
 * @typedef {object} Choice
 * @property {string} label
 * @property {string} apply
 * @property {string} type
 * @property {string} detail
 * @property {string} info
 * @property {number} boost
 */

/**
 * What the caller does. Places are in UTF-16 units.
 * @typedef {object} Caller
 * @property {(text: string) => void} changed
 * @property {(from: number, to: number) => void} moved the selection
 * @property {(text: string, at: number) => string} complete gives JSON: `{ from, to, options: Choice[] }`
 * @property {(command: string) => boolean} command a key of the editor's own was pressed; whether it is done
 */

/**
 * @typedef {object} Start
 * @property {string} name of the text, see `show`
 * @property {string} text
 * @property {number} from selection
 * @property {number} to
 * @property {string} label
 * @property {string} description
 * @property {string} placeholder
 * @property {string} testid
 * @property {Record<string, string>} keys a key as CodeMirror writes it, and the command it stands for
 */

/** Words of DuckDB's language; a word that is a common name as well (name, type, value) is none of them. */
const KEYWORDS = `all alter analyze and anti any as asc asof attach begin between by case cast check collate column columns commit copy create cross cube current
 default delete desc describe detach distinct drop else end except exclude execute exists explain extract filter following for foreign from full glob group grouping
 having if ilike in inner insert intersect into is join key lambda lateral left like limit macro materialized natural not nulls offset on or order outer over partition
 pivot positional preceding prepare primary qualify range recursive references replace returning right rollback rollup row rows sample schema select semi sequence set sets
 similar summarize table temp temporary then to try_cast unbounded union unique unpivot update using values view when where window with within without`;

/** Functions that most statements use; all others are offered, and coloured as names. */
const FUNCTIONS = `abs age any_value approx_count_distinct approx_quantile arg_max arg_min array_agg array_length avg bool_and bool_or cardinality ceil coalesce concat
 contains count count_if current_date date_diff date_part date_trunc dense_rank element_at ends_with epoch_ms epoch_ns extract first first_value flatten floor format generate_series
 greatest histogram ifnull json_array_length json_each json_exists json_extract json_extract_string json_keys json_tree json_type json_valid json_value lag last last_value
 lead least len length list list_contains list_distinct list_filter list_sort list_transform ln log lower lpad make_timestamp_ns map map_keys max md5 median min mode mod now nth_value
 ntile nullif percent_rank position pow printf quantile quantile_cont quantile_disc rank regexp_extract regexp_full_match regexp_matches regexp_replace replace reverse
 round row_number rpad sign split_part sqrt starts_with stddev strftime string_agg string_split strptime struct_pack substr substring sum time_bucket to_timestamp trim trunc
 unnest upper var_pop variance year`;

const TYPES = `bigint bignum bit blob bool boolean char date decimal double enum float hugeint int int2 int4 int8 integer interval json list numeric real smallint struct text time
 timestamp timestamptz timestamp_ms timestamp_ns timestamp_s tinyint ubigint uhugeint uinteger usmallint utinyint uuid varchar`;

const DuckDB = SQLDialect.define({
  keywords: KEYWORDS.replace(/\s+/g, ' '),
  builtin: FUNCTIONS.replace(/\s+/g, ' '),
  types: TYPES.replace(/\s+/g, ' '),
  doubleDollarQuotedStrings: true,
  operatorChars: '+-*/<>=~!@#%^&|',
  caseInsensitiveIdentifiers: true,
});

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--code-kw)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-str)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-num)' },
  { tag: [tags.typeName, tags.standard(tags.name)], color: 'var(--code-key)' },
  { tag: tags.comment, color: 'var(--code-com)' },
]);

const look = EditorView.theme({
  '&': { height: '100%', color: 'var(--text-1)', backgroundColor: 'var(--bg-1)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { font: '13px/20px var(--mono)', fontVariantLigatures: 'none', overflow: 'auto' },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--accent)' },
  '.cm-line': { padding: '0 12px 0 4px' },
  '.cm-gutters': { backgroundColor: 'var(--bg-1)', color: 'var(--text-3)', border: 'none', paddingLeft: '8px' },
  '.cm-lineNumbers .cm-gutterElement': { fontSize: '12px', minWidth: '24px', padding: '0 8px 0 4px' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine, &.cm-focused .cm-activeLineGutter': { backgroundColor: 'var(--bg-2)' },
  '.cm-cursor, .cm-dropCursor': { borderLeft: '2px solid var(--accent)' },
  '.cm-placeholder': { color: 'var(--text-3)' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': { background: 'var(--brush)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--accent-soft)' },
  '.cm-searchMatch': { backgroundColor: 'var(--warn-soft)', outline: '1px solid var(--warn-line)' },
  '.cm-searchMatch.cm-searchMatch-selected': { backgroundColor: 'var(--warn-line)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--accent-soft)', outline: '1px solid var(--accent-line)' },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'var(--error-soft)' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--error)', textUnderlineOffset: '3px', backgroundColor: 'var(--error-soft)' },
  '.cm-lintPoint-error::after': { borderBottomColor: 'var(--error)' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--error)', font: 'var(--t-12)', whiteSpace: 'pre-wrap' },
  '.cm-tooltip': { border: 'none', borderRadius: 'var(--r-2)', backgroundColor: 'var(--bg-pop)', color: 'var(--text-1)', boxShadow: 'var(--shadow-3)', overflow: 'hidden' },
  '.cm-tooltip.cm-tooltip-autocomplete': { overflow: 'visible' },
  '.cm-tooltip-autocomplete > ul': { font: '12px/18px var(--mono)', maxHeight: '14em', minWidth: '240px', padding: '4px' },
  '.cm-tooltip-autocomplete > ul > li': { display: 'flex', alignItems: 'center', gap: '8px', padding: '2px 6px', borderRadius: 'var(--r-1)' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--bg-selected)', color: 'var(--text-1)' },
  '.cm-completionLabel': { flex: '1 1 auto', overflow: 'hidden', textOverflow: 'ellipsis' },
  '.cm-completionMatchedText': { textDecoration: 'none', color: 'var(--accent)', fontWeight: '600' },
  '.cm-completionDetail': { color: 'var(--text-2)', font: 'var(--t-11)', fontStyle: 'normal', margin: '0' },
  '.cm-completionIcon': { width: '16px', padding: '0', opacity: '1', font: '600 10px/16px var(--font)', textAlign: 'center', borderRadius: 'var(--r-1)', backgroundColor: 'var(--bg-3)', color: 'var(--text-2)' },
  '.cm-completionIcon-column::after': { content: '"C"' },
  '.cm-completionIcon-table::after': { content: '"T"' },
  '.cm-completionIcon-function::after': { content: '"F"' },
  '.cm-completionIcon-keyword::after': { content: '"K"' },
  '.cm-completionIcon-key::after': { content: '"A"' },
  '.cm-completionInfo': { font: 'var(--t-12)', color: 'var(--text-2)', whiteSpace: 'pre-wrap', padding: '8px 10px', maxWidth: '280px' },
  '.cm-panels': { backgroundColor: 'var(--bg-2)', color: 'var(--text-1)' },
  '.cm-panels-bottom': { borderTop: '1px solid var(--line)' },
  '.cm-textfield': { backgroundColor: 'var(--bg-1)', border: '1px solid var(--line-control)', borderRadius: 'var(--r-2)', color: 'var(--text-1)', font: 'var(--t-12)' },
  '.cm-button': { backgroundImage: 'none', backgroundColor: 'var(--bg-1)', border: '1px solid var(--line-control)', borderRadius: 'var(--r-2)', color: 'var(--text-1)', font: 'var(--t-12)' },
  '.cm-panel label': { font: 'var(--t-12)' },
  '.cm-panel.cm-search [name=close]': { color: 'var(--text-2)' },
  'button:focus-visible, input:focus-visible': { outline: '2px solid var(--focus)', outlineOffset: '1px' },
});

/** Texts that were shown before, by name, with their undo and selection: for as long as the page is open. @type {Map<string, EditorState>} */
const shown = new Map();
const MOST_SHOWN = 60;

export class SqlEditor {
  /**
   * @param {HTMLElement} host an element without children
   * @param {Start} start
   * @param {Caller} caller
   */
  constructor(host, start, caller) {
    this.caller = caller;
    this.name = start.name;
    this.quiet = false;
    this.extensions = this.#extensions(start);
    const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
    root.replaceChildren();
    const known = start.from === 0 && start.to === 0 ? this.#known(start.name, start.text) : undefined;
    this.view = new EditorView({ state: known ?? this.#state(start.text, start.from, start.to), parent: root, root });
    if (known) this.#moved();
  }

  /** @param {string} text @param {number} from @param {number} to */
  #state(text, from = text.length, to = from) {
    const within = (/** @type {number} */ at) => Math.max(0, Math.min(at, text.length));
    return EditorState.create({ doc: text, selection: { anchor: within(from), head: within(to) }, extensions: this.extensions });
  }

  /** What was shown under a name, if the text is still the same. @param {string} name @param {string} text */
  #known(name, text) {
    const known = shown.get(name);
    shown.delete(name);
    // Another editor's extensions call another caller.
    return known && known.doc.toString() === text ? known.update({ effects: StateEffect.reconfigure.of(this.extensions) }).state : undefined;
  }

  #remember() {
    shown.set(this.name, this.view.state);
    for (const name of [...shown.keys()].slice(0, Math.max(0, shown.size - MOST_SHOWN))) shown.delete(name);
  }

  /** @param {Start} start */
  #extensions(start) {
    const own = Object.entries(start.keys).map(([key, command]) => ({ key, preventDefault: true, run: () => this.caller.command(command) }));
    return [
      Prec.highest(keymap.of(own)),
      lineNumbers(), highlightSpecialChars(), history(), drawSelection(), dropCursor(),
      EditorState.allowMultipleSelections.of(true), indentUnit.of('  '), EditorView.lineWrapping,
      bracketMatching(), closeBrackets(), highlightActiveLine(), highlightActiveLineGutter(), highlightSelectionMatches(), search(),
      sql({ dialect: DuckDB }), syntaxHighlighting(colours), look, placeholder(start.placeholder),
      autocompletion({ override: [context => this.#complete(context)], maxRenderedOptions: 60, icons: true }),
      keymap.of([
        ...closeBracketsKeymap, ...completionKeymap, ...searchKeymap, ...historyKeymap, ...lintKeymap,
        { key: 'Tab', run: indentMore, shift: indentLess },
        ...defaultKeymap,
      ]),
      EditorView.contentAttributes.of({
        'data-testid': start.testid, 'aria-label': start.label, 'aria-description': start.description,
        autocapitalize: 'off', autocorrect: 'off', spellcheck: 'false',
      }),
      EditorView.updateListener.of(update => {
        if (this.quiet) return;
        if (update.docChanged) this.caller.changed(update.state.doc.toString());
        if (update.docChanged || update.selectionSet) this.#moved();
      }),
    ];
  }

  #moved() {
    const { from, to } = this.view.state.selection.main;
    this.caller.moved(from, to);
  }

  /** @param {import('@codemirror/autocomplete').CompletionContext} context */
  #complete(context) {
    const text = context.state.doc.toString();
    const before = text.slice(Math.max(0, context.pos - 2), context.pos);
    // Nobody asked, and nothing is begun.
    if (!context.explicit && !/[\w.']$/.test(before)) return null;
    /** @type {{ from: number, to: number, options: Choice[] }} */
    const found = JSON.parse(this.caller.complete(text, context.pos));
    if (found.options.length === 0) return null;
    // A list that opens behind every blank would be in the way; behind a dot or within a text it is wanted at once.
    if (!context.explicit && found.from === context.pos && !/[.']$/.test(before)) return null;
    const { to } = found;
    return {
      from: found.from,
      validFor: found.options.some(option => option.type === 'key') ? /^[^']*$/ : /^\w*$/,
      options: found.options.map(option => ({
        label: option.label, type: option.type, detail: option.detail, boost: option.boost,
        ...(option.info ? { info: option.info } : {}),
        apply: option.type === 'key' || option.type === 'function' ? put(option, to - context.pos) : option.apply,
      })),
    };
  }

  /**
   * Another text, or the same one changed from outside. What was typed into a text before can still be undone when it is shown again.
   * @param {string} name @param {string} text
   */
  show(name, text) {
    if (name === this.name && text === this.view.state.doc.toString()) return;
    this.quiet = true;
    if (name === this.name) {
      this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text }, selection: { anchor: Math.min(this.view.state.selection.main.head, text.length) }, annotations: isolateHistory.of('full') });
    } else {
      this.#remember();
      this.name = name;
      this.view.setState(this.#known(name, text) ?? this.#state(text));
    }
    this.quiet = false;
    this.#moved();
  }

  /** Over what is selected, as if it was typed. @param {string} text */
  insert(text) {
    this.view.dispatch(this.view.state.replaceSelection(text), { scrollIntoView: true, userEvent: 'input' });
    this.view.focus();
  }

  /** Over all of it, as one step of undo. @param {string} text */
  replace(text) {
    if (text === this.view.state.doc.toString()) return;
    const head = Math.min(this.view.state.selection.main.head, text.length);
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text }, selection: { anchor: head }, annotations: isolateHistory.of('full'), userEvent: 'input' });
  }

  /** What is wrong, and where; an empty text for nothing. @param {number} from @param {number} to @param {string} message */
  mark(from, to, message) {
    const length = this.view.state.doc.length;
    const start = Math.min(from, length);
    const list = message ? [{ from: start, to: Math.max(start, Math.min(to, length)), severity: /** @type {const} */ ('error'), message }] : [];
    this.view.dispatch(setDiagnostics(this.view.state, list));
  }

  /** @param {number} from @param {number} to */
  select(from, to) {
    const length = this.view.state.doc.length;
    this.view.dispatch({ selection: { anchor: Math.min(from, length), head: Math.min(to, length) }, scrollIntoView: true });
    this.view.focus();
  }

  suggest() {
    startCompletion(this.view);
  }

  focus() {
    this.view.focus();
  }

  destroy() {
    this.#remember();
    this.view.destroy();
  }
}

/**
 * Writes a choice over what follows as well: the rest of a key, the brackets of a function with the caret between them.
 * @param {Choice} option @param {number} behind
 * @returns {(view: EditorView, completion: unknown, from: number, to: number) => void}
 */
function put(option, behind) {
  return (view, _completion, from, to) => {
    if (option.type === 'key') {
      view.dispatch({ changes: { from, to: to + behind, insert: option.apply }, selection: { anchor: from + option.apply.length }, userEvent: 'input.complete' });
      return;
    }
    const hasBracket = view.state.sliceDoc(to, to + 1) === '(';
    const insert = hasBracket ? option.label : `${option.label}()`;
    view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + option.label.length + 1 }, userEvent: 'input.complete' });
  };
}

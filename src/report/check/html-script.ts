/**
 * What the HTML page does in a browser: search, levels, order and pages of the table, and the timeline's tooltips. The page
 * has all its content without it.
 *
 * Two functions run in the page and never here: their own text is what the page carries, so they must not use anything of
 * this module. They make no HTML of text, which the page's policy would refuse.
 *
 * @module
 */
import type { Html } from '../html-text.js';

/** What the page does before it has its rows. */
export function startScript(): Html {
  return { html: `(${startLoading})();` };
}

/** What the page does once it is there. */
export function pageScript(): Html {
  return { html: `(${enhancePage})();` };
}

/** Keeps the rows out of sight while they arrive: a browser would lay out the growing table many times. */
function startLoading(): void {
  document.documentElement.className = 'loading';
}

/** Takes the rows out of the page and shows those that are asked for, a page at a time: layout is what costs time. */
function enhancePage(): void {
  interface Row {
    readonly element: HTMLTableRowElement;
    readonly level: string;
    /** Seconds since 1970; before everything where it is not known. */
    readonly end: number;
    readonly name: string;
    readonly place: string;
    /** Everything in it, in lower case; when it is first searched. */
    text: string | null;
  }

  // First, so that the table is there whatever else does not work.
  document.documentElement.className = '';

  const byId = (id: string): HTMLElement => {
    const element = document.getElementById(id);
    if (element === null) throw new Error(`the page has no ${id}`);
    return element;
  };
  const all = <T extends Element>(selector: string): T[] => [...document.querySelectorAll<T>(selector)];

  const URGENCY = ['expired', 'critical', 'not-yet-valid', 'warning', 'ok'];
  const table = byId('table');
  const body = byId('rows');
  const search = byId('search') as HTMLInputElement;
  const levels = all<HTMLInputElement>('input[name="level"]');
  const period = byId('period');
  const size = byId('size') as HTMLSelectElement;
  const previous = byId('previous') as HTMLButtonElement;
  const next = byId('next') as HTMLButtonElement;
  const number = new Intl.NumberFormat('en');
  const collator = new Intl.Collator('en', { numeric: true });

  const rows: Row[] = all<HTMLTableRowElement>('#rows > tr').map((element) => ({
    element,
    level: element.dataset.level ?? '',
    end: element.dataset.end === undefined ? Number.NEGATIVE_INFINITY : Number(element.dataset.end),
    name: element.querySelector('.name')?.textContent ?? '',
    place: element.lastElementChild?.textContent ?? '',
    text: null,
  }));
  let matching: readonly Row[] = rows;
  let from = Number.NEGATIVE_INFINITY;
  let to = Number.POSITIVE_INFINITY;
  let first = 0;

  const textOf = (row: Row): string => {
    row.text ??= (row.element.textContent ?? '').toLowerCase();
    return row.text;
  };

  /** Fingerprints are also written with colons. */
  const words = (): readonly string[] =>
    search.value
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '')
      .map((word) => (/^[0-9a-f]{2}(:[0-9a-f]{2})+$/.test(word) ? word.replaceAll(':', '') : word));

  /** Not before a row is shown: elements that open take long to make. */
  const fold = ({ element }: Row): void => {
    const fields = element.querySelector('th > .fields');
    if (fields === null) return;
    const details = document.createElement('details');
    const summary = document.createElement('summary');
    summary.textContent = 'Details';
    fields.replaceWith(details);
    details.append(summary, fields);
  };

  const showPage = (): void => {
    const count = Number(size.value) || matching.length;
    const shown = matching.slice(first, first + count);
    shown.forEach(fold);
    body.replaceChildren(...shown.map(({ element }) => element));
    previous.disabled = first === 0;
    next.disabled = first + count >= matching.length;
    const range = matching.length > shown.length ? `, ${number.format(first + 1)} to ` : '';
    byId('count').textContent =
      `${number.format(matching.length)} of ${number.format(rows.length)} certificates` +
      (range === '' ? '' : `${range}${number.format(first + shown.length)} on this page`);
  };

  const filter = (): void => {
    const wanted = words();
    const chosen = new Set(levels.filter(({ checked }) => checked).map(({ value }) => value));
    matching = rows.filter(
      (row) =>
        chosen.has(row.level) &&
        row.end >= from &&
        row.end < to &&
        (wanted.length === 0 || wanted.every((word) => textOf(row).includes(word))),
    );
    first = 0;
    showPage();
  };

  const choosePeriod = (column: SVGElement | null): void => {
    from = Number(column?.dataset.from ?? Number.NEGATIVE_INFINITY);
    to = Number(column?.dataset.to ?? Number.POSITIVE_INFINITY);
    period.hidden = column === null;
    period.textContent = `Ends ${column?.dataset.days ?? ''}: show all dates`;
    filter();
  };

  const ORDERS: Readonly<Record<string, (a: Row, b: Row) => number>> = {
    level: (a, b) => URGENCY.indexOf(a.level) - URGENCY.indexOf(b.level),
    // Of two that are not known the difference is no number.
    end: (a, b) => a.end - b.end || 0,
    name: (a, b) => collator.compare(a.name, b.name),
    place: (a, b) => collator.compare(a.place, b.place),
  };

  const headings = all<HTMLTableCellElement>('#table th[data-sort]');
  const sortBy = (heading: HTMLTableCellElement): void => {
    const isReversed = heading.ariaSort === 'ascending';
    for (const each of headings) each.ariaSort = null;
    heading.ariaSort = isReversed ? 'descending' : 'ascending';
    const order = ORDERS[heading.dataset.sort ?? ''];
    if (order !== undefined) rows.sort((a, b) => (isReversed ? order(b, a) : order(a, b)));
    filter();
  };
  for (const heading of headings) {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener('click', () => sortBy(heading));
    if (heading.dataset.sort === 'end') heading.ariaSort = 'ascending';
  }

  const turnTo = (row: number): void => {
    first = Math.max(0, row);
    showPage();
    table.scrollIntoView();
  };
  search.addEventListener('input', filter);
  for (const level of levels) level.addEventListener('change', filter);
  size.addEventListener('change', filter);
  previous.addEventListener('click', () => turnTo(first - Number(size.value)));
  next.addEventListener('click', () => turnTo(first + Number(size.value)));
  period.addEventListener('click', () => {
    choosePeriod(null);
    search.focus();
  });

  // On paper there are no pages to turn, and nothing opens.
  let opened: readonly HTMLDetailsElement[] = [];
  addEventListener('beforeprint', () => {
    body.replaceChildren(...matching.map(({ element }) => element));
    opened = all<HTMLDetailsElement>('details:not(.alternative):not([open])');
    for (const details of opened) details.open = true;
  });
  addEventListener('afterprint', () => {
    for (const details of opened) details.open = false;
    showPage();
  });

  /** One stop for the tabulator key, arrows between the columns. */
  const enhanceTimeline = (svg: Element): void => {
    const tooltip = byId('tooltip');
    const columns = [...svg.querySelectorAll<SVGElement>('.column')];
    const show = (column: SVGElement): void => {
      const area = byId('timeline-area');
      tooltip.textContent = column.ariaLabel;
      tooltip.hidden = false;
      const place = column.getBoundingClientRect();
      const frame = area.getBoundingClientRect();
      const left = place.left - frame.left + area.scrollLeft + place.width / 2 - tooltip.offsetWidth / 2;
      const most = area.scrollLeft + frame.width - tooltip.offsetWidth;
      tooltip.style.left = `${Math.max(area.scrollLeft, Math.min(left, most))}px`;
    };
    const hide = (): void => {
      tooltip.hidden = true;
    };
    const focusOn = (index: number): void => {
      const column = columns[Math.max(0, Math.min(index, columns.length - 1))];
      for (const each of columns) each.setAttribute('tabindex', each === column ? '0' : '-1');
      column?.focus();
    };
    const follow = (column: SVGElement): void => {
      choosePeriod(column);
      byId('certificates').scrollIntoView();
    };
    const onKey = (event: KeyboardEvent, column: SVGElement, index: number): void => {
      const steps: Readonly<Record<string, () => void>> = {
        ArrowRight: () => focusOn(index + 1),
        ArrowLeft: () => focusOn(index - 1),
        Home: () => focusOn(0),
        End: () => focusOn(columns.length - 1),
        Enter: () => follow(column),
        ' ': () => follow(column),
        Escape: hide,
      };
      const step = steps[event.key];
      if (step === undefined) return;
      event.preventDefault();
      step();
    };
    svg.setAttribute('role', 'group');
    for (const [index, column] of columns.entries()) {
      const title = column.querySelector('title');
      column.ariaLabel = title?.textContent ?? '';
      title?.remove();
      column.setAttribute('role', 'button');
      column.setAttribute('tabindex', index === 0 ? '0' : '-1');
      column.addEventListener('pointerenter', () => show(column));
      column.addEventListener('pointerleave', hide);
      column.addEventListener('focus', () => show(column));
      column.addEventListener('blur', hide);
      column.addEventListener('click', () => follow(column));
      column.addEventListener('keydown', (event) => onKey(event, column, index));
    }
  };
  const timeline = document.getElementById('timeline-svg');
  if (timeline !== null) enhanceTimeline(timeline);

  for (const control of all<HTMLElement>('.control')) control.hidden = false;
  filter();
}

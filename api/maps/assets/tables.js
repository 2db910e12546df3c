// Notes and tables beside the map; a row leads to its ticket or centre.
const buildTables = () => {
  const side = byId('side');
  if (data.notes.length) {
    side.append(make('section', { class: 'panel notes' }, data.notes.map((note) => make('p', {}, note))));
  }
  for (const table of data.tables) {
    const kind = (column) => (column < table.texts ? null : 'number');
    const rows = table.rows.map((row) => {
      const spot = row.ticket !== null ? data.tickets[row.ticket] : row.centre !== null ? data.centres[row.centre] : null;
      const cells = row.cells.map((text, column) => {
        const swatch = !column && row.centre !== null ? make('i', { class: 'dot', style: `--hue:${hue(row.centre)}` }) : null;
        const content = !column && spot ? make('button', { type: 'button', class: 'link' }, text) : text;
        if (!column && spot) content.addEventListener('click', () => showSpot(spot, row.ticket));
        return make(column ? 'td' : 'th', { class: kind(column), scope: column ? null : 'row' }, swatch, content);
      });
      return make('tr', { class: row.total ? 'total' : null }, cells);
    });
    const open = !['moved', 'differences'].includes(table.key) || table.rows.length <= 8;
    side.append(make('details', { class: 'panel', open: open ? '' : null },
      make('summary', {}, make('h2', {}, table.title, ' ', make('b', {}, ['gaps', 'moved', 'differences'].includes(table.key) ? String(table.rows.length) : ''))),
      make('div', { class: 'scroll-x' }, make('table', {},
        make('thead', {}, make('tr', {}, table.columns.map((text, column) => make('th', { scope: 'col', class: kind(column) }, text)))),
        make('tbody', {}, rows)))));
  }
};

// Time bars: one axis and one row per technician for each day.
const NAME_WIDTH = 160;
const bars = { box: byId('bars'), days: [] };

const shorten = (text, width) => {
  let used = 0;
  for (let place = 0; place < text.length; place += 1) {
    used += text.charCodeAt(place) > 0x2e80 ? 12 : 6.6;
    if (used > width) return `${text.slice(0, Math.max(place - 1, 1))}…`;
  }
  return text;
};

const hatch = (id, name, ...shapes) => draw('pattern', { id, class: name, width: 6, height: 6, patternUnits: 'userSpaceOnUse',
  patternTransform: 'rotate(45)' }, draw('rect', { width: 6, height: 6 }), ...shapes);
const buildPatterns = () => document.body.append(draw('svg', { width: 0, height: 0, 'aria-hidden': 'true', class: 'patterns' }, draw('defs', {},
  hatch('p-wait', 'p-wait', draw('path', { d: 'M1.5,0V6' })),
  hatch('p-overtime', 'p-overtime', draw('path', { d: 'M1,0V6' })),
  hatch('p-break', 'p-break', draw('circle', { cx: 3, cy: 3, r: 1.1 })))));

const buildBars = () => {
  marks.bars.length = 0;
  bars.days = data.days.map((day, number) => buildDay(number));
  bars.box.replaceChildren(...bars.days.map((day) => day.section));
  if (!bars.days.length) bars.box.append(make('p', { class: 'note' }, t('bars.empty')));
};

const buildDay = (number) => {
  const shifts = data.shifts.filter((shift) => shift.day === number);
  const routes = data.routes.filter((route) => route.day === number);
  const technicians = [...new Set(shifts.map((shift) => shift.technician))].sort((one, other) => one - other);
  const [first, last] = extent([...shifts.flatMap((shift) => [shift.start_s, shift.end_s]),
    ...routes.flatMap((route) => [route.departure_s, route.return_s])]);
  const begin = first - (((localSecond(first) % 3600) + 3600) % 3600);
  const end = last + 600;
  const width = Math.max(bars.box.clientWidth - 2, 560);
  const x = (second) => NAME_WIDTH + ((second - begin) / (end - begin)) * (width - NAME_WIDTH - 10);
  const height = Math.round(Math.min(Math.max((bars.box.clientHeight - 30) / technicians.length, 22), 40)); // fill the panel
  const hourWidth = x(begin + 3600) - x(begin);
  const step = [1, 2, 3, 4, 6, 12, 24].find((hours) => hours * hourWidth >= 46) || 24;
  const ticks = [];
  for (let at = begin; at <= end; at += 3600) if (Math.round(localSecond(at) / 3600) % step === 0) ticks.push(at);

  const axis = draw('svg', { class: 'axis', width, height: 26, viewBox: `0 0 ${width} 26`, 'aria-hidden': 'true' },
    draw('text', { x: 8, y: 17, class: 'axis-day' }, data.days[number].label),
    ticks.map((at) => draw('text', { x: x(at), y: 17, class: 'axis-hour' }, clock(at))));
  const body = draw('svg', { class: 'rows', width, role: 'group', 'aria-label': `${t('bars')}, ${data.days[number].label}` },
    draw('path', { class: 'hours', d: ticks.map((at) => `M${x(at)},0V${technicians.length * height}`).join('') }));
  const rows = technicians.map((technician) => {
    const row = buildRow(technician, shifts.filter((shift) => shift.technician === technician),
      routes.filter((route) => route.technician === technician), x, height, width);
    body.append(row);
    return { technician, element: row };
  });
  const overlay = draw('g', { class: 'overlay' });
  body.append(overlay);
  return { section: make('section', { class: 'day' }, axis, body), body, overlay, rows, x, height, width, begin, end };
};

const buildRow = (technician, shifts, routes, x, height, width) => {
  const person = data.technicians[technician];
  const late = routes.flatMap((route) => route.visits).filter((visit) => visit.stop.late.length).length;
  const count = routes.reduce((sum, route) => sum + route.visits.length, 0);
  const rect = (name, from, to, top, tall, more) => draw('rect', { class: name, x: x(from), y: top, width: Math.max(x(to) - x(from), 1),
    height: tall, ...more });
  const label = mark('bars', draw('g', { class: 'row-name', tabindex: 0, role: 'button',
    'aria-label': `${person.name}, ${count ? `${count} ${t('visits')}` : t('no_visits')}${late ? `, ${late} ${t('late')}` : ''}` },
  draw('rect', { class: 'row-hit', width: NAME_WIDTH, height }),
  draw('rect', { class: 'swatch', x: 8, y: height / 2 - 5, width: 10, height: 10, rx: 2, style: `--hue:${hue(technician)}` }),
  draw('text', { x: 24, y: height / 2 + 4 }, shorten(person.name, late ? 90 : 108)),
  late ? lateBadge(NAME_WIDTH - 36, height / 2) : null,
  draw('text', { x: NAME_WIDTH - 10, y: height / 2 + 4, class: 'row-count' }, String(count))), { technician });
  const row = draw('g', { class: count ? 'row' : 'row idle' }, draw('rect', { class: 'row-back', width, height }), label);
  for (const shift of shifts) {
    row.append(rect('band', shift.start_s, shift.regular_end_s, 2, height - 4));
    if (shift.end_s > shift.regular_end_s) row.append(rect('band-overtime', shift.regular_end_s, shift.end_s, 2, height - 4));
    row.append(draw('path', { class: 'bounds', d: [shift.start_s, shift.end_s].map((at) => `M${x(at)},2v${height - 4}`).join('') }));
  }
  const half = height / 2;
  for (const route of routes) {
    const line = mark('bars', draw('g', { class: 'route-bar' }), { technician });
    for (const [kind, from, to] of route.segments) {
      if (kind === 'drive') line.append(rect('drive', from, to, half - 2, 4, { style: `--hue:${hue(technician)}` }));
      else line.append(rect(kind, from, to, half - height * 0.24, height * 0.48, { rx: 2 }));
      if (kind === 'restock' && x(to) - x(from) > 7) {
        line.append(draw('path', { class: 'restock-sign', d: `M${x((from + to) / 2) - 3},${half}h6m-3,-3v6` }));
      }
    }
    if (route.overtime_s > 0) line.append(rect('overtime-used', route.return_s - route.overtime_s, route.return_s, height - 4, 3));
    row.append(line, ...route.visits.map((visit) => buildVisit(visit, x, height)));
  }
  return row;
};

const buildVisit = (visit, x, height) => {
  const ticket = data.tickets[visit.ticket];
  const left = x(visit.stop.start_s);
  const wide = Math.max(x(visit.stop.finish_s) - left, 3);
  const step = tierStep(ticket.tier);
  const number = String(visit.number);
  const full = `${number} · ${ticket.id}`;
  const room = wide - (wide > 34 ? 22 : 4);
  const text = full.length * 6.2 <= room ? full : number.length * 6.6 <= room ? number : '';
  return mark('bars', draw('g', { class: 'visit-bar', tabindex: -1, role: 'img', 'aria-label': visitText(visit) },
    draw('rect', { class: `tier-${step}`, x: left, y: 3, width: wide, height: height - 6, rx: 3 }),
    ticket.pinned ? draw('path', { class: `pinned on-${step}`, d: `M${left + 2},5h5l-5,5z` }) : null,
    wide > 34 ? draw('path', { class: `mini on-${step}`, d: tierShape(ticket.tier), transform:
      `translate(${left + 11},${height / 2}) scale(.55)` }) : null,
    text ? draw('text', { class: `on-${step}`, x: wide > 34 ? left + 19 + room / 2 - 2 : left + wide / 2, y: height / 2 + 4 }, text) : null,
    visit.stop.late.length ? lateBadge(left + wide - 3, 6) : null), visit);
};

// Windows and deadlines of the visit in hand.
const paintOverlay = (focus) => {
  for (const day of bars.days) day.overlay.replaceChildren();
  if (!focus || focus.ticket === undefined) return;
  const ticket = data.tickets[focus.ticket];
  for (const visit of visitsOfTicket[focus.ticket]) {
    const day = bars.days[visit.day];
    const place = day.rows.filter((row) => !row.hidden).findIndex((row) => row.technician === visit.technician);
    if (place < 0) continue;
    const top = place * day.height;
    const clamp = (second) => day.x(Math.min(Math.max(second, day.begin), day.end));
    for (const [from, to] of ticket.windows) {
      if (to < day.begin || from > day.end) continue;
      day.overlay.append(draw('rect', { class: 'window', x: clamp(from), y: top + day.height - 3,
        width: Math.max(clamp(to) - clamp(from), 3), height: 3 }));
    }
    for (const [, , due] of ticket.deadlines) {
      if (due < day.begin || due > day.end) continue;
      day.overlay.append(draw('path', { class: 'deadline', d: `M${day.x(due)},${top - 1}v${day.height + 2}m-4,0h8l-4,-5z` }));
    }
  }
};

const wireBars = () => {
  bars.box.addEventListener('keydown', (event) => {
    const day = bars.days[state.day];
    const rows = day ? day.rows.filter((row) => !row.hidden) : [];
    const row = rows.findIndex(({ element }) => element.contains(event.target));
    if (row < 0) return;
    const stops = (at) => [...rows[at].element.querySelectorAll('.row-name, .visit-bar')];
    const place = stops(row).findIndex((one) => one.contains(event.target));
    const [nextRow, nextPlace] = { ArrowLeft: [row, place - 1], ArrowRight: [row, place + 1], ArrowUp: [row - 1, 0],
      ArrowDown: [row + 1, 0], Home: [row, 0], End: [row, stops(row).length - 1] }[event.key] || [];
    const target = nextRow === undefined || !rows[nextRow] ? null : stops(nextRow)[nextPlace];
    if (!target) return;
    event.preventDefault();
    target.focus();
  });
  let width = 0;
  new ResizeObserver(() => {
    if (bars.box.clientWidth === width) return;
    width = bars.box.clientWidth;
    buildBars();
    paintAll();
  }).observe(bars.box);
};

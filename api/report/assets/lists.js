// Tables and texts: unserved, late, routes, figures, the selection, the tip.
const table = (heads, rows, name) => make('table', { class: name || null },
  make('thead', {}, make('tr', {}, heads.map((head) => make('th', { scope: 'col', class: head.number ? 'number' : null }, head.text || head)))),
  make('tbody', {}, rows));
const cells = (...values) => values.map((value) => (value && value.number !== undefined
  ? make('td', { class: 'number' }, value.number) : make('td', {}, value)));
const number = (text) => ({ number: String(text) });
const column = (key) => ({ text: t(key), number: true });

const link = (text, meaning) => mark('lists', make('button', { type: 'button', class: text.length > 24 ? 'link' : 'link short' }, text), meaning);
const shiftName = (shift) => `${data.technicians[shift.technician].name} · ${data.days[shift.day].label}`;
const tierChip = (tier) => make('span', { class: 'chip' }, draw('svg', { viewBox: '-9 -9 18 18', width: 14, height: 14, 'aria-hidden': 'true' },
  draw('path', { class: `tier-${tierStep(tier)}`, d: tierShape(tier) })), data.tiers[tier]);
const ticketLink = (index) => link(data.tickets[index].id, visitsOfTicket[index][0] || { ticket: index });

const buildUnserved = () => {
  const box = byId('unserved');
  if (!data.unserved.length) box.append(make('p', { class: 'note' }, t('unserved.none')));
  for (const item of data.unserved) {
    const ticket = data.tickets[item.ticket];
    const fold = make('details', { class: 'obstacles' }, make('summary', {}, `${t('obstacles')} (${item.obstacles.length})`));
    fold.addEventListener('toggle', () => {
      if (fold.open && fold.children.length === 1) {
        fold.append(table([t('technician'), t('reason')], item.obstacles.map(([shift, reason]) => make('tr', {},
          cells(shiftName(data.shifts[shift]), data.reasons[reason])))));
      }
    });
    const remedies = item.remedies.map(([shift, reason, cost]) => make('li', {}, data.reasons[reason],
      make('span', { class: 'quiet' }, ` — ${shiftName(data.shifts[shift])}, ${fill(t('remedy.cost'), cost)}`)));
    box.append(make('article', {}, make('h3', {}, ticketLink(item.ticket), tierChip(ticket.tier),
      item.deferred ? make('span', { class: 'tag', title: t('deferred.hint') }, t('deferred')) : null),
    make('p', {}, data.reasons[item.reason]),
    make('p', { class: 'quiet' }, ticket.deadlines.map(([target, , due]) => `${target} ${t('deadline')} ${moment(due, -1e9)}`).join(' · ')),
    item.possible ? null : [make('h4', {}, t('remedies')), remedies.length ? make('ul', {}, remedies)
      : make('p', { class: 'quiet' }, t('remedy.none'))],
    item.obstacles.length ? fold : null));
  }
};

const buildLate = () => {
  const box = byId('late');
  if (!data.late.length) {
    box.append(make('p', { class: 'note' }, t('late.none')));
    return;
  }
  box.append(table([t('ticket'), t('tier'), t('target'), column('late'), t('reason')], data.late.map((item) => make('tr', {},
    cells(ticketLink(item.ticket), tierChip(data.tickets[item.ticket].tier), item.target, number(durationText(item.late_s)),
      data.reasons[item.reason])))));
};

const buildRoutes = () => byId('routes').append(table([t('technician'), t('day'), column('visits'), column('departure'), column('return'),
  column('travel'), column('distance'), column('service'), column('wait'), column('overtime'), column('late')],
data.routes.map((route) => make('tr', {}, cells(link(data.technicians[route.technician].name, { technician: route.technician, day: route.day }),
  data.days[route.day].label, number(route.visits.length), number(clock(route.departure_s)), number(moment(route.return_s, route.departure_s)),
  number(durationText(route.travel_s)), number(distanceText(route.distance_m)), number(durationText(route.service_s)),
  number(route.waiting_s ? durationText(route.waiting_s) : '–'), number(route.overtime_s ? durationText(route.overtime_s) : '–'),
  number(route.visits.filter((visit) => visit.stop.late.length).length || '–'))))));

const buildFigures = () => {
  const plain = (rows) => make('table', { class: 'pairs' }, make('tbody', {}, rows.map(([name, value]) => make('tr', {},
    make('th', { scope: 'row' }, name), make('td', {}, value)))));
  byId('kpis').append(plain(data.kpis));
  byId('provenance').append(plain(data.provenance));
  const share = (cents) => `${(100 * Math.max(cents, 0)) / Math.max(data.total_cents, 1)}%`;
  byId('cost').append(make('table', { class: 'pairs' }, make('tbody', {}, data.cost.map(([name, cents]) => make('tr', {},
    make('th', { scope: 'row' }, name), make('td', { class: 'meter' }, make('span', { style: `width:${share(cents)}` })),
    make('td', { class: 'number' }, moneyText(cents))))), make('tfoot', {}, make('tr', {}, make('th', { scope: 'row' }, t('total')),
    make('td'), make('td', { class: 'number' }, moneyText(data.total_cents))))));
};

const pair = (name, value) => (value ? [make('dt', {}, name), make('dd', {}, value)] : []);
const deadlineTexts = (ticket, stop, besides) => ticket.deadlines.map(([target, point, due]) => {
  const missed = stop ? (point === 'start' ? stop.start_s : stop.finish_s) - due : 0;
  const verdict = stop ? ` – ${missed > 0 ? fill(t('late_by'), durationText(missed)) : t('met')}` : '';
  return make('div', { class: missed > 0 ? 'bad' : null }, `${target} ${t('deadline')} ${moment(due, besides)}${verdict}`);
});

// Details of whatever is in hand, for the tip and the sheet.
const describe = (focus, known) => {
  if (focus.ticket === undefined) return describeTechnician(focus.technician, focus.day === undefined ? state.day : focus.day);
  const ticket = data.tickets[focus.ticket];
  const item = unservedOfTicket.get(focus.ticket);
  const stop = focus.stop;
  const besides = stop ? stop.start_s : -1e9;
  return [make('h3', {}, stop ? `${focus.number} · ${ticket.id}` : ticket.id, tierChip(ticket.tier),
    ticket.pinned ? make('span', { class: 'tag' }, t('pinned')) : null,
    item ? make('span', { class: 'tag bad' }, t('unserved')) : null), make('dl', {},
    stop && !known ? pair(t('technician'), data.technicians[focus.technician].name + (stop.role ? ` (${t('crew')})` : '')) : [],
    stop ? pair(t('service'), `${clock(stop.start_s)}–${moment(stop.finish_s, besides)} (${durationText(stop.finish_s - stop.start_s)})`) : [],
    stop ? pair(t('arrival'), `${moment(stop.arrival_s, besides)}${stop.start_s > stop.arrival_s
      ? `, ${t('wait')} ${durationText(stop.start_s - stop.arrival_s)}` : ''}`) : [],
    stop ? pair(t('drive'), `${durationText(stop.travel_s)}, ${distanceText(stop.distance_m)}`) : [],
    pair(t('window'), ticket.windows.map(([from, to]) => `${moment(from, besides)}–${moment(to, from)}`).join(', ')),
    ticket.deadlines.length ? [make('dt', {}, t('legend.deadline')), make('dd', {}, deadlineTexts(ticket, stop, besides))] : [],
    pair(t('opened'), moment(ticket.opened_s, besides)), pair(t('skills'), ticket.skills),
    item ? pair(t('reason'), data.reasons[item.reason]) : [],
    data.late.filter((late) => late.ticket === focus.ticket).flatMap((late) => pair(t('reason.late'), data.reasons[late.reason])))];
};

const describeTechnician = (technician, day) => {
  const routes = routesOfTechnician[technician].filter((route) => route.day === day);
  const sum = (name) => routes.reduce((total, route) => total + route[name], 0);
  return [make('h3', {}, data.technicians[technician].name, data.technicians[technician].name === data.technicians[technician].id ? null
    : make('span', { class: 'quiet' }, data.technicians[technician].id)), routes.length ? make('dl', {},
    pair(t('visits'), String(routes.reduce((total, route) => total + route.visits.length, 0))),
    pair(`${t('departure')} – ${t('return')}`, routes.map((route) => `${clock(route.departure_s)}–${moment(route.return_s, route.departure_s)}`)
      .join(', ')),
    pair(t('drive'), `${durationText(sum('travel_s'))}, ${distanceText(sum('distance_m'))}`), pair(t('service'), durationText(sum('service_s'))),
    pair(t('wait'), sum('waiting_s') ? durationText(sum('waiting_s')) : ''),
    pair(t('overtime'), sum('overtime_s') ? durationText(sum('overtime_s')) : '')) : make('p', { class: 'quiet' }, t('no_visits'))];
};

const stopName = (stop) => (stop.kind === 'visit' ? ticketLink(stop.ticket)
  : stop.kind === 'restock' ? `${t('restock')} · ${data.centres[stop.centre].id}` : t('break'));
const paintSheet = () => {
  const sheet = byId('sheet');
  const focus = state.pick;
  sheet.hidden = !focus;
  marks.lists = marks.lists.filter(({ element }) => !sheet.contains(element));
  sheet.replaceChildren();
  if (!focus) return;
  const routes = focus.technician === undefined ? [] : routesOfTechnician[focus.technician].filter((route) => route.day === state.day);
  const spots = focus.technician === undefined ? [data.tickets[focus.ticket].at].filter(Boolean) : routes.flatMap((route) => route.line);
  const zoom = make('button', { type: 'button' }, t('sheet.zoom'));
  const close = make('button', { type: 'button', 'aria-label': t('sheet.close'), title: t('sheet.close') }, '×');
  zoom.addEventListener('click', () => fitMap(spots));
  close.addEventListener('click', () => choose(null));
  const about = focus.ticket !== undefined && focus.technician !== undefined ? describeTechnician(focus.technician, state.day) : describe(focus);
  sheet.append(make('div', { class: 'sheet-tools' }, spots.length ? zoom : null, close), ...about);
  if (focus.ticket !== undefined && focus.technician !== undefined) sheet.append(make('div', { class: 'sheet-visit' }, ...describe(focus, true)));
  for (const route of routes) {
    let place = 0;
    sheet.append(table(['#', t('start'), t('finish'), t('ticket'), t('tier'), t('status')], route.stops.map((stop) => {
      const visit = stop.kind === 'visit';
      place += visit ? 1 : 0;
      return make('tr', { class: visit && stop.ticket === focus.ticket ? 'current' : null }, cells(visit ? String(place) : '',
        moment(stop.start_s, route.departure_s), moment(stop.finish_s, route.departure_s), stopName(stop),
        visit ? tierChip(data.tickets[stop.ticket].tier) : '', visit && stop.late.length ? make('span', { class: 'tag bad' },
          stop.late.map(([target, , late]) => `${target} ${fill(t('late_by'), durationText(late))}`).join(', ')) : ''));
    }).concat(make('tr', {}, cells('', '', moment(route.return_s, route.departure_s), t('to_end'), '',
      route.overtime_s ? `${t('overtime')} ${durationText(route.overtime_s)}` : '')))));
  }
};

const buildLegend = () => {
  const sign = (...shapes) => draw('svg', { viewBox: '-9 -9 18 18', width: 16, height: 16, 'aria-hidden': 'true' }, ...shapes);
  const box = (name) => sign(draw('rect', { class: name, x: -8, y: -5, width: 16, height: 10, rx: 2 }));
  const entries = [...data.tiers.map((name, tier) => [sign(draw('path', { class: `tier-${tierStep(tier)}`, d: tierShape(tier) })), name]),
    [sign(lateBadge(0, 0)), t('late')],
    [sign(draw('g', { class: 'unserved-mark' }, draw('path', { d: SHAPES[0] }), draw('path', { class: 'cross', d: 'M-3,-3L3,3M3,-3L-3,3' }))), t('unserved')],
    [sign(draw('rect', { class: 'drive', x: -8, y: -2, width: 16, height: 4, style: '--hue:215' })), t('drive')],
    [box('wait'), t('wait')], [box('break'), t('break')],
    [sign(draw('rect', { class: 'restock', x: -8, y: -5, width: 16, height: 10, rx: 2 }), draw('path', { class: 'restock-sign', d: 'M-3,0h6m-3,-3v6' })), t('restock')],
    [box('band-overtime'), t('legend.overtime')],
    [sign(draw('path', { class: 'deadline', d: 'M0,-7V7m-4,0h8l-4,-5z' })), t('legend.deadline')],
    [sign(draw('rect', { class: 'window', x: -8, y: -1, width: 16, height: 3 })), t('window')],
    [sign(draw('g', { class: 'home' }, draw('path', { d: 'M-4.5,4.5V-1L0,-5L4.5,-1V4.5z' }))), t('legend.home')],
    [sign(draw('g', { class: 'centre' }, draw('path', { d: 'M-8,7V-3L0,-9L8,-3V7z' }), draw('path', { class: 'door', d: 'M-4,7V0H4V7' }))), t('legend.centre')],
    data.tickets.some((ticket) => ticket.pinned) ? [sign(draw('path', { class: 'pinned', d: 'M-4,-4h9l-9,9z' })), t('pinned')] : null];
  byId('legend').append(...entries.filter(Boolean).map(([shape, text]) => make('li', {}, shape, text)));
};

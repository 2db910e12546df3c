// One state, painted on map, bars and lists alike.
const root = document.documentElement;
const tip = byId('tip');
const has = (text) => text.toLowerCase().includes(state.query);

const paintFocus = () => {
  const focus = state.hover || state.pick;
  root.classList.toggle('focused', Boolean(focus));
  for (const list of Object.values(marks)) {
    for (const one of list) {
      const hot = Boolean(focus) && focus.ticket !== undefined && one.ticket === focus.ticket;
      const on = hot || (Boolean(focus) && focus.technician !== undefined && one.technician === focus.technician);
      one.element.classList.toggle('hot', hot);
      one.element.classList.toggle('on', on);
    }
  }
  paintOverlay(focus);
};

const paintFilter = () => {
  const technician = data.technicians.map((one) => has(one.name) || has(one.id));
  const ticket = data.tickets.map((one) => has(one.id));
  const anyOf = data.technicians.map((_, index) => technician[index]
    || routesOfTechnician[index].some((route) => route.visits.some((visit) => ticket[visit.ticket])));
  const fits = (one) => !state.query || (one.ticket === undefined ? anyOf[one.technician]
    : ticket[one.ticket] || (one.technician !== undefined && technician[one.technician]));
  for (const list of [marks.map, marks.bars]) for (const one of list) one.element.classList.toggle('miss', !fits(one));
  for (const day of bars.days) {
    let place = 0;
    for (const row of day.rows) {
      row.hidden = Boolean(state.query) && !anyOf[row.technician];
      row.element.setAttribute('display', row.hidden ? 'none' : 'inline');
      row.element.setAttribute('transform', `translate(0,${place * day.height})`);
      row.element.classList.toggle('odd', place % 2 === 1);
      place += row.hidden ? 0 : 1;
    }
    const height = Math.max(place, 1) * day.height;
    day.body.setAttribute('height', height);
    day.body.setAttribute('viewBox', `0 0 ${day.width} ${height}`);
  }
  const found = anyOf.filter(Boolean).length;
  const left = data.unserved.filter((item) => ticket[item.ticket]).length;
  byId('filter-count').textContent = !state.query ? '' : found + left ? fill(t('filter.count'), found, left) : t('filter.none');
};

const paintDay = () => {
  for (const [index, button] of [...byId('days').children].entries()) button.setAttribute('aria-pressed', index === state.day);
  for (const [index, day] of bars.days.entries()) day.section.classList.toggle('other-day', index !== state.day);
  for (const one of marks.map) one.element.classList.toggle('other-day', one.day !== undefined && one.day !== state.day);
};

const paintAll = () => {
  paintFilter();
  paintDay();
  paintFocus();
};

const showDay = (day) => {
  state.day = day;
  state.hover = null;
  if (state.pick && state.pick.day !== undefined && state.pick.day !== day) state.pick = null;
  paintAll();
  paintSheet();
};

const choose = (focus) => {
  state.pick = focus;
  state.hover = null;
  tip.hidden = true;
  if (focus && focus.day !== undefined && focus.day !== state.day) showDay(focus.day);
  paintSheet();
  paintFocus();
};

const showTip = (focus, x, y) => {
  tip.replaceChildren(...describe(focus));
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(6, x + 16 + box.width > innerWidth - 6 ? x - box.width - 14 : x + 16)}px`;
  tip.style.top = `${Math.max(6, Math.min(y + 14, innerHeight - box.height - 6))}px`;
};

const point = (focus, x, y) => {
  if (focus !== state.hover) {
    state.hover = focus;
    paintFocus();
  }
  if (focus) showTip(focus, x, y);
  else tip.hidden = true;
};

const wire = () => {
  for (const area of [map.svg, bars.box, ...document.querySelectorAll('.lists')]) {
    area.addEventListener('pointermove', (event) => point(event.buttons ? null : meaningOf(event.target), event.clientX, event.clientY));
    area.addEventListener('pointerleave', () => point(null));
    area.addEventListener('focusin', (event) => {
      const focus = event.target.matches(':focus-visible') ? meaningOf(event.target) : null;
      const box = event.target.getBoundingClientRect();
      if (focus) point(focus, box.right - 10, box.bottom - 6);
    });
    area.addEventListener('focusout', () => point(null));
  }
  document.addEventListener('click', (event) => {
    const focus = meaningOf(event.target);
    if (focus) {
      if (!map.moved || !map.svg.contains(event.target)) choose(focus === state.pick ? null : focus);
      if (event.target.closest('.lists')) map.svg.scrollIntoView({ block: 'center', behavior: 'smooth' });
    } else if (map.svg.contains(event.target) && !map.moved) choose(null);
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') choose(null);
    if ((event.key === 'Enter' || event.key === ' ') && event.target.matches('.row-name, .visit-bar')) {
      event.preventDefault();
      choose(meaningOf(event.target));
    }
  });
  byId('filter').addEventListener('input', (event) => {
    state.query = event.target.value.trim().toLowerCase();
    const hits = state.query ? visits.filter((visit) => has(data.tickets[visit.ticket].id)) : [];
    if (hits.length && !hits.some((visit) => visit.day === state.day)) showDay(hits[0].day);
    paintAll();
  });
};

data.days.forEach((day, index) => {
  const button = make('button', { type: 'button' }, day.label);
  button.addEventListener('click', () => showDay(index));
  byId('days').append(button);
});
buildPatterns();
buildLegend();
buildMap();
buildBars();
buildUnserved();
buildLate();
buildRoutes();
buildFigures();
wireMap();
wireBars();
wire();
paintAll();

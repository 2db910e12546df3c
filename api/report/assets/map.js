// The map: kilometres around the middle of all points, north up, same scale both ways.
const KM_PER_DEGREE = 111.195; // mean Earth radius 6371.0088 km
const map = { svg: byId('map'), view: { k: 1, x: 0, y: 0 }, size: [0, 0], pins: [], bounds: null };

const allSpots = [...data.tickets.map((one) => one.at), ...data.centres.map((one) => one.at), ...data.shifts.map((one) => one.home)]
  .filter(Boolean);
const extent = (values) => values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
const wraps = (([west, east]) => east - west > 180)(extent(allSpots.map(([lon]) => lon)));
const lonOf = (lon) => (wraps && lon < 0 ? lon + 360 : lon);
const middle = (([west, east], [south, north]) => [(west + east) / 2, (south + north) / 2])(
  extent(allSpots.map(([lon]) => lonOf(lon))), extent(allSpots.map(([, lat]) => lat)));
const project = ([lon, lat]) => [(lonOf(lon) - middle[0]) * KM_PER_DEGREE * Math.cos((middle[1] * Math.PI) / 180),
  (middle[1] - lat) * KM_PER_DEGREE];

// Lines in the encoded polyline format, as geo/polyline.py writes them.
const decodeLine = (text) => {
  const spots = [];
  let at = 0;
  const step = () => {
    let value = 0;
    for (let shift = 0; ; shift += 5) {
      const group = text.charCodeAt(at) - 63;
      at += 1;
      value |= (group & 31) << shift;
      if (group < 32) return value & 1 ? ~(value >> 1) : value >> 1;
    }
  };
  for (let lat = 0, lon = 0; at < text.length;) {
    lat += step();
    lon += step();
    spots.push([lon / 1e5, lat / 1e5]);
  }
  return spots;
};
for (const route of data.routes) route.path = route.driven === null ? route.line : decodeLine(route.driven);
const pathOf = (spots) => spots.map(project).map(([x, y], number) => `${number ? 'L' : 'M'}${x.toFixed(3)},${y.toFixed(3)}`).join('');

const buildRoads = () => {
  for (const { level, counts, line } of [...data.roads.levels].reverse()) { // the widest on top
    const spots = decodeLine(line);
    let first = 0;
    const d = counts.map((count) => pathOf(spots.slice(first, first += count))).join('');
    map.world.append(draw('path', { class: `road road-${level}`, d }));
  }
};

const pin = (parent, spot, name, ...children) => {
  const element = draw('g', { class: name }, ...children);
  map.pins.push({ element, spot: project(spot) });
  parent.append(element);
  return element;
};

const buildMap = () => {
  map.grid = draw('path', { class: 'grid' });
  map.world = draw('g', { class: 'world' });
  const homes = draw('g');
  const centres = draw('g');
  const stops = draw('g');
  const names = draw('g');
  map.scale = draw('g', { class: 'scale' });
  if (data.roads) buildRoads();
  for (const route of data.routes) {
    if (route.path.length < 2) continue;
    const d = pathOf(route.path);
    for (const name of ['route-halo', 'route-line']) {
      map.world.append(mark('map', draw('path', { class: name, d, style: `--hue:${hue(route.technician)}` }),
        { technician: route.technician, day: route.day }));
    }
  }
  const seen = new Set(data.centres.filter((centre) => centre.at).map((centre) => String(centre.at)));
  for (const shift of data.shifts) {
    if (!shift.home || seen.has(`${shift.home}`)) continue;
    seen.add(`${shift.home}`);
    mark('map', pin(homes, shift.home, 'home', draw('path', { d: 'M-4.5,4.5V-1L0,-5L4.5,-1V4.5z' })), { technician: shift.technician });
  }
  for (const item of data.unserved) {
    const ticket = data.tickets[item.ticket];
    if (!ticket.at) continue;
    mark('map', pin(stops, ticket.at, item.deferred ? 'unserved-mark deferred' : 'unserved-mark',
      draw('path', { d: tierShape(ticket.tier) }), draw('path', { class: 'cross', d: 'M-3,-3L3,3M3,-3L-3,3' })), { ticket: item.ticket });
  }
  for (const visit of visits) {
    const ticket = data.tickets[visit.ticket];
    if (!ticket.at) continue;
    mark('map', pin(stops, ticket.at, 'visit-mark', draw('path', { class: `tier-${tierStep(ticket.tier)}`, d: tierShape(ticket.tier) }),
      draw('text', { class: `number on-${tierStep(ticket.tier)}`, y: 3.2 }, String(visit.number)),
      visit.stop.late.length ? lateBadge(7, -7) : null), visit);
  }
  for (const centre of data.centres) {
    if (!centre.at) continue;
    pin(centres, centre.at, 'centre', draw('path', { d: 'M-8,7V-3L0,-9L8,-3V7z' }), draw('path', { class: 'door', d: 'M-4,7V0H4V7' }));
    pin(names, centre.at, 'centre-name', draw('text', { x: 12, y: 4 }, centre.id));
  }
  map.svg.append(map.grid, map.world, homes, centres, stops, names, map.scale);
  const missing = data.tickets.filter((ticket) => !ticket.at).length;
  byId('map-note').hidden = !missing && allSpots.length > 0;
  byId('map-source').hidden = !data.roads;
  byId('map-source').textContent = data.roads ? data.roads.attribution : '';
  byId('map-note').textContent = allSpots.length ? fill(t('map.missing'), missing) : t('map.empty');
};

const fitMap = (spots) => {
  const [width, height] = map.size;
  const places = (spots && spots.length ? spots : [...allSpots, ...data.routes.flatMap((route) => route.path)]).map(project);
  if (!places.length || !width) return;
  const [west, east] = extent(places.map(([x]) => x));
  const [north, south] = extent(places.map(([, y]) => y));
  const k = Math.min((width - 80) / Math.max(east - west, 0.5), (height - 80) / Math.max(south - north, 0.5));
  map.view = { k, x: width / 2 - (k * (west + east)) / 2, y: height / 2 - (k * (north + south)) / 2 };
  if (!spots) map.fitted = k;
  paintView();
};

const paintView = () => {
  const { k, x, y } = map.view;
  const [width, height] = map.size;
  map.world.setAttribute('transform', `matrix(${k} 0 0 ${k} ${x} ${y})`);
  for (const { element, spot } of map.pins) element.setAttribute('transform', `translate(${spot[0] * k + x},${spot[1] * k + y})`);
  // The grid's cells are as long as the scale bar: a round number of kilometres near 90 pixels.
  const power = 10 ** Math.floor(Math.log10(90 / k));
  const km = [5, 2, 1].map((factor) => factor * power).find((length) => length * k <= 90) || power;
  const step = km * k;
  const lines = [];
  for (let at = x % step; at < width; at += step) lines.push(`M${at},0V${height}`);
  for (let at = y % step; at < height; at += step) lines.push(`M0,${at}H${width}`);
  map.grid.setAttribute('d', lines.join(''));
  map.scale.replaceChildren(draw('path', { d: `M14,${height - 20}v6h${step}v-6` }), draw('text', { x: 14 + step / 2, y: height - 20 },
    km >= 1 ? `${km} ${t('unit.km')}` : `${Math.round(km * 1000)} ${t('unit.m')}`));
  map.svg.classList.toggle('dense', map.pins.length > 60 && k < 2.2 * (map.fitted || k));
};

const zoomMap = (factor, at = [map.size[0] / 2, map.size[1] / 2]) => {
  const { k, x, y } = map.view;
  const next = Math.min(Math.max(k * factor, 0.005), 5000);
  map.view = { k: next, x: at[0] - ((at[0] - x) * next) / k, y: at[1] - ((at[1] - y) * next) / k };
  paintView();
};
const panMap = (dx, dy) => {
  map.view = { ...map.view, x: map.view.x + dx, y: map.view.y + dy };
  paintView();
};

const wireMap = () => {
  const fingers = new Map();
  const inside = (event) => {
    const box = map.svg.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const gap = () => (([a, b]) => Math.hypot(a[0] - b[0], a[1] - b[1]))([...fingers.values()]);
  map.svg.addEventListener('wheel', (event) => {
    event.preventDefault();
    zoomMap(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), inside(event));
  }, { passive: false });
  map.svg.addEventListener('pointerdown', (event) => {
    fingers.set(event.pointerId, inside(event));
    map.moved = false;
  });
  map.svg.addEventListener('pointermove', (event) => {
    const old = fingers.get(event.pointerId);
    if (!old) return;
    const now = inside(event);
    if (!map.moved && Math.hypot(now[0] - old[0], now[1] - old[1]) < 4) return; // a shaky click is no drag
    if (!map.moved) map.svg.setPointerCapture(event.pointerId);
    map.moved = true;
    const before = fingers.size === 2 ? gap() : 0;
    fingers.set(event.pointerId, now);
    if (before) zoomMap(gap() / before, now);
    else panMap(now[0] - old[0], now[1] - old[1]);
  });
  for (const name of ['pointerup', 'pointercancel', 'pointerleave']) {
    map.svg.addEventListener(name, (event) => fingers.delete(event.pointerId));
  }
  map.svg.addEventListener('keydown', (event) => {
    const action = { ArrowLeft: () => panMap(60, 0), ArrowRight: () => panMap(-60, 0), ArrowUp: () => panMap(0, 60),
      ArrowDown: () => panMap(0, -60), '+': () => zoomMap(1.4), '=': () => zoomMap(1.4), '-': () => zoomMap(1 / 1.4),
      0: () => fitMap() }[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
  byId('zoom-in').addEventListener('click', () => zoomMap(1.5));
  byId('zoom-out').addEventListener('click', () => zoomMap(1 / 1.5));
  byId('zoom-fit').addEventListener('click', () => fitMap());
  new ResizeObserver(() => {
    const box = map.svg.getBoundingClientRect();
    const first = !map.size[0];
    if (!box.width) return;
    map.size = [box.width, box.height];
    map.svg.setAttribute('viewBox', `0 0 ${box.width} ${box.height}`);
    if (first || map.view.k === map.fitted) fitMap();
    else paintView();
  }).observe(map.svg);
};

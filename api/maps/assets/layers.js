// Everything above the roads, layer by layer, and the switches that show and hide them.
const map = { svg: byId('map'), canvas: byId('roads'), view: { k: 1, x: 0, y: 0 }, size: [0, 0], pins: [], layers: {} };
const roads = makeRoads(data.background, project);

// A ticket's state shows by colour and by shape, never by colour alone.
const MARKS = {
  covered: 'M-4.2,0a4.2,4.2 0 1,0 8.4,0a4.2,4.2 0 1,0 -8.4,0',
  false_in: 'M0,-7L6.6,4.8H-6.6z',
  false_out: 'M-4.8,-4.8h9.6v9.6h-9.6z',
  gap: 'M-5,-5L5,5M5,-5L-5,5',
};
const ticketMark = (state) => [draw('path', { class: `halo ${state}`, d: MARKS[state] }), draw('path', { class: `sign ${state}`, d: MARKS[state] })];
const centreMark = () => [draw('path', { class: 'house', d: 'M-9,8V-3L0,-10L9,-3V8z' }), draw('path', { class: 'door', d: 'M-4,8V1H4V8' })];

// Corners of areas that were traced from a raster mean nothing: they are cut (Chaikin 1974).
const rounded = (spots) => spots.slice(1).flatMap(([x, y], number) => {
  const [a, b] = spots[number];
  return [[a + (x - a) / 4, b + (y - b) / 4], [a + ((x - a) * 3) / 4, b + ((y - b) * 3) / 4]];
});
const closed = (spots) => [...spots, spots[0]];
const cellClass = (step) => (step === null ? 'cell none' : `cell step-${step}`);
const outline = (rings, round) => rings.map((ring) => {
  let spots = [];
  decode(ring, data.precision, (lat, lon) => spots.push(project(lat, lon)));
  if (round) spots = rounded(closed(rounded(spots)));
  return `M${spots.map(([x, y]) => `${x.toFixed(3)},${y.toFixed(3)}`).join('L')}z`;
}).join('');

const pin = (parent, at, name, children) => {
  const element = draw('g', { class: name }, children);
  map.pins.push({ element, spot: project(...at) });
  parent.append(element);
  return element;
};

const buildLayers = () => {
  map.grid = draw('path', { class: 'grid' });
  map.world = draw('g', { class: 'world' });
  for (const key of ['surface', 'territories', 'isochrones', 'circles']) map.layers[key] = draw('g', { class: `layer-${key}` });
  for (const key of ['tickets', 'centres']) map.layers[key] = draw('g', { class: `layer-${key}` });
  for (const cell of data.cells) {
    map.layers.surface.append(withHover(draw('path', { class: cellClass(cell.step), d: outline(cell.rings) }), '', cell.hover));
  }
  for (const area of data.areas) {
    map.layers[area.layer].append(withHover(draw('path', { class: `area ${area.layer}`, 'fill-rule': 'evenodd',
      style: `--hue:${hue(area.centre)}`, d: outline(area.rings, area.layer === 'isochrones'), 'data-centre': area.centre }), '', area.hover));
  }
  map.world.append(...['surface', 'territories', 'isochrones', 'circles'].map((key) => map.layers[key]));
  data.tickets.forEach((ticket, number) => {
    ticket.element = withHover(pin(map.layers.tickets, ticket.at, `ticket ${ticket.state}`, ticketMark(ticket.state)), ticket.id, ticket.hover);
    ticket.element.setAttribute('aria-label', [ticket.id, ...ticket.hover.map((row) => row.join(' '))].join(', '));
    ticket.number = number;
  });
  data.centres.forEach((centre, number) => {
    pin(map.layers.centres, centre.at, 'centre-name', [draw('text', { x: 13, y: 5 }, centre.id)]);
    const element = pin(map.layers.centres, centre.at, 'centre', centreMark());
    element.setAttribute('style', `--hue:${hue(number)}`);
    withHover(element, centre.id, centre.hover);
  });
  map.scale = draw('g', { class: 'scale' });
  map.svg.append(map.world, map.layers.tickets, map.layers.centres, map.scale);
};

const showLayer = (key, shown) => {
  if (key === 'roads') map.canvas.hidden = !shown;
  else map.layers[key].classList.toggle('off', !shown);
};

const sample = (layer, entry) => {
  if (entry.mark) return draw('svg', { class: 'sample', viewBox: '-9 -9 18 18' }, ticketMark(entry.mark));
  return draw('svg', { class: 'sample', viewBox: '0 0 18 18' }, draw('rect', { class: cellClass(entry.step), x: 1, y: 3, width: 16, height: 12 }));
};
const layerSample = (key) => {
  const box = (name) => draw('svg', { class: 'sample', viewBox: '0 0 18 18', style: `--hue:${hue(0)}` }, draw('rect', { class: `area ${name}`, x: 1, y: 3, width: 16, height: 12, rx: 3 }));
  if (key === 'centres') return draw('svg', { class: 'sample', viewBox: '-12 -12 24 24', style: `--hue:${hue(0)}` }, draw('g', { class: 'centre' }, centreMark()));
  if (key === 'circles') return draw('svg', { class: 'sample', viewBox: '0 0 18 18', style: `--hue:${hue(0)}` }, draw('circle', { class: 'area circles', cx: 9, cy: 9, r: 7 }));
  if (key === 'isochrones' || key === 'territories') return box(key);
  if (key === 'roads') return draw('svg', { class: 'sample', viewBox: '0 0 18 18' }, draw('path', { class: 'road-sample', d: 'M0,13C6,13 8,5 18,5' }));
  return null;
};

const buildSwitches = () => {
  for (const layer of data.layers) {
    const box = make('input', { type: 'checkbox', id: `layer-${layer.key}` });
    const legend = make('ul', { class: 'steps' }, layer.legend.map((entry) => make('li', {}, sample(layer, entry), entry.label)));
    box.checked = layer.shown;
    const change = () => {
      showLayer(layer.key, box.checked);
      legend.hidden = !box.checked || !layer.legend.length;
    };
    box.addEventListener('change', change);
    byId('layers').append(make('label', {}, box, layerSample(layer.key), layer.label), legend);
    change();
  }
};

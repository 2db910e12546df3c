// Moving, zooming, and the tip under the pointer.
const paintView = () => {
  const { k, x, y } = map.view;
  const [width, height] = map.size;
  map.world.setAttribute('transform', `matrix(${k} 0 0 ${k} ${x} ${y})`);
  for (const { element, spot } of map.pins) element.setAttribute('transform', `translate(${spot[0] * k + x},${spot[1] * k + y})`);
  const power = 10 ** Math.floor(Math.log10(110 / k));
  const km = [5, 2, 1].map((factor) => factor * power).find((length) => length * k <= 110) || power;
  map.scale.replaceChildren(draw('path', { d: `M14,${height - 20}v6h${km * k}v-6` }), draw('text', { x: 14 + (km * k) / 2, y: height - 20 },
    km >= 1 ? `${km} ${t('unit.km')}` : `${Math.round(km * 1000)} ${t('unit.m')}`));
  map.svg.classList.toggle('dense', data.tickets.length > 150 && k < 3 * map.fitted);
  if (!map.painted) roads.paint(map.canvas, map.view, map.size); // at once, so that the page never shows a map without roads
  else if (!map.waiting) {
    map.waiting = true;
    requestAnimationFrame(() => {
      map.waiting = false;
      roads.paint(map.canvas, map.view, map.size);
    });
  }
  map.painted = true;
};
const fitMap = () => {
  const [width, height] = map.size;
  const [left, top] = project(north, west);
  const [right, bottom] = project(south, east);
  const k = Math.min(width / Math.max(right - left, 0.1), height / Math.max(bottom - top, 0.1));
  map.view = { k, x: width / 2 - (k * (left + right)) / 2, y: height / 2 - (k * (top + bottom)) / 2 };
  map.fitted = k;
  paintView();
};
const zoomMap = (factor, at = [map.size[0] / 2, map.size[1] / 2]) => {
  const { k, x, y } = map.view;
  const next = Math.min(Math.max(k * factor, map.fitted / 4), 4000);
  map.view = { k: next, x: at[0] - ((at[0] - x) * next) / k, y: at[1] - ((at[1] - y) * next) / k };
  paintView();
};
const panMap = (dx, dy) => {
  map.view = { ...map.view, x: map.view.x + dx, y: map.view.y + dy };
  paintView();
};
const showSpot = (spot, ticket) => {
  const [x, y] = project(...spot.at);
  const k = Math.max(map.view.k, 2.5 * map.fitted);
  map.view = { k, x: map.size[0] / 2 - x * k, y: map.size[1] / 2 - y * k };
  for (const one of map.svg.querySelectorAll('.hot')) one.classList.remove('hot');
  if (ticket !== null && spot.element) {
    spot.element.classList.add('hot');
    spot.element.parentNode.append(spot.element);
  }
  paintView();
  map.svg.scrollIntoView({ block: 'nearest' });
};

const showTip = (event) => {
  const tip = byId('tip');
  let node = event.target;
  while (node && !hovers.has(node)) node = node.parentNode;
  tip.hidden = !node;
  if (!node) return;
  const { title, rows } = hovers.get(node);
  tip.replaceChildren(...[title ? make('h3', {}, title) : null,
    make('dl', {}, rows.flatMap(([name, text]) => [make('dt', {}, name), make('dd', {}, text)]))].filter(Boolean));
  const box = tip.getBoundingClientRect();
  const beside = event.clientX + 16 + box.width > window.innerWidth ? event.clientX - 16 - box.width : event.clientX + 16;
  tip.style.left = `${Math.max(beside, 4)}px`;
  tip.style.top = `${Math.max(Math.min(event.clientY + 12, window.innerHeight - box.height - 8), 4)}px`;
};

const wireMap = () => {
  const fingers = new Map();
  let moved = false;
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
    moved = false;
  });
  map.svg.addEventListener('pointermove', (event) => {
    const old = fingers.get(event.pointerId);
    if (!old) {
      showTip(event);
      return;
    }
    const now = inside(event);
    if (!moved && Math.hypot(now[0] - old[0], now[1] - old[1]) < 4) return; // a shaky click is no drag
    if (!moved) map.svg.setPointerCapture(event.pointerId);
    moved = true;
    byId('tip').hidden = true;
    const before = fingers.size === 2 ? gap() : 0;
    fingers.set(event.pointerId, now);
    if (before) zoomMap(gap() / before, now);
    else panMap(now[0] - old[0], now[1] - old[1]);
  });
  for (const name of ['pointerup', 'pointercancel', 'pointerleave']) {
    map.svg.addEventListener(name, (event) => {
      fingers.delete(event.pointerId);
      if (name === 'pointerleave') byId('tip').hidden = true;
    });
  }
  map.svg.addEventListener('keydown', (event) => {
    const action = { ArrowLeft: () => panMap(60, 0), ArrowRight: () => panMap(-60, 0), ArrowUp: () => panMap(0, 60),
      ArrowDown: () => panMap(0, -60), '+': () => zoomMap(1.4), '=': () => zoomMap(1.4), '-': () => zoomMap(1 / 1.4),
      0: fitMap }[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
  byId('zoom-in').addEventListener('click', () => zoomMap(1.5));
  byId('zoom-out').addEventListener('click', () => zoomMap(1 / 1.5));
  byId('zoom-fit').addEventListener('click', fitMap);
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paintView);
  const resize = () => {
    const box = map.svg.getBoundingClientRect();
    if (!box.width) return;
    const first = !map.size[0];
    map.size = [box.width, box.height];
    map.svg.setAttribute('viewBox', `0 0 ${box.width} ${box.height}`);
    if (first || map.view.k === map.fitted) fitMap();
    else paintView();
  };
  resize();
  new ResizeObserver(resize).observe(map.svg);
};

buildLayers();
buildSwitches();
buildTables();
wireMap();

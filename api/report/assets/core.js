// Data, element builders, local time, and what is under the pointer.
const data = JSON.parse(document.getElementById('plan-data').textContent);
const byId = (id) => document.getElementById(id);
const SVG = byId('map').namespaceURI;
const t = (key) => data.labels[key];
const fill = (text, ...values) => text.replace(/\{(\d)\}/g, (_, number) => values[number]);

// Texts only ever enter the page as text nodes and attribute values, so an id may hold markup.
const build = (element, attributes, children) => {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
};
const make = (tag, attributes, ...children) => build(document.createElement(tag), attributes, children);
const draw = (tag, attributes, ...children) => build(document.createElementNS(SVG, tag), attributes, children);

// Local time without a time zone database: the page carries the zone's offsets.
const offsetAt = (second) => {
  let found = data.clock.offsets[0][1];
  for (const [from, offset] of data.clock.offsets) if (second >= from) found = offset;
  return found;
};
const localSecond = (second) => data.clock.epoch_s + second + offsetAt(second);
const dayNumber = (second) => Math.floor(localSecond(second) / 86400);
const clock = (second) => new Date(localSecond(second) * 1000).toISOString().slice(11, 16);
const moment = (second, besides) => (dayNumber(second) === dayNumber(besides)
  ? clock(second) : `${new Date(localSecond(second) * 1000).toISOString().slice(5, 10)} ${clock(second)}`);

const durationText = (seconds) => {
  const minutes = Math.ceil(seconds / 60); // up, so that a second late is not "0 min"
  const hours = Math.floor(minutes / 60);
  const rest = `${String(minutes % 60).padStart(hours ? 2 : 1, '0')} ${t('unit.minute')}`;
  return hours ? `${hours} ${t('unit.hour')} ${rest}` : rest;
};
const distanceText = (metres) => `${(metres / 1000).toFixed(1)} ${t('unit.km')}`;
const moneyText = (cents) => (cents / 100).toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

// Visits of all routes, each knowing where it stands.
const visits = [];
const visitsOfTicket = data.tickets.map(() => []);
const routesOfTechnician = data.technicians.map(() => []);
data.routes.forEach((route) => {
  const shift = data.shifts[route.shift];
  route.technician = shift.technician;
  route.day = shift.day;
  routesOfTechnician[shift.technician].push(route);
  let number = 0;
  route.visits = route.stops.filter((stop) => stop.kind === 'visit').map((stop) => {
    number += 1;
    const visit = { stop, route, number, technician: shift.technician, ticket: stop.ticket, day: shift.day };
    stop.visit = visit;
    visits.push(visit);
    visitsOfTicket[stop.ticket].push(visit);
    return visit;
  });
});
const unservedOfTicket = new Map(data.unserved.map((item) => [item.ticket, item]));

// A tier shows by lightness (five steps) and by shape, never by colour alone.
const tierStep = (tier) => (data.tiers.length < 2 ? 3 : 1 + Math.round((4 * tier) / (data.tiers.length - 1)));
const SHAPES = ['M-6,0a6,6 0 1,0 12,0a6,6 0 1,0 -12,0', 'M-5.6,-5.6h11.2v11.2h-11.2z', 'M0,-8L8,0L0,8L-8,0z',
  'M0,-8L7.6,5.6H-7.6z', 'M-3.6,-6.4H3.6L7.2,0L3.6,6.4H-3.6L-7.2,0z'];
const tierShape = (tier) => SHAPES[tier % SHAPES.length];
// Hues leave out red and orange, which mean trouble; the golden angle keeps neighbours apart.
const hue = (technician) => Math.round(60 + 270 * ((technician * 0.618034) % 1));

// What an element stands for: {technician, ticket, visit}; any may be missing.
const meanings = new WeakMap();
const marks = { map: [], bars: [], lists: [] };
const mark = (where, element, meaning) => {
  meanings.set(element, meaning);
  marks[where].push({ element, ...meaning });
  return element;
};
const meaningOf = (node) => {
  for (let one = node; one; one = one.parentNode) if (meanings.has(one)) return meanings.get(one);
  return null;
};
const state = { day: 0, hover: null, pick: null, query: '' };

const lateBadge = (x, y) => draw('g', { class: 'late-badge', transform: `translate(${x},${y})` },
  draw('circle', { r: 5 }), draw('text', { y: 3.2 }, '!'));

const visitText = (visit) => {
  const ticket = data.tickets[visit.ticket];
  const late = visit.stop.late.map(([target, , seconds]) => `${target} ${fill(t('late_by'), durationText(seconds))}`);
  return [`${visit.number}. ${t('ticket')} ${ticket.id}`, data.tiers[ticket.tier],
    `${clock(visit.stop.start_s)}–${clock(visit.stop.finish_s)}`, data.technicians[visit.technician].name, ...late].join(', ');
};

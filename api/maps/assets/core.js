// Data, element builders, and the way from degrees to kilometres on the map.
const data = JSON.parse(document.getElementById('map-data').textContent);
const byId = (id) => document.getElementById(id);
const SVG = byId('map').namespaceURI;
const t = (key) => data.labels[key];

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

// Kilometres around the middle of the map, north up, same scale both ways.
const KM_PER_DEGREE = 111.195; // mean Earth radius 6371.0088 km
const [south, west, north, east] = data.bounds;
const middle = [(south + north) / 2, (west + east) / 2];
const eastKm = KM_PER_DEGREE * Math.cos((middle[0] * Math.PI) / 180);
const project = (lat, lon) => [(lon - middle[1]) * eastKm, (middle[0] - lat) * KM_PER_DEGREE];

// The encoded polyline format: https://developers.google.com/maps/documentation/utilities/polylinealgorithm
const decode = (text, precision, visit) => {
  const unit = 10 ** -precision;
  const at = [0, 0];
  for (let place = 0, axis = 0, point = 0; place < text.length; axis = 1 - axis) {
    let value = 0;
    let shift = 0;
    let group;
    do {
      group = text.charCodeAt(place) - 63;
      place += 1;
      value |= (group & 31) << shift;
      shift += 5;
    } while (group >= 32);
    at[axis] += value & 1 ? ~(value >> 1) : value >> 1;
    if (axis) {
      visit(at[0] * unit, at[1] * unit, point);
      point += 1;
    }
  }
};

// Hues leave out red and orange, which mean trouble; the golden angle keeps neighbours apart.
const hue = (centre) => Math.round(150 + 180 * ((centre * 0.618034) % 1));

// What the tip says about an element.
const hovers = new WeakMap();
const withHover = (element, title, rows) => {
  hovers.set(element, { title, rows });
  return element;
};

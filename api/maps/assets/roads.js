// Roads of a background on a canvas; `project` turns degrees into map units, a view {k, x, y} turns those into pixels.
const ROAD_WIDTHS = [3.4, 2.7, 2.1, 1.6, 1, 0.7, 1.2]; // pixels at ROAD_SCALE, by level
const ROAD_SCALE = 40; // pixels of a kilometre
const ROAD_SHOWN = [0, 0, 0, 6, 14, 32, 0]; // pixels of a kilometre below which a level is left out

const makeRoads = (background, project) => {
  const levels = background.levels.map(({ level, counts, line }) => {
    const path = new Path2D();
    let left = 0;
    let next = 0;
    decode(line, background.precision, (lat, lon) => {
      const [x, y] = project(lat, lon);
      if (left) path.lineTo(x, y);
      else {
        left = counts[next];
        next += 1;
        path.moveTo(x, y);
      }
      left -= 1;
    });
    return { level, path };
  }).reverse(); // wide roads over small ones

  const paint = (canvas, view, size) => {
    const dots = window.devicePixelRatio || 1;
    const [width, height] = size.map((length) => Math.round(length * dots));
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = canvas.getContext('2d');
    const style = getComputedStyle(canvas);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    context.setTransform(dots * view.k, 0, 0, dots * view.k, dots * view.x, dots * view.y);
    context.lineJoin = 'round';
    context.lineCap = 'round';
    const wider = Math.min(Math.max((view.k / ROAD_SCALE) ** 0.4, 0.45), 4);
    for (const { level, path } of levels) {
      if (view.k < ROAD_SHOWN[level]) continue;
      context.strokeStyle = style.getPropertyValue(`--road-${level}`);
      context.lineWidth = (ROAD_WIDTHS[level] * wider) / view.k;
      context.setLineDash(level === 6 ? [6 / view.k, 5 / view.k] : []);
      context.stroke(path);
    }
  };
  return { paint };
};

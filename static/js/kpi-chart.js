// The chart of a KPI's page, with a pointer and with the keyboard. Without this file the drawing from the server stays,
// and paper always shows that one.
(() => {
  "use strict";
  const place = document.querySelector("[data-course]");
  if (!place || !window.Chart) return;
  const facts = JSON.parse(place.dataset.facts);
  const day = (at) => new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: facts.zone });
  const month = (at) => new Date(at).toLocaleDateString("en-GB", { month: "short", year: "numeric", timeZone: facts.zone });
  const money = ["€", "$", "£"].includes(facts.unit);
  function written(value) {
    const number = Math.abs(value).toLocaleString("en-GB", { maximumFractionDigits: 3 });
    const sign = value < 0 ? "−" : "";
    if (money) return `${sign}${facts.unit}${number}`;
    return `${sign}${number}${facts.unit === "%" || !facts.unit ? "" : " "}${facts.unit}`;
  }

  // Colours as the theme has them now; a canvas does not know CSS variables.
  function colours() {
    const probe = document.body.appendChild(document.createElement("i"));
    const names = ["ink", "fg", "fg-2", "fg-3", "line", "surface", "good", "bad", "base-tick", "accent-fg", "none"];
    const found = Object.fromEntries(names.map((name) => {
      probe.style.color = `var(--${name})`;
      return [name, getComputedStyle(probe).color];
    }));
    probe.remove();
    return found;
  }
  let paint = colours();

  function level(chart, value, colour, dash, words) {
    const { ctx, chartArea: area, scales } = chart, y = scales.y.getPixelForValue(value);
    ctx.strokeStyle = colour;
    ctx.setLineDash(dash);
    ctx.lineWidth = 1.6;
    ctx.beginPath();
    ctx.moveTo(area.left, y);
    ctx.lineTo(area.right, y);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.fillStyle = paint.fg;
    ctx.textAlign = "left";
    ctx.fillText(words, area.right + 8, y + 4);
  }

  function upright(chart, mark, foot) {
    const { ctx, chartArea: area, scales } = chart, x = scales.x.getPixelForValue(mark.at);
    if (x < area.left || x > area.right) return;
    ctx.strokeStyle = mark.kind === "note" ? paint["accent-fg"] : paint["fg-3"];
    ctx.lineWidth = 1;
    ctx.setLineDash(mark.kind === "gate" ? [1, 2] : []);
    ctx.beginPath();
    ctx.moveTo(x, area.top);
    ctx.lineTo(x, area.bottom);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.textAlign = "center";
    ctx.lineWidth = 4;
    ctx.strokeStyle = paint.surface;
    ctx.strokeText(mark.label, x, foot);
    ctx.fillStyle = mark.kind === "note" ? paint["accent-fg"] : paint.fg;
    ctx.fillText(mark.label, x, foot);
  }

  // The hatched band from the last reading to the day ahead, its middle dashed.
  function band(chart) {
    const { ctx, scales, chartArea: area } = chart, [start, end] = facts.ahead;
    const left = scales.x.getPixelForValue(start.at), right = scales.x.getPixelForValue(end.at);
    const y = (value) => scales.y.getPixelForValue(value);
    const line = (from, to) => { ctx.beginPath(); ctx.moveTo(left, from); ctx.lineTo(right, to); ctx.stroke(); };
    ctx.strokeStyle = paint.ink;
    ctx.save();
    ctx.beginPath();
    ctx.moveTo(left, y(start.high));
    ctx.lineTo(right, y(end.high));
    ctx.lineTo(right, y(end.low));
    ctx.lineTo(left, y(start.low));
    ctx.clip();
    ctx.globalAlpha = 0.4;
    ctx.lineWidth = 1.5;
    const height = area.bottom - area.top;
    ctx.beginPath();
    for (let x = left - height; x < right; x += 5) {
      ctx.moveTo(x, area.bottom);
      ctx.lineTo(x + height, area.top);
    }
    ctx.stroke();
    ctx.restore();
    ctx.lineWidth = 0.8;
    line(y(start.high), y(end.high));
    line(y(start.low), y(end.low));
    ctx.lineWidth = 1.6;
    ctx.setLineDash([5, 3]);
    line(y(start.value), y(end.value));
    ctx.setLineDash([]);
    ctx.fillStyle = paint.fg;
    ctx.textAlign = "right";
    ctx.lineWidth = 4;
    ctx.strokeStyle = paint.surface;
    const words = `Forecast ${written(end.value)}`, above = Math.max(y(end.high) - 6, area.top + 10);
    ctx.strokeText(words, right, above);
    ctx.fillText(words, right, above);
  }

  const grounds = {
    id: "grounds",
    beforeDatasetsDraw(chart) {
      const { ctx, chartArea: area, scales } = chart;
      const y = (value, otherwise) => value === null ? otherwise : Math.min(Math.max(scales.y.getPixelForValue(value), area.top), area.bottom);
      ctx.save();
      ctx.font = '11px Inter, system-ui, sans-serif';
      if (facts.low !== null || facts.high !== null) {
        const top = y(facts.high, area.top), bottom = y(facts.low, area.bottom);
        ctx.globalAlpha = 0.6;
        ctx.fillStyle = paint.good;
        ctx.fillRect(area.left, top, area.right - area.left, bottom - top);
        ctx.globalAlpha = 1;
      }
      if (facts.old_from) {
        const left = Math.max(scales.x.getPixelForValue(Date.parse(facts.old_from)), area.left);
        ctx.globalAlpha = 0.25;
        ctx.fillStyle = paint.none;
        ctx.fillRect(left, area.top, area.right - left, area.bottom - area.top);
        ctx.globalAlpha = 1;
      }
      if (facts.ahead) band(chart);
      if (facts.low !== null) level(chart, facts.low, paint.fg, [], `Target ${facts.high === null ? "≥" : "from"} ${written(facts.low)}`);
      if (facts.high !== null) level(chart, facts.high, paint.fg, [], `${facts.low === null ? "Target ≤" : "to"} ${written(facts.high)}`);
      if (facts.baseline !== null) level(chart, facts.baseline, paint["base-tick"], [4, 3], `Baseline ${written(facts.baseline)}`);
      if (facts.lowest !== null) level(chart, facts.lowest, paint.bad, [6, 3], `Lowest ${written(facts.lowest)}`);
      if (facts.highest !== null) level(chart, facts.highest, paint.bad, [6, 3], `Highest ${written(facts.highest)}`);
      ctx.restore();
    },
    afterDatasetsDraw(chart) {
      const { ctx, chartArea: area, scales } = chart;
      ctx.save();
      ctx.font = '11px Inter, system-ui, sans-serif';
      let before = -Infinity, step = 0;
      facts.marks.forEach((mark) => {
        const x = scales.x.getPixelForValue(mark.at);
        if (mark.label) { step = x - before < 28 ? (step + 1) % 4 : 0; before = x; }
        upright(chart, mark, area.bottom - 6 - 15 * step);
      });
      ctx.restore();
    },
  };

  function settings(points, words) {
    const lines = [facts.low, facts.high, facts.baseline, facts.lowest, facts.highest].filter((value) => value !== null);
    const ahead = facts.ahead ? facts.ahead.flatMap((at) => [at.low, at.high]) : [];
    const values = points.map((point) => point.y).concat(lines, ahead);
    const low = Math.min(...values), high = Math.max(...values), room = (high - low || Math.abs(high) || 1) * 0.08;
    const widest = Math.max(...lines.map((value) => `Target from ${written(value)}`.length), 0);
    const off = (value) => (facts.low !== null && value < facts.low) || (facts.high !== null && value > facts.high);
    const last = points[points.length - 1];
    return {
      type: "line",
      plugins: [grounds],
      data: { datasets: [{
        data: points, label: words, borderWidth: 1.8, tension: 0, clip: 8,
        borderColor: () => paint.ink,
        pointRadius: (context) => context.dataIndex === points.length - 1 ? 4 : points.length > 60 ? 0 : 2.4,
        pointHoverRadius: 6,
        pointHitRadius: 8,
        pointBorderColor: () => paint.ink,
        pointBackgroundColor: (context) => context.dataIndex < points.length - 1 ? paint.ink : facts.old_from ? paint.surface : off(last.y) ? paint.bad : paint.ink,
      }] },
      options: {
        animation: false, parsing: false, normalized: true, responsive: true, maintainAspectRatio: false,
        layout: { padding: { right: lines.length ? widest * 6 : 12, top: 6 } },
        interaction: { mode: "nearest", axis: "x", intersect: false },
        scales: {
          x: { type: "linear", min: points[0].x, max: facts.ahead ? facts.ahead[1].at : Math.max(last.x, facts.today), grid: { display: false },
            ticks: { maxTicksLimit: 6, maxRotation: 0, callback: (at) => month(at), color: () => paint["fg-3"], font: { size: 11 } }, border: { display: false } },
          y: { suggestedMin: low >= 0 && low <= 0.6 * high ? 0 : low - room, suggestedMax: facts.unit === "%" && high <= 100 ? Math.min(high + room, 100) : high + room,
            ticks: { maxTicksLimit: 6, callback: (value) => facts.unit === "%" ? `${value.toLocaleString("en-GB")}%` : value.toLocaleString("en-GB"), color: () => paint["fg-3"], font: { size: 11 } },
            grid: { color: () => paint.line }, border: { display: false } },
        },
        plugins: { legend: { display: false }, tooltip: { displayColors: false, callbacks: {
          title: (items) => day(items[0].parsed.x),
          label: (item) => written(item.parsed.y),
          afterLabel: (item) => near(points, item.dataIndex).join("\n"),
        } } },
      },
    };
  }

  // What happened between the reading before and this one.
  function near(points, index) {
    const from = index ? points[index - 1].x : -Infinity, to = points[index].x;
    return facts.marks.filter((mark) => mark.at > from && mark.at <= to).map((mark) => `${mark.label} ${mark.words}`.trim());
  }

  function keys(chart, canvas, points) {
    let here = points.length;
    const spoken = document.querySelector("#announcer");
    function show(index) {
      here = Math.min(Math.max(index, 0), points.length - 1);
      const item = [{ datasetIndex: 0, index: here }];
      chart.setActiveElements(item);
      chart.tooltip.setActiveElements(item, { x: 0, y: 0 });
      chart.update("none");
      if (spoken) spoken.textContent = [`${day(points[here].x)}: ${written(points[here].y)}`, ...near(points, here)].join(". ");
    }
    function clear() {
      chart.setActiveElements([]);
      chart.tooltip.setActiveElements([], { x: 0, y: 0 });
      chart.update("none");
    }
    const act = {
      ArrowLeft: () => show(here - 1), ArrowRight: () => show(here + 1), Home: () => show(0), End: () => show(points.length - 1),
      PageUp: () => show(here - 10), PageDown: () => show(here + 10), Escape: clear,
    };
    canvas.addEventListener("keydown", (event) => {
      if (!act[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      act[event.key]();
    });
    canvas.addEventListener("blur", clear);
  }

  async function start() {
    const answer = await fetch(place.dataset.course, { headers: { Accept: "application/json" } });
    if (!answer.ok) return; // the drawing from the server stays
    const course = await answer.json();
    const points = course.points.map((point) => ({ x: Date.parse(point.measured_at), y: Number(point.value) }));
    if (points.length < 2) return;
    facts.today = Date.parse(facts.today);
    facts.marks.forEach((mark) => { mark.at = Date.parse(mark.on); });
    (facts.ahead || []).forEach((at) => { at.at = Date.parse(at.on); });
    const words = place.querySelector("[role='img']").getAttribute("aria-label");
    const live = place.querySelector(".live"), canvas = document.createElement("canvas");
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-label", `${words} The arrow keys step through the readings.`);
    live.append(canvas);
    live.hidden = false;
    place.classList.add("is-live");
    const chart = new Chart(canvas, settings(points, words));
    keys(chart, canvas, points);
    const repaint = () => { paint = colours(); chart.update("none"); };
    new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  }

  start().catch(() => {});
})();

/// The script of report.html. The report is whole without it: it lets tables sort and filter, names the cell of the
/// confusion chart that is pointed at, and opens on paper what is closed on the screen.
let reportScript = """
    document.querySelectorAll("table[data-sortable]").forEach(function (table) {
      var body = table.tBodies[0];
      Array.prototype.forEach.call(table.tHead.rows[0].cells, function (head, column) {
        var button = document.createElement("button");
        button.type = "button";
        button.textContent = head.textContent;
        head.textContent = "";
        head.appendChild(button);
        button.addEventListener("click", function () {
          var sorted = head.getAttribute("aria-sort");
          var isText = body.rows.length && isNaN(body.rows[0].cells[column].dataset.value);
          var descends = isText ? sorted === "ascending" : sorted !== "descending";
          Array.prototype.forEach.call(table.tHead.rows[0].cells, function (other) { other.removeAttribute("aria-sort"); });
          head.setAttribute("aria-sort", descends ? "descending" : "ascending");
          Array.prototype.slice.call(body.rows).sort(function (one, two) {
            var a = one.cells[column].dataset.value, b = two.cells[column].dataset.value;
            var order = isNaN(a) || isNaN(b) ? String(a).localeCompare(String(b)) : a - b;
            return descends ? -order : order;
          }).forEach(function (row) { body.appendChild(row); });
        });
      });
    });
    document.querySelectorAll("input[data-filters]").forEach(function (input) {
      var rows = document.getElementById(input.dataset.filters).tBodies[0].rows;
      var count = input.parentNode.querySelector("output");
      input.parentNode.hidden = false;
      input.addEventListener("input", function () {
        var wanted = input.value.trim().toLowerCase(), shown = 0;
        Array.prototype.forEach.call(rows, function (row) {
          row.hidden = !Array.prototype.some.call(row.cells, function (cell) {
            var value = cell.dataset.value;
            return isNaN(value) && value.toLowerCase().indexOf(wanted) >= 0;
          });
          if (!row.hidden) { shown += 1; }
        });
        count.textContent = wanted ? shown + " of " + rows.length : "";
      });
    });
    document.querySelectorAll("svg.heat").forEach(function (chart) {
      var output = document.getElementById("pointed-at"), cross = chart.querySelector(".cross");
      var labels = chart.dataset.labels.split("\\n"), ground = chart.querySelector(".ground").getBBox();
      var counts = chart.dataset.counts.split(";").map(function (row) {
        var counts = {};
        if (row) { row.split(",").forEach(function (pair) { pair = pair.split(" "); counts[pair[0]] = +pair[1]; }); }
        return counts;
      });
      var cell = ground.width / labels.length;
      ["pointermove", "click"].forEach(function (kind) {
        chart.addEventListener(kind, function (event) {
          var point = new DOMPoint(event.clientX, event.clientY).matrixTransform(chart.getScreenCTM().inverse());
          var truth = Math.floor((point.y - ground.y) / cell), answer = Math.floor((point.x - ground.x) / cell);
          if (!counts[truth] || answer < 0 || answer >= labels.length) { return; }
          var count = counts[truth][answer] || 0, total = 0;
          Object.keys(counts[truth]).forEach(function (key) { total += counts[truth][key]; });
          var rows = count + " of " + total + " texts" + (total ? " (" + Math.round(100 * count / total) + " %)" : "");
          output.textContent = truth === answer
            ? (truth + 1) + " " + labels[truth] + ": " + rows + " right"
            : (truth + 1) + " " + labels[truth] + " taken for " + (answer + 1) + " " + labels[answer] + ": " + rows;
          var x = ground.x + (answer + 0.5) * cell, y = ground.y + (truth + 0.5) * cell;
          cross.setAttribute("d", "M" + ground.x + " " + y + "H" + x + "M" + x + " " + ground.y + "V" + y);
        });
      });
    });
    var opened = [];
    window.addEventListener("beforeprint", function () {
      opened = Array.prototype.slice.call(document.querySelectorAll("details:not([open])"));
      opened.forEach(function (one) { one.open = true; });
    });
    window.addEventListener("afterprint", function () {
      opened.forEach(function (one) { one.open = false; });
    });
    """

/// The script of report.html. The report is whole without it: it only lets tables sort and filter, and names the cell of
/// the confusion chart that is pointed at.
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
      input.hidden = false;
      input.addEventListener("input", function () {
        var wanted = input.value.toLowerCase();
        Array.prototype.forEach.call(rows, function (row) {
          row.hidden = row.cells[0].dataset.value.toLowerCase().indexOf(wanted) < 0;
        });
      });
    });
    document.querySelectorAll("svg.heat").forEach(function (chart) {
      var output = document.getElementById("pointed-at");
      ["pointerover", "click"].forEach(function (kind) {
        chart.addEventListener(kind, function (event) {
          var title = event.target.querySelector && event.target.querySelector("title");
          if (title) { output.textContent = title.textContent; }
        });
      });
    });
    """

// The box in the head of a table selects all rows of the page. Without this the rows have theirs.
(() => {
  for (const head of document.querySelectorAll("input[data-selects]")) {
    const rows = [...head.form.querySelectorAll(`input[name="${head.dataset.selects}"][type=checkbox]`)];
    const follow = () => {
      const count = rows.filter((row) => row.checked).length;
      head.checked = count > 0 && count === rows.length;
      head.indeterminate = count > 0 && count < rows.length;
    };
    head.hidden = rows.length === 0;
    head.addEventListener("change", () => {
      for (const row of rows) {
        row.checked = head.checked;
      }
      follow();
    });
    for (const row of rows) {
      row.addEventListener("change", follow);
    }
    // The browser keeps what was ticked when one comes back to the page.
    window.addEventListener("pageshow", follow);
  }
})();

// Enhances pages that work without it: a key for the box, filters that apply at once, copying.

const box = document.querySelector('input[type="search"]');

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey || !box) return;
  event.preventDefault();
  box.focus();
  box.select();
});

// A filter applies when it is chosen; its button is for browsers without this script.
for (const button of document.querySelectorAll("[data-no-script]")) button.hidden = true;
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form?.requestSubmit();
});

// Addresses that people share carry no empty or default parts.
document.addEventListener("submit", (event) => {
  for (const field of event.target.elements) {
    const isDefault = field.name === "mode" && field.value === "hybrid";
    if (field.name && (field.value === "" || isDefault)) field.disabled = true;
  }
});
// On the way back a page shows the state of its address, not what was chosen on the way out.
addEventListener("pageshow", () => {
  for (const form of document.forms) {
    for (const field of form.elements) field.disabled = false;
    if (form.id === "search-form") form.reset();
  }
});

for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  if (!source || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      button.textContent = "已复制";
    } catch {
      getSelection()?.selectAllChildren(source);
      button.textContent = "已选中，请按 Ctrl+C";
    }
    setTimeout(() => (button.textContent = label), 2000);
  });
}

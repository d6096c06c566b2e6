// A draft dropped on the page, sent with its progress shown, and its review filtered. The form works without this.

const form = document.getElementById("review-form");
const drop = form.querySelector("[data-drop]");
const input = form.elements.file;
const progress = form.querySelector("[data-progress]");
const part = (name) => progress.querySelector(`[data-${name}]`);
let sending = null;

for (const hint of document.querySelectorAll("[data-with-script]")) hint.hidden = false;

for (const kind of ["dragenter", "dragover"]) {
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  if (event.dataTransfer.files.length === 0) return;
  input.files = event.dataTransfer.files;
  form.requestSubmit();
});

form.addEventListener("submit", (event) => {
  // A table is a download: the browser itself sends the form, and this page stays.
  if (event.submitter?.name === "format") return;
  event.preventDefault();
  send();
});

/** Sends the form; the review replaces what is below it, and the file stays chosen for an export. */
function send() {
  sending?.abort();
  const request = new XMLHttpRequest();
  sending = request;
  const started = performance.now();
  const tick = () => (part("elapsed").textContent = `已用 ${Math.round((performance.now() - started) / 1000)} 秒`);
  const timer = setInterval(tick, 1000);
  tick();
  say("正在上传…");
  part("bar").removeAttribute("value");
  progress.hidden = false;
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    if (total > 0) part("bar").value = Math.round((loaded / total) * 100);
  });
  request.upload.addEventListener("load", () => {
    say("正在比对…条款多的文件要几十秒。");
    part("bar").removeAttribute("value");
  });
  request.addEventListener("load", () => show(request.responseText));
  request.addEventListener("error", () => complain("没有连上服务", "请检查网络后再试一次。"));
  request.addEventListener("loadend", () => {
    clearInterval(timer);
    if (sending === request) {
      sending = null;
      progress.hidden = true;
    }
  });
  request.open("POST", form.action);
  request.setRequestHeader("accept", "text/html");
  request.send(new FormData(form));
}

part("cancel").addEventListener("click", () => {
  sending?.abort();
  input.focus();
});

/** Says the phase, once, to who listens too. */
function say(phase) {
  part("phase").textContent = phase;
}

function show(text) {
  const answer = new DOMParser().parseFromString(text, "text/html");
  const outcome = answer.getElementById("outcome");
  if (!outcome) {
    const said = answer.querySelector("main :is(h1, h2)")?.textContent ?? "服务没有答复";
    complain(said, answer.querySelector("main h1 ~ p")?.textContent ?? "请稍后再试一次。");
    return;
  }
  document.getElementById("outcome").replaceWith(document.adoptNode(outcome));
  document.title = answer.title;
  enhance();
  const title = document.getElementById("result-title") ?? outcome;
  title.focus({ preventScroll: true });
  outcome.scrollIntoView({ block: "start" });
}

function complain(title, advice) {
  const section = document.createElement("section");
  section.className = "message refused";
  section.setAttribute("role", "alert");
  const heading = document.createElement("h2");
  heading.textContent = title;
  const line = document.createElement("p");
  line.textContent = advice;
  section.append(heading, line);
  document.getElementById("outcome").replaceChildren(section);
}

/** What a review on the page gains: filters, printing, no advice for who has no script. */
function enhance() {
  const outcome = document.getElementById("outcome");
  for (const note of outcome.querySelectorAll("[data-no-script]")) note.hidden = input.files.length > 0;
  for (const button of outcome.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
  const row = outcome.querySelector("[data-filters]");
  if (!row) return;
  const chosen = new Set();
  const clauses = [...outcome.querySelectorAll("[data-findings]")];
  const said = outcome.querySelector("[data-filtered]");
  for (const label of row.querySelectorAll("[data-finding]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    button.append(...label.childNodes);
    label.replaceWith(button);
    button.addEventListener("click", () => {
      const finding = label.dataset.finding;
      if (!chosen.delete(finding)) chosen.add(finding);
      button.setAttribute("aria-pressed", String(chosen.has(finding)));
      let shown = 0;
      for (const clause of clauses) {
        const own = clause.dataset.findings.split(" ");
        clause.hidden = chosen.size > 0 && !own.some((name) => chosen.has(name));
        shown += clause.hidden ? 0 : 1;
      }
      said.textContent = chosen.size > 0 ? `只显示其中 ${shown} 条，再点一次取消` : "";
    });
  }
}
enhance();

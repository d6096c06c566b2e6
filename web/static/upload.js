// Upload of a document: drop it anywhere on the form, see how far it is. The form works without.

const form = document.getElementById("upload");
if (form) enhance(form);

function enhance(form) {
  const file = form.elements.file;
  const chosen = form.querySelector("[data-chosen]");
  const button = form.querySelector("button[type=submit]");
  const bar = form.querySelector("progress");
  const state = form.querySelector("[data-state]");
  const hint = chosen.textContent;

  function showChosen() {
    const [one] = file.files;
    chosen.textContent = one ? `${one.name}（${size(one.size)}）` : hint;
  }

  function size(bytes) {
    return bytes < 1 << 20 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / (1 << 20)).toFixed(1)} MB`;
  }

  function say(text) {
    state.textContent = text;
  }

  function end() {
    form.removeAttribute("aria-busy");
    button.disabled = false;
    bar.hidden = true;
  }

  /** Shows what the service says is wrong, on the page that it sent. */
  function refuse(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const problem = page.getElementById("upload-problem");
    const place = document.getElementById("upload-problem");
    end();
    say("");
    if (!problem) {
      say("上传没有成功，请稍后再试。");
      return;
    }
    if (place) place.replaceWith(document.adoptNode(problem));
    else form.before(document.adoptNode(problem));
    const replace = form.querySelector("[data-replace]");
    if (page.querySelector("[data-replace]") && !replace) {
      button.before(document.adoptNode(page.querySelector("[data-replace]")));
    }
    document.getElementById("upload-problem").focus();
  }

  file.addEventListener("change", showChosen);
  form.addEventListener("dragover", (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    form.classList.add("over");
  });
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) form.classList.remove("over");
  });
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    const [one] = event.dataTransfer.files;
    if (!one) return;
    const only = new DataTransfer();
    only.items.add(one);
    file.files = only.files;
    showChosen();
    if (event.dataTransfer.files.length > 1) say("一次收录一份，这里取了第一份。");
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "text/html");
    request.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => {
      if (lengthComputable) bar.value = loaded / total;
      if (loaded === total) {
        bar.removeAttribute("value");
        say("正在识别条款，请稍候…");
      }
    });
    request.addEventListener("load", () => {
      if (request.status < 400) location.assign(request.responseURL);
      else refuse(request.responseText);
    });
    request.addEventListener("error", () => {
      end();
      say("连接中断，没有收录。请再试一次。");
    });
    const body = new FormData(form);
    form.setAttribute("aria-busy", "true");
    button.disabled = true;
    bar.hidden = false;
    bar.value = 0;
    say("正在上传…");
    request.send(body);
  });
  addEventListener("pageshow", () => {
    end();
    showChosen();
    say("");
  });
}

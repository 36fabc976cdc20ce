// The form of the look-up: the device does a sum while somebody types; then the question is not needed.
import { sum } from "../hashes.js";

const form = document.querySelector("[data-voter]");

function inWorker(challenge, bits, program) {
  return new Promise((done, failed) => {
    const worker = new Worker(program);
    worker.onmessage = ({ data }) => { worker.terminate(); done(data); };
    worker.onerror = (error) => { worker.terminate(); failed(error); };
    worker.postMessage({ challenge, bits });
  });
}

async function inPieces(challenge, bits) {
  const steps = sum(challenge, bits);
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    await new Promise((go) => setTimeout(go));
  }
}

function start(form) {
  const { challenge, work } = form.elements;
  const status = form.querySelector("[data-status]"), question = form.querySelector("[data-question]");
  const bits = Number(form.dataset.bits);
  let waits = false;
  form.classList.add("voter-working");
  question.hidden = !question.classList.contains("voter-needed");
  const done = inWorker(challenge.value, bits, form.dataset.program)
    .catch(() => inPieces(challenge.value, bits))
    .then((value) => {
      work.value = value;
      if (waits) { status.textContent = form.dataset.ready; form.submit(); }
    })
    .catch(() => { question.hidden = false; question.classList.add("voter-needed"); form.classList.remove("voter-working"); });
  form.addEventListener("submit", (event) => {
    if (work.value || form.elements.answer.value) return;
    event.preventDefault();
    waits = true;
    status.textContent = form.dataset.working;
  });
  return done;
}

// A page that comes back out of the browser's memory has a challenge that was used.
addEventListener("pageshow", (event) => { if (event.persisted && form) location.reload(); });
if (form) start(form);

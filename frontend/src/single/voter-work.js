// A worker that does the sum of a form beside the page.
import { sum } from "../hashes.js";

onmessage = ({ data }) => {
  const steps = sum(data.challenge, data.bits, 1e9);
  let step = steps.next();
  while (!step.done) step = steps.next();
  postMessage(step.value);
};

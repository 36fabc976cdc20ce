// Passkeys. Without them, or without this script, pages ask for a code or a password; what needs it stays hidden until it can be used.

const able = () => Boolean(window.PublicKeyCredential && navigator.credentials);

function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

export function asked(options) {
  const key = structuredClone(options.publicKey);
  key.challenge = bytes(key.challenge);
  if (key.user) key.user.id = bytes(key.user.id);
  for (const list of [key.allowCredentials, key.excludeCredentials]) for (const one of list ?? []) one.id = bytes(one.id);
  return { publicKey: key };
}

export function answered(credential) {
  const { response } = credential;
  const parts = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) parts[name] = text(response[name]);
  }
  if (response.getTransports) parts.transports = response.getTransports();
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: parts,
  };
}

function optionsIn(id) {
  const found = JSON.parse(document.getElementById(id).textContent);
  return found.creation_options ?? found.request_options;
}

function sends(form, ask) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = form.querySelector("[role=alert]");
    if (problem) problem.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(answered(await ask()));
      form.submit();
    } catch {
      if (problem) problem.hidden = false;
    }
  });
}

async function challenge(url) {
  const answer = await fetch(url, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).request_options;
}

export function start() {
  if (!able()) return;
  for (const part of document.querySelectorAll("[data-passkey-sign-in]")) {
    sends(part.querySelector("form"), async () => navigator.credentials.get(asked(await challenge(part.dataset.passkeySignIn))));
    part.hidden = false;
  }
  for (const part of document.querySelectorAll("[data-passkey]")) {
    sends(part.querySelector("form"), () => navigator.credentials.get(asked(optionsIn(part.dataset.passkey))));
    part.hidden = false;
  }
  for (const form of document.querySelectorAll("[data-passkey-new]")) {
    sends(form, () => navigator.credentials.create(asked(optionsIn(form.dataset.passkeyNew))));
  }
}

// Photos are made smaller before they are sent: a weak signal carries 300 KB sooner than 6 MB. Drawing them anew also
// leaves their place of origin behind. Whatever a browser cannot read it sends as it is; the server checks and draws
// every photo anew in any case.

const LONG_SIDE = 1600;
const SMALL_ENOUGH = 400 * 1024;
const QUALITY = 0.8;

async function smaller(file) {
  if (!file.type.startsWith("image/") || file.size <= SMALL_ENOUGH) return file;
  try {
    const image = await createImageBitmap(file);
    const scale = Math.min(1, LONG_SIDE / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.width * scale));
    canvas.height = Math.max(1, Math.round(image.height * scale));
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    if (!blob || blob.size >= file.size) return file;
    return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    return file;
  }
}

for (const box of document.querySelectorAll("[data-papers]")) {
  const input = box.querySelector("input[type=file]");
  const name = box.querySelector("[data-file-name]");
  const buttons = input.form.querySelectorAll("button[type=submit]");
  let latest = 0;

  input.addEventListener("change", async () => {
    const turn = ++latest;
    const chosen = [...input.files];
    if (!chosen.length) return;
    const said = name.textContent;
    name.textContent = box.dataset.atWork;
    for (const button of buttons) button.disabled = true;
    const made = [];
    for (const file of chosen) made.push(await smaller(file)); // one after the other: a phone has little memory
    if (turn === latest) {
      try {
        const list = new DataTransfer();
        for (const file of made) list.items.add(file);
        input.files = list.files;
      } catch {
        // an old browser keeps what was chosen
      }
      name.textContent = said;
      for (const button of buttons) button.disabled = false;
    }
  });
}

// One large button instead of a file field and a button: choosing the files sends them. Works without this, too.
for (const form of document.querySelectorAll("form.upload")) {
  const input = form.querySelector("input[type=file]");
  form.classList.add("upload-ready");
  input.addEventListener("change", () => {
    if (input.files.length > 0) {
      form.classList.add("upload-sending");
      form.querySelector("[role=status]").textContent = form.dataset.sending;
      form.requestSubmit();
    }
  });
}

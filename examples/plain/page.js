// What a page can do with <spandeck-viewer>: steer it, hear of it, hand it a file.

const review = document.querySelector('#review');
const told = document.querySelector('#told');
for (const button of document.querySelectorAll('[data-trace]')) {
  button.addEventListener('click', () => review.setAttribute('trace', button.dataset.trace));
}
review.addEventListener('spandeck-state', ({ detail }) => {
  told.textContent = detail.full ? `${detail.mode}, trace ${detail.trace.slice(0, 8)}` : detail.mode;
});

const outcome = document.querySelector('#outcome');
document.querySelector('#file').addEventListener('change', async event => {
  try {
    await document.querySelector('#own').open(event.target.files[0]);
    outcome.textContent = 'It is open.';
  } catch (error) {
    outcome.textContent = `${error.code}: ${error.message}`;
  }
});

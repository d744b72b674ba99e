// A clock outside the page, whose ticks go on while the page is hidden. It says "now" and nothing else.
self.onmessage = (event: MessageEvent<number>) => {
  setInterval(() => self.postMessage('tick'), event.data)
}

/** Ticks once a second. A worker's timer keeps its pace in a hidden tab, where a page's own timers slow to one a minute. */
setInterval(() => postMessage(null), 1000)

"""What a browser says about texts on a page that are hard to read (WCAG 1.4.3)."""

LOW_CONTRAST = """() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = colour => { canvas.clearRect(0,0,1,1); canvas.fillStyle = colour; canvas.fillRect(0,0,1,1);
    return [...canvas.getImageData(0,0,1,1).data]; };
  const light = ([r,g,b]) => { const [x,y,z] = [r,g,b].map(v => (v /= 255) <= .04045 ? v/12.92 : ((v+.055)/1.055)**2.4);
    return .2126*x + .7152*y + .0722*z; };
  const ground = node => { for (; node; node = node.parentElement) {
    const colour = rgba(getComputedStyle(node).backgroundColor); if (colour[3] === 255) return colour; }
    return rgba('Canvas'); };
  const low = [];
  for (const node of document.querySelectorAll('body *')) {
    const own = [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim());
    if (!own || !node.getClientRects().length) continue;
    const a = light(rgba(getComputedStyle(node).color)), b = light(ground(node));
    const ratio = (Math.max(a,b) + .05) / (Math.min(a,b) + .05);
    if (ratio < 4.5) low.push(node.textContent.trim().slice(0, 40) + ' ' + ratio.toFixed(2));
  }
  return low;
}"""
"""JavaScript: the texts whose contrast with their ground is below 4.5."""

/** What a mailed link carries behind its #: no server, proxy or log ever sees that part (RST-04). */

const CARRIED = /^#([\w-]{10,80})$/;

/** Where an address says what it carries, and how it is made to forget it. */
interface Place {
  readonly hash: string;
  forget(): void;
}

const HERE: Place = {
  get hash() { return location.hash; },
  forget() { history.replaceState(null, "", location.pathname + location.search); },
};

/** The secret in the address, which forgets it at once, before anybody copies or bookmarks it; "" if there is none. */
export function carried(place: Place = HERE): string {
  const found = CARRIED.exec(place.hash)?.[1] ?? "";
  if (place.hash !== "") place.forget();
  return found;
}

/**
 * Fill `field` with what the address carries, now and whenever another link is followed in this tab, and call
 * `arrived` each time. Tells whether there was something.
 */
export function fromLink(field: HTMLInputElement, arrived: () => void = () => {}): boolean {
  const take = (): boolean => {
    const secret = carried();
    if (secret === "") return false;
    field.value = secret;
    arrived();
    return true;
  };
  window.addEventListener("hashchange", take);
  return take();
}

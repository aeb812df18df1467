/** What a file is by its contents, where it was named as another kind. In words that hold everywhere. */
export function kindByContents(text: string): string | undefined {
  if (/^(?:\u00FF\u00FE|\u00FE\u00FF)/.test(text) || text.includes('\0')) {
    return 'it is UTF-16 or binary instead of UTF-8 text, and no program reads it as such a file: save it as UTF-8';
  }
  if (/^\s*\[(?:Unit|Service|Container|Pod|Kube|Install)\]/m.test(text))
    return 'it is a systemd unit, a drop-in or a Quadlet: add it as a systemd unit';
  if (/^(?:apiVersion|kind|secretGenerator):/m.test(text))
    return 'it is a Kubernetes manifest: add it as a Secret manifest';
  if (/^services:/m.test(text)) return 'it is a compose file: add it as a compose file';
  return undefined;
}

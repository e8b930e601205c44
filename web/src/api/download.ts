/** Hands something that was fetched to the browser's downloads. */
export function download(data: Blob, name: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(data);
  link.download = name;
  link.click();
  // The download has begun with the click; the address is not needed any more soon after.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

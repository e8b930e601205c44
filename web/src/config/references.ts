/** Where an own config has a reference to a secret of this name: the value itself stands in the vault. */
export function placesOf(config: unknown, name: string, path: readonly string[] = []): string[] {
  if (typeof config !== "object" || config === null) return [];
  if ("source" in config && config.source === "file" && "provider" in config && config.provider === name) return [path.join(".")];
  return Object.entries(config).flatMap(([key, value]) => placesOf(value, name, [...path, key]));
}

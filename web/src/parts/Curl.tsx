import { en } from "../texts/en";
import { Copy } from "./Copy";
import css from "./Curl.module.css";

interface Props {
  method: "POST" | "PATCH" | "PUT" | "DELETE";
  path: string;
  /** Secrets in it are to be left out by whoever calls. */
  body?: unknown;
  headers?: Record<string, string>;
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

export function curlOf({ method, path, body, headers = {} }: Props, origin: string): string {
  const all = {
    Authorization: "Bearer $TOKEN",
    ...headers,
    ...(body === undefined ? {} : { "Content-Type": "application/json" }),
  };
  return [
    `curl -X ${method} ${quoted(`${origin}/api${path}`)}`,
    // The token alone is for the shell to fill in, so its header stands in double quotes.
    ...Object.entries(all).map(([name, value]) => `-H ${name === "Authorization" ? `"${name}: ${value}"` : quoted(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`-d ${quoted(JSON.stringify(body))}`]),
  ].join(" \\\n  ");
}

/** The request that a form sends, for a terminal. */
export function Curl(props: Props) {
  const text = curlOf(props, location.origin);
  return (
    <details className={css.curl}>
      <summary>{en.curl}</summary>
      <p>{en.curlHint}</p>
      <div className={css.code}>
        <pre tabIndex={0}>{text}</pre>
        <Copy value={text} thing={en.curl} />
      </div>
    </details>
  );
}

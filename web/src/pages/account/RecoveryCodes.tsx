import { Download, Printer } from "lucide-react";
import { download } from "../../api/download";
import { Button } from "../../parts/Button";
import { Copy } from "../../parts/Copy";
import { Dialog } from "../../parts/Dialog";
import { twoStep as words } from "../../texts/security";
import css from "./Security.module.css";

interface Props {
  codes: readonly string[];
  email: string;
  onClose: () => void;
}

/** Shown once, and gone from the page when it is closed. */
export function RecoveryCodes({ codes, email, onClose }: Props) {
  const text = `${words.head(email)}\n\n${codes.join("\n")}\n`;
  return (
    <Dialog
      title={words.codesTitle}
      onClose={onClose}
      actions={
        <Button kind="primary" onPress={onClose}>
          {words.codesDone}
        </Button>
      }
    >
      <p>{words.codesText}</p>
      <ul className={`${css.codes} printed`}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className={css.buttons}>
        <Copy value={codes.join("\n")} thing={words.all} />
        <Button size="small" icon={<Download />} onPress={() => download(new Blob([text], { type: "text/plain" }), words.file)}>
          {words.download}
        </Button>
        <Button size="small" icon={<Printer />} onPress={() => print()}>
          {words.print}
        </Button>
      </div>
    </Dialog>
  );
}

import { Button } from "./Button";
import { Copyable } from "./Copy";

interface Props {
  /** What to do with it before it is gone. */
  text: string;
  value: string;
  done: string;
  onDone: () => void;
}

/** A secret that nobody is shown again. */
export const ShownOnce = ({ text, value, done, onDone }: Props) => (
  <>
    <p>{text}</p>
    <Copyable value={value} />
    <Button kind="primary" wide onPress={onDone}>
      {done}
    </Button>
  </>
);

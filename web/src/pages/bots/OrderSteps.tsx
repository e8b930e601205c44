import { newBot as words } from "../../texts/bots";
import css from "./NewBot.module.css";

interface Props {
  at: number;
  /** What is ordered is paid for as it was reviewed: no way leads back to change it. */
  ordered: boolean;
  onGo: (to: number) => void;
}

export const OrderSteps = ({ at, ordered, onGo }: Props) => (
  <ol className={css.steps}>
    {words.steps.map((name, index) => (
      <li key={name} aria-current={index === at ? "step" : undefined} className={index < at ? css.done : undefined}>
        {index < at && !ordered ? (
          <button type="button" onClick={() => onGo(index)}>
            {name}
          </button>
        ) : (
          name
        )}
      </li>
    ))}
  </ol>
);

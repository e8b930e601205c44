import { useMutation, useQueryClient, type QueryKey } from "@tanstack/react-query";
import { useRef } from "react";
import { Problem } from "./problems";

interface Options<Input, Answer> {
  /** @param key of this press: the same one again makes nothing twice. */
  send: (input: Input, key: string) => Promise<Answer>;
  /** What to read again afterwards, and to look at when nothing was heard. */
  touches: readonly QueryKey[];
  onDone?: (answer: Answer, input: Input) => void;
}

export interface Act<Input, Answer> {
  press: (input: Input) => void;
  /** The same press once more, under its own key. */
  again: () => void;
  clear: () => void;
  busy: boolean;
  answer: Answer | undefined;
  problem: Problem | null;
}

/** Something that a person asks for by pressing. It is sent once: when no answer comes, what is there is read, and nothing is sent again unasked. */
export function useAct<Input = void, Answer = unknown>({ send, touches, onDone }: Options<Input, Answer>): Act<Input, Answer> {
  const queries = useQueryClient();
  const last = useRef<{ input: Input; key: string } | null>(null);
  // The second press of a double one comes before the first is drawn.
  const sending = useRef(false);
  const { mutate, reset, isPending, data, error } = useMutation<Answer, Error, { input: Input; key: string }>({
    mutationFn: ({ input, key }) => send(input, key).finally(() => (sending.current = false)),
    onSettled: (_answer, fault) => {
      const looked = Promise.all(touches.map((queryKey) => queries.invalidateQueries({ queryKey })));
      // A refusal is said at once; what was not heard is looked for before anything is said.
      return fault && Problem.of(fault).kind !== "unheard" ? undefined : looked;
    },
    onSuccess: (answer, { input }) => onDone?.(answer, input),
    retry: false,
    networkMode: "always",
  });
  const go = (press: { input: Input; key: string }) => {
    if (isPending || sending.current) return;
    sending.current = true;
    last.current = press;
    mutate(press);
  };
  return {
    press: (input) => go({ input, key: crypto.randomUUID() }),
    again: () => last.current && go(last.current),
    clear: reset,
    busy: isPending,
    answer: data,
    problem: error ? Problem.of(error) : null,
  };
}

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
  const { mutate, reset, isPending, data, error } = useMutation<Answer, Error, { input: Input; key: string }>({
    mutationFn: ({ input, key }) => send(input, key),
    onSettled: () => Promise.all(touches.map((queryKey) => queries.invalidateQueries({ queryKey }))),
    onSuccess: (answer, { input }) => onDone?.(answer, input),
    retry: false,
    networkMode: "always",
  });
  const go = (press: { input: Input; key: string }) => {
    last.current = press;
    mutate(press);
  };
  return {
    press: (input) => !isPending && go({ input, key: crypto.randomUUID() }),
    again: () => !isPending && last.current && go(last.current),
    clear: reset,
    busy: isPending,
    answer: data,
    problem: error ? Problem.of(error) : null,
  };
}

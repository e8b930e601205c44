import { useEffect } from "react";
import { en } from "../texts/en";

export function useTitle(title: string) {
  useEffect(() => {
    document.title = `${title} · ${en.product}`;
  }, [title]);
}

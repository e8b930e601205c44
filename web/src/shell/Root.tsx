import { Outlet, useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { Problem } from "../api/problems";
import { Button, ButtonLink } from "../parts/Button";
import { Empty } from "../parts/Empty";
import { Toasts } from "../parts/Toast";
import { useTitle } from "../parts/useTitle";
import { en } from "../texts/en";
import css from "./Root.module.css";

export const Root = () => (
  <>
    <Outlet />
    <Toasts />
  </>
);

export function NotFound() {
  useTitle(en.notFound.title);
  return (
    <main className={css.alone} id="content">
      <Empty
        alone
        icon={<Compass />}
        title={en.notFound.title}
        text={en.notFound.text}
        action={<ButtonLink to="/bots">{en.notFound.home}</ButtonLink>}
      />
    </main>
  );
}

export function Crashed({ error }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <main className={css.alone} id="content">
      <Empty
        alone
        title={en.crashed.title}
        text={en.crashed.text}
        action={<Button onPress={() => void router.invalidate().then(() => location.reload())}>{en.crashed.reload}</Button>}
      />
      <pre className={css.fault}>{Problem.of(error).message}</pre>
    </main>
  );
}

import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { useQueryClient } from "@tanstack/react-query";
import { Activity, BellRing, ChevronsUpDown, GitCompareArrows, House, ListChecks, LogOut, Network, ScrollText, Search, Server, Users } from "lucide-react";
import { type ReactNode, lazy, Suspense, useEffect, useState } from "react";
import { Problem } from "../api/problems";
import { type Operator, staffKeys, staffLive, staffSession, useOperator, useStaffSignOut } from "../api/staff";
import { useStore } from "../api/store";
import { Dialog } from "../parts/Dialog";
import { Menu, MenuItem } from "../parts/Menu";
import { ProblemCard, Skeleton } from "../parts/States";
import { en } from "../texts/en";
import { ops as words, staffSignIn } from "../texts/ops";
import account from "./AccountMenu.module.css";
import dot from "./LiveDot.module.css";
import css from "./Shell.module.css";
import { useStaffLive } from "./StaffShellLive";
import { StaffSignInForm } from "./StaffSignInForm";
import own from "./StaffShell.module.css";
import { ThemeSwitch } from "./ThemeSwitch";

const Palette = lazy(() => import("./StaffShellPalette").then((module) => ({ default: module.StaffPalette })));

type Place = "/ops" | "/ops/operations" | "/ops/vms" | "/ops/alerts" | "/ops/reconcile" | "/ops/map" | "/ops/audit" | "/ops/accounts";

const places: { to: Place; name: string; icon: ReactNode }[] = [
  { to: "/ops", name: words.nav.home, icon: <House /> },
  { to: "/ops/operations", name: words.nav.operations, icon: <ListChecks /> },
  { to: "/ops/vms", name: words.nav.vms, icon: <Server /> },
  { to: "/ops/alerts", name: words.nav.alerts, icon: <BellRing /> },
  { to: "/ops/reconcile", name: words.nav.reconcile, icon: <GitCompareArrows /> },
  { to: "/ops/map", name: words.nav.map, icon: <Network /> },
  { to: "/ops/audit", name: words.nav.audit, icon: <ScrollText /> },
  { to: "/ops/accounts", name: words.nav.accounts, icon: <Users /> },
];

/** The frame of the operators' pages. Nothing of them is drawn before the API has said who is signed in. */
export function StaffShell() {
  const me = useOperator();
  const navigate = useNavigate();
  const asks = useStore(staffSession.asking);
  const [palette, setPalette] = useState(false);
  useStaffLive(me.data?.id);
  usePaletteKey(setPalette);

  const isOut = me.data === undefined && me.error !== null && Problem.of(me.error).kind === "sign-in-needed";
  useEffect(() => {
    if (!isOut) return;
    // Once, and to where somebody came: this frame is still drawn while the sign-in is fetched.
    const came = location.pathname + location.search;
    void navigate({ to: "/ops/login", search: came === "/ops" ? {} : { next: came }, replace: true });
  }, [isOut, navigate]);
  if (isOut) return null;

  return (
    <div className={css.shell}>
      <a className={css.skip} href="#content">
        {en.skip}
      </a>
      <nav className={`${css.rail} ${own.rail}`} aria-label={words.nav.label}>
        <Link to="/ops" className={css.brand} activeOptions={{ exact: true }}>
          <Activity className={own.mark} />
          {words.brand}
        </Link>
        <button type="button" className={`${css.search} ${own.search}`} onClick={() => setPalette(true)}>
          <Search />
          <span>{en.nav.palette}</span>
          <kbd aria-hidden="true">{en.paletteKey}</kbd>
        </button>
        <ul className={`${css.places} ${own.places}`}>
          {places.map(({ to, name, icon }) => (
            <li key={to}>
              <Link to={to} className={css.place} activeProps={{ className: css.here ?? "" }} activeOptions={{ exact: to === "/ops", includeSearch: false }}>
                {icon}
                <span>{name}</span>
              </Link>
            </li>
          ))}
        </ul>
        <div className={`${css.foot} ${own.foot}`}>
          <Live />
          {me.data && <OperatorMenu email={me.data.email} />}
        </div>
      </nav>
      <div className={css.column}>
        <main id="content" tabIndex={-1} className={css.content}>
          {me.data ? (
            <Outlet />
          ) : me.error ? (
            <ProblemCard problem={Problem.of(me.error)} onAgain={() => void me.refetch()} />
          ) : (
            <Skeleton lines={4} height={40} />
          )}
        </main>
      </div>
      {asks !== null && <Lapsed before={me.data} />}
      {palette && (
        <Suspense>
          <Palette onClose={() => setPalette(false)} />
        </Suspense>
      )}
    </div>
  );
}

function usePaletteKey(show: (shown: boolean) => void) {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      show(true);
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, [show]);
}

/** Whether what is seen is what is. */
function Live() {
  const mode = useStore(staffLive);
  return (
    <span className={dot.holder} title={en.live.hint[mode]}>
      <span className={`${dot.dot} ${dot[mode]}`} aria-hidden="true" />
      {en.live[mode]}
    </span>
  );
}

function Lapsed({ before }: { before: Operator | undefined }) {
  return (
    <Dialog title={staffSignIn.lapsedTitle} onClose={() => staffSession.answer(false)}>
      <p>{staffSignIn.lapsedText}</p>
      <StaffSignInForm
        known={before?.email}
        // What another operator had selected is not to be done in this one's name.
        onDone={(who) => (before && before.id !== who.id ? location.assign("/ops") : staffSession.answer(true))}
      />
    </Dialog>
  );
}

function OperatorMenu({ email }: { email: string }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const leave = useStaffSignOut(() => void navigate({ to: "/ops/login" }).then(() => queries.removeQueries({ queryKey: staffKeys.all })));
  return (
    <Menu
      above
      opener={(target) => (
        <button type="button" className={account.account} popoverTarget={target} aria-label={`${words.nav.menu}: ${email}`}>
          <span className={`${account.initial} ${own.initial}`} data-initial={email.slice(0, 1).toUpperCase()} />
          <span className={account.email}>{email}</span>
          <ChevronsUpDown />
        </button>
      )}
    >
      <ThemeSwitch />
      <MenuItem icon={<LogOut />} onPress={() => leave.press()}>
        {en.nav.signOut}
      </MenuItem>
    </Menu>
  );
}

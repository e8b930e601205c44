import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { useQueryClient } from "@tanstack/react-query";
import { Activity, BellRing, ChevronsUpDown, CreditCard, Ellipsis, GitCompareArrows, House, ListChecks, KeyRound, LogOut, Network, ScrollText, Search, Server, Timer, Users } from "lucide-react";
import { type ReactNode, lazy, Suspense, useEffect, useState } from "react";
import { Problem } from "../api/problems";
import { type Operator, staffFeed, staffKeys, staffSession, useOperator } from "../api/staff";
import { useStaffSignOut } from "../api/staffSecurity";
import { useStore } from "../api/store";
import { Dialog } from "../parts/Dialog";
import { useLive } from "../live/useLive";
import { Menu, MenuItem, menuItem } from "../parts/Menu";
import { ProblemCard, Skeleton } from "../parts/States";
import { en } from "../texts/en";
import { ops as words } from "../texts/ops";
import { staffSecurity, staffSignIn } from "../texts/opsSignIn";
import account from "./AccountMenu.module.css";
import { LiveDot } from "./LiveDot";
import css from "./Shell.module.css";
import { StaffSignInForm } from "./StaffSignInForm";
import { StaffStepUp } from "./StaffStepUp";
import own from "./StaffShell.module.css";
import { ThemeSwitch } from "./ThemeSwitch";
import { usePaletteKey } from "./usePaletteKey";

const Palette = lazy(() => import("./StaffShellPalette").then((module) => ({ default: module.StaffPalette })));

const Begin = lazy(() => import("../pages/ops/StaffSecurity").then((module) => ({ default: module.StaffBegin })));

type Place = "/ops" | "/ops/operations" | "/ops/vms" | "/ops/alerts" | "/ops/reviews" | "/ops/uptime" | "/ops/reconcile" | "/ops/map" | "/ops/audit" | "/ops/accounts";

const places: { to: Place; name: string; icon: ReactNode }[] = [
  { to: "/ops", name: words.nav.home, icon: <House /> },
  { to: "/ops/operations", name: words.nav.operations, icon: <ListChecks /> },
  { to: "/ops/vms", name: words.nav.vms, icon: <Server /> },
  { to: "/ops/alerts", name: words.nav.alerts, icon: <BellRing /> },
  { to: "/ops/reviews", name: words.nav.reviews, icon: <CreditCard /> },
  { to: "/ops/uptime", name: words.nav.uptime, icon: <Timer /> },
  { to: "/ops/reconcile", name: words.nav.reconcile, icon: <GitCompareArrows /> },
  { to: "/ops/map", name: words.nav.map, icon: <Network /> },
  { to: "/ops/audit", name: words.nav.audit, icon: <ScrollText /> },
  { to: "/ops/accounts", name: words.nav.accounts, icon: <Users /> },
];

// As many as a thumb finds along the bottom of a phone, beside what opens the rest.
const alongBottom = 4;

/** The frame of the operators' pages. Nothing of them is drawn before the API has said who is signed in. */
export function StaffShell() {
  const me = useOperator();
  const navigate = useNavigate();
  const asks = useStore(staffSession.asking);
  const [palette, setPalette] = useState(false);
  // Until the codes are kept, whatever is told of the stage meanwhile.
  const [begins, setBegins] = useState(false);
  if (!begins && me.data && me.data.stage !== "whole") setBegins(true);
  useLive(staffFeed, begins ? undefined : me.data?.id);
  usePaletteKey(() => setPalette(true));

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
        {!begins && <Places onSearch={() => setPalette(true)} />}
        {me.data && <More onSearch={() => setPalette(true)} />}
        <div className={`${css.foot} ${own.foot}`}>
          {!begins && <LiveDot of={staffFeed.state} />}
          {me.data && <OperatorMenu email={me.data.email} />}
        </div>
      </nav>
      <div className={css.column}>
        <main id="content" tabIndex={-1} className={css.content}>
          {me.data && begins ? (
            <Suspense fallback={<Skeleton lines={4} height={40} />}>
              <Begin who={me.data} onDone={() => setBegins(false)} />
            </Suspense>
          ) : me.data ? (
            <Outlet />
          ) : me.error ? (
            <ProblemCard problem={Problem.of(me.error)} onAgain={() => void me.refetch()} />
          ) : (
            <Skeleton lines={4} height={40} />
          )}
        </main>
      </div>
      {asks === "again" ? <StaffStepUp /> : asks !== null && <Lapsed before={me.data} />}
      {palette && (
        <Suspense>
          <Palette onClose={() => setPalette(false)} />
        </Suspense>
      )}
    </div>
  );
}

const Places = ({ onSearch }: { onSearch: () => void }) => (
  <>
    <button type="button" className={`${css.search} ${own.search}`} onClick={onSearch}>
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
  </>
);

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

function useLeave() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  return useStaffSignOut(() => void navigate({ to: "/ops/login" }).then(() => queries.removeQueries({ queryKey: staffKeys.all })));
}

const SignOut = () => {
  const leave = useLeave();
  return (
    <MenuItem icon={<LogOut />} onPress={() => leave.press()}>
      {en.nav.signOut}
    </MenuItem>
  );
};

const OwnSignIn = () => (
  <Link to="/ops/sign-in" className={menuItem}>
    <KeyRound />
    {staffSecurity.title}
  </Link>
);

/** What has no place along the bottom of a phone. */
const More = ({ onSearch }: { onSearch: () => void }) => (
  <div className={own.more}>
    <Menu
      above
      opener={(target) => (
        <button type="button" className={css.place} popoverTarget={target}>
          <Ellipsis />
          <span>{words.nav.more}</span>
        </button>
      )}
    >
      {places.slice(alongBottom).map(({ to, name, icon }) => (
        <Link key={to} to={to} className={menuItem}>
          {icon}
          {name}
        </Link>
      ))}
      <MenuItem icon={<Search />} onPress={onSearch}>
        {en.nav.palette}
      </MenuItem>
      <OwnSignIn />
      <ThemeSwitch />
      <SignOut />
    </Menu>
  </div>
);

const OperatorMenu = ({ email }: { email: string }) => (
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
    <OwnSignIn />
    <ThemeSwitch />
    <SignOut />
  </Menu>
);

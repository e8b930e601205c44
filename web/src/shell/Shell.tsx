import { Link, Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { Bot, CircleUser, CreditCard, ScrollText, Search } from "lucide-react";
import { type ReactNode, lazy, Suspense, useEffect, useRef, useState } from "react";
import { useCapabilities, useMe } from "../api/account";
import { Problem } from "../api/problems";
import { asking } from "../api/session";
import { useStore } from "../api/store";
import { workplace } from "../api/workplace";
import { liveState } from "../live/state";
import { accountFeed } from "../live/topics";
import { useLive } from "../live/useLive";
import { ProblemCard, Skeleton } from "../parts/States";
import { en } from "../texts/en";
import { Account } from "./AccountMenu";
import { ConfirmReminder } from "./ConfirmReminder";
import { LiveDot } from "./LiveDot";
import { Mark } from "./Mark";
import css from "./Shell.module.css";
import { usePaletteKey } from "./usePaletteKey";

const WorkplaceBanner = lazy(() => import("./WorkplaceBanner").then((module) => ({ default: module.WorkplaceBanner })));
const ClosingReminder = lazy(() => import("./ClosingReminder").then((module) => ({ default: module.ClosingReminder })));
const SignIn = lazy(() => import("./SignInDialog").then((module) => ({ default: module.SignInDialog })));
const Palette = lazy(() => import("./Palette").then((module) => ({ default: module.Palette })));

const places: { to: "/bots" | "/record" | "/billing" | "/account"; name: string; icon: ReactNode }[] = [
  { to: "/bots", name: en.nav.bots, icon: <Bot /> },
  { to: "/record", name: en.nav.record, icon: <ScrollText /> },
  { to: "/billing", name: en.nav.billing, icon: <CreditCard /> },
  { to: "/account", name: en.nav.account, icon: <CircleUser /> },
];

/** The frame of everything behind the sign-in. */
export function Shell() {
  const me = useMe();
  const capabilities = useCapabilities();
  const [palette, setPalette] = useState(false);
  const asks = useStore(asking);
  useLive(accountFeed, me.data?.id);
  usePaletteKey(() => setPalette(true));

  if (me.data === undefined && me.error && Problem.of(me.error).kind === "sign-in-needed") {
    return <ToSignIn />;
  }

  return (
    <div className={css.shell}>
      <a className={css.skip} href="#content">
        {en.skip}
      </a>
      <nav className={css.rail} aria-label={en.nav.label}>
        <Link to="/bots" className={css.brand}>
          <Mark />
          {en.product}
        </Link>
        <button type="button" className={css.search} onClick={() => setPalette(true)}>
          <Search />
          <span>{en.nav.palette}</span>
          <kbd aria-hidden="true">{en.paletteKey}</kbd>
        </button>
        <ul className={css.places}>
          {places.map(({ to, name, icon }) => (
            <li key={to}>
              <Link to={to} className={css.place} activeOptions={{ includeSearch: false }} activeProps={{ className: css.here ?? "" }}>
                {icon}
                <span>{name}</span>
              </Link>
            </li>
          ))}
        </ul>
        <div className={css.foot}>
          <LiveDot of={liveState} />
          {me.data && <Account email={me.data.email} />}
        </div>
      </nav>
      <div className={css.column}>
        {capabilities.data?.testMode && <aside className={css.ribbon} aria-label={en.testModeLabel}>{en.testMode}</aside>}
        <Offline />
        {me.data && (
          <div className={css.notices}>
            {workplace !== null && <WorkplaceBanner />}
            {me.data.closesAt !== null && <ClosingReminder closesAt={me.data.closesAt} />}
            {me.data.emailVerifiedAt === null && <ConfirmReminder email={me.data.email} />}
          </div>
        )}
        {/* Another one, which begins lower: the page was not there before, so nothing moves. */}
        <main key={me.data ? "page" : "wait"} id="content" tabIndex={-1} className={css.content}>
          {me.data ? (
            <Outlet />
          ) : me.error ? (
            <ProblemCard problem={Problem.of(me.error)} onAgain={() => void me.refetch()} />
          ) : (
            <Skeleton lines={4} height={40} />
          )}
        </main>
      </div>
      {asks !== null && (
        <Suspense>
          <SignIn />
        </Suspense>
      )}
      {palette && (
        <Suspense>
          <Palette onClose={() => setPalette(false)} />
        </Suspense>
      )}
    </div>
  );
}

/** Once: while the sign-in is being fetched this is still on the screen, and the address is no longer the one that was wanted. */
function ToSignIn() {
  const navigate = useNavigate();
  const { href } = useLocation();
  const wanted = useRef(href);
  useEffect(() => {
    void navigate({ to: "/login", search: wanted.current === "/bots" ? {} : { next: wanted.current }, replace: true });
  }, [navigate]);
  return null;
}

function Offline() {
  const { mode, at } = useStore(liveState);
  return mode === "offline" ? (
    <p className={css.offline} role="status">
      {en.live.offlineSince(at)}
    </p>
  ) : null;
}

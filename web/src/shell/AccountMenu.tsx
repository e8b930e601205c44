import { Link } from "@tanstack/react-router";
import { Building2, ChevronsUpDown, CircleUser, LogOut } from "lucide-react";
import { useSignOut } from "../api/account";
import { useWorkplaces } from "../api/people";
import { workIn, workplace } from "../api/workplace";
import { Menu, MenuItem, menuItem } from "../parts/Menu";
import { en } from "../texts/en";
import { workplaces as words } from "../texts/people";
import css from "./AccountMenu.module.css";
import { ThemeSwitch } from "./ThemeSwitch";

/** Nothing of whoever signs out is left in the tab: the next one is somebody else. */
export function useLeave() {
  return useSignOut(() => {
    sessionStorage.clear();
    location.assign("/login");
  });
}

/** The other accounts that somebody was let into. */
function Workplaces() {
  const all = useWorkplaces().data ?? [];
  return all.length < 2
    ? null
    : all
        .filter(({ id }, index) => (workplace === null ? index > 0 : id !== workplace))
        .map(({ id, email, role }) => (
          <MenuItem key={id} icon={<Building2 />} onPress={() => workIn(role === "owner" ? null : id)}>
            {words.title} {role === "owner" ? words.own : words.of(email, role)}
          </MenuItem>
        ));
}

/** Whose account it is, and what is about it rather than about bots. */
export function Account({ email }: { email: string }) {
  const leave = useLeave();
  return (
    <Menu
      above
      opener={(target) => (
        <button type="button" className={css.account} popoverTarget={target}>
          <span className="unseen">{`${en.nav.menu}: `}</span>
          <span className={css.initial} aria-hidden="true">
            {email.slice(0, 1).toUpperCase()}
          </span>
          <span className={css.email}>{email}</span>
          <ChevronsUpDown />
        </button>
      )}
    >
      <ThemeSwitch />
      <Link to="/account" className={menuItem}>
        <CircleUser />
        {en.nav.account}
      </Link>
      <Workplaces />
      <MenuItem icon={<LogOut />} onPress={() => leave.press()}>
        {en.nav.signOut}
      </MenuItem>
    </Menu>
  );
}

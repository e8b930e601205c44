import { Link, useNavigate } from "@tanstack/react-router";
import { ChevronsUpDown, CircleUser, LogOut } from "lucide-react";
import { useQueryClient } from "@tanstack/react-query";
import { useSignOut } from "../api/account";
import { Menu, MenuItem, menuItem } from "../parts/Menu";
import { en } from "../texts/en";
import css from "./AccountMenu.module.css";
import { ThemeSwitch } from "./ThemeSwitch";

export function useLeave() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  return useSignOut(() => void navigate({ to: "/login" }).then(() => queries.clear()));
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
      <MenuItem icon={<LogOut />} onPress={() => leave.press()}>
        {en.nav.signOut}
      </MenuItem>
    </Menu>
  );
}

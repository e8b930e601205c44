import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Activity } from "lucide-react";
import { useTitle } from "../../parts/useTitle";
import { StaffSignInForm } from "../../shell/StaffSignInForm";
import { staffSignIn as words } from "../../texts/opsSignIn";
import css from "../public/PublicCard.module.css";
import own from "./Ops.module.css";

/** The operators' door, apart from the customers'. */
export function StaffLogin() {
  const { next } = useSearch({ from: "/ops/login" });
  const navigate = useNavigate();
  useTitle(words.title);
  return (
    <div className={css.page}>
      <Activity className={own.mark} aria-hidden="true" />
      <main id="content" className={css.main}>
        <div className={css.card}>
          <h1>{words.title}</h1>
          <p className={css.intro}>{words.intro}</p>
          <StaffSignInForm onDone={() => void navigate({ href: next ?? "/ops" })} />
        </div>
        <p className={css.other}>
          {words.customer} <Link to="/login">{words.customerLink}</Link>
        </p>
      </main>
    </div>
  );
}

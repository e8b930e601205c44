import { UserPlus } from "lucide-react";
import { useState } from "react";
import { type Invitation, type Member, roles, type Role, useChangeRole, useMembers, useShutOut, useWithdraw } from "../../api/people";
import { workIn } from "../../api/workplace";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Layout";
import { Line, Rows } from "../../parts/Rows";
import { ActProblem, Loaded } from "../../parts/States";
import { Time } from "../../parts/Time";
import { toast } from "../../parts/Toast";
import { members as words } from "../../texts/people";
import { Invite } from "./Invite";
import css from "./Security.module.css";

/** Who works in the account, and who was asked to. */
export function Members({ manages, me }: { manages: boolean; me: string | undefined }) {
  const query = useMembers();
  const [inviting, setInviting] = useState(false);
  const withdraw = useWithdraw();
  const change = useChangeRole();
  const shutOut = useShutOut((member) => {
    toast(member === me ? words.left : words.out);
    if (member === me) workIn(null);
  });
  return (
    <Card
      title={words.title}
      flush
      actions={
        manages ? (
          <Button size="small" icon={<UserPlus />} onPress={() => setInviting(true)}>
            {words.invite}
          </Button>
        ) : undefined
      }
    >
      {[withdraw, change, shutOut].map((act, index) => (
        <ActProblem key={index} act={act} />
      ))}
      <Loaded query={query}>
        {({ members, invitations }) => (
          <Rows>
            {members.map((one) => (
              <One
                key={one.id}
                member={one}
                isMe={one.id === me}
                manages={manages}
                busy={shutOut.busy || change.busy}
                onChange={(role) => change.press({ member: one.id, role })}
                onShutOut={() => shutOut.press(one.id)}
              />
            ))}
            {invitations.map((one) => (
              <Invited key={one.id} invitation={one} manages={manages} busy={withdraw.busy} onWithdraw={() => withdraw.press(one.id)} />
            ))}
          </Rows>
        )}
      </Loaded>
      {inviting && <Invite onClose={() => setInviting(false)} />}
    </Card>
  );
}

interface OneProps {
  member: Member;
  isMe: boolean;
  manages: boolean;
  busy: boolean;
  onChange: (role: Role) => void;
  onShutOut: () => void;
}

function One({ member: { email, role, since }, isMe, manages, busy, onChange, onShutOut }: OneProps) {
  const isOwner = role === "owner";
  return (
    <Line
      below
      aside={
        isOwner || !(manages || isMe) ? undefined : (
          <span className={css.buttons}>
            {manages && !isMe && (
              <select aria-label={words.role(email)} value={role} disabled={busy} onChange={(event) => onChange(event.target.value as Role)}>
                {roles.map((one) => (
                  <option key={one} value={one}>
                    {words.roles[one].name}
                  </option>
                ))}
              </select>
            )}
            <Button size="small" busy={busy} label={isMe ? words.leave : words.shutOutOf(email)} onPress={onShutOut}>
              {isMe ? words.leave : words.shutOut}
            </Button>
          </span>
        )
      }
    >
      <strong>{email}</strong>
      <p className={css.facts}>
        <span>{words.roles[role].name}</span>
        {isMe && <span>{words.you}</span>}
        <span>
          {words.since} <Time at={since} as="date" />
        </span>
      </p>
    </Line>
  );
}

interface InvitedProps {
  invitation: Invitation;
  manages: boolean;
  busy: boolean;
  onWithdraw: () => void;
}

const Invited = ({ invitation: { email, role, expiresAt }, manages, busy, onWithdraw }: InvitedProps) => (
  <Line
    below
    aside={
      manages ? (
        <Button size="small" busy={busy} label={words.withdrawOf(email)} onPress={onWithdraw}>
          {words.withdraw}
        </Button>
      ) : undefined
    }
  >
    <strong>{email}</strong>
    <p className={css.facts}>
      <span>{words.invited(words.roles[role].name)}</span>
      <span>
        {words.until} <Time at={expiresAt} as="date" />
      </span>
    </p>
  </Line>
);

import { ShieldCheck } from "lucide-react";
import { type Drill, useDrills } from "../../api/backups";
import { download } from "../../api/download";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Layout";
import { Line, Rows } from "../../parts/Rows";
import { Empty, Loaded } from "../../parts/States";
import { Status, StatusShape } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { backups as words } from "../../texts/backups";
import css from "./Backups.module.css";

/** What each drill found; the same, signed, can be taken along and checked without us. */
export function Drills({ id }: { id: string }) {
  const query = useDrills(id);
  return (
    <Card title={words.drills} flush>
      <Loaded query={query}>
        {(drills) =>
          drills.length === 0 ? (
            <Empty icon={<ShieldCheck />} {...words.drillsEmpty} />
          ) : (
            <Rows>
              {drills.map((drill) => (
                <Proof key={drill.certificate.operation} drill={drill} />
              ))}
            </Rows>
          )
        }
      </Loaded>
    </Card>
  );
}

const Proof = ({ drill: { certificate, signed } }: { drill: Drill }) => (
  <Line>
    <span className={css.name}>
      <Status tone={certificate.ok ? "ok" : "bad"} word={certificate.ok ? words.cameUp : words.didNot} />
      <span className={css.reason}>
        <Time at={certificate.at} />
      </span>
    </span>
    <span className={css.facts}>
      {[...(certificate.restoredInMs === null ? [] : [words.recovery(certificate.restoredInMs)]), words.age(certificate.dataAgeMs)].join(" · ")}
    </span>
    <details className={css.checks}>
      <summary>{words.checks}</summary>
      <ul className="stack">
        {certificate.checks.map((check) => (
          <li key={check.name} className={css.proof}>
            <StatusShape tone={check.ok ? "ok" : "bad"} />
            {check.name}
            {check.detail !== null && <span>{check.detail}</span>}
          </li>
        ))}
      </ul>
    </details>
    <div className={css.save}>
      <Button
        size="small"
        label={words.certificateOf(words.moment(certificate.at))}
        onPress={() => download(new Blob([JSON.stringify(signed, null, 2)], { type: "application/json" }), `${certificate.operation}.dsse.json`)}
      >
        {words.certificate}
      </Button>
    </div>
  </Line>
);

import { useNavigate, useSearch } from "@tanstack/react-router";
import { Activity } from "lucide-react";
import { lazy, Suspense, useMemo, useState } from "react";
import { usePlanName } from "../../api/plans";
import { useBot, useBotId } from "../../api/bots";
import { type Usage as Used, useUsage } from "../../api/usage";
import { Card, Row } from "../../parts/Layout";
import { Segments } from "../../parts/Segments";
import { Empty, Loaded, Skeleton } from "../../parts/States";
import { Status } from "../../parts/Status";
import { Twin } from "../../parts/Twin";
import { usage as words } from "../../texts/usage";
import { inParts, measures, series, sum, top } from "../../usage/series";
import css from "./Usage.module.css";

const Chart = lazy(() => import("../../parts/Chart").then((module) => ({ default: module.Chart })));

const height = 176;
const nearlyFull = 0.9;

type Name = keyof typeof measures;
type Hours = Exclude<keyof typeof words.spans, 24>;

/** What the bot uses of its plan, and used. */
export function Usage() {
  const id = useBotId();
  const { data: bot } = useBot(id);
  const planName = usePlanName();
  const { hours = 24 } = useSearch({ from: "/signed-in/bots/$id/usage" });
  const navigate = useNavigate({ from: "/bots/$id/usage" });
  const query = useUsage(id, hours);
  return (
    <>
      <div className={css.bar}>
        {bot && <p>{words.intro(planName(bot.plan))}</p>}
        <Segments
          label={words.span}
          value={String(hours)}
          options={words.spans}
          onChoose={(chosen) => void navigate({ search: chosen === "24" ? {} : { hours: Number(chosen) as Hours }, replace: true, resetScroll: false })}
        />
      </div>
      <Loaded query={query} skeleton={<Skeleton lines={3} height={232} />}>
        {(usage) =>
          usage.samples.length === 0 ? (
            <Card>
              <Empty icon={<Activity />} {...words.empty} />
            </Card>
          ) : (
            (Object.keys(measures) as Name[]).map((name) => <Measured key={name} {...{ name, usage, hours }} />)
          )
        }
      </Loaded>
    </>
  );
}

function Measured({ name, usage, hours }: { name: Name; usage: Used; hours: number }) {
  const [point, setPoint] = useState<number | null>(null);
  const drawn = useMemo(() => series(usage, measures[name]), [usage, name]);
  const limit = measures[name].limit(usage);
  const found = sum(drawn.values);
  const title = words.names[name];
  const value = words.value[name];
  const of = words.limit[name](limit);
  if (found === null) {
    return (
      <Card title={title}>
        <p>{words.nothing}</p>
      </Card>
    );
  }
  const at = point === null ? undefined : drawn.at[point];
  const there = point === null ? found.last : (drawn.values[point] ?? null);
  return (
    <Card>
      <div className={css.measure}>
        <div className={css.figures}>
          <h2>{title}</h2>
          <p className={css.now}>
            <strong>{there === null ? words.unknown : value(there)}</strong> <span>{words.of(of)}</span>
          </p>
          <p className={css.when}>{at === undefined ? words.latest : words.at(at * 1000)}</p>
          <dl>
            <div>
              <dt>{words.average}</dt>
              <dd>{value(found.average)}</dd>
            </div>
            <div>
              <dt>{words.most}</dt>
              <dd>{value(found.most)}</dd>
            </div>
          </dl>
          {found.last >= nearlyFull * limit && (
            <Row>
              <Status tone="warn" word={words.nearly[name]} />
            </Row>
          )}
        </div>
        <Suspense fallback={<Skeleton lines={1} height={height} />}>
          <Chart
            series={drawn}
            limit={limit}
            top={top(limit, drawn.values)}
            height={height}
            label={words.picture(title, value(found.last), value(found.average), value(found.most), of)}
            value={value}
            tick={(ms) => words.tick(ms, hours)}
            together="usage"
            onPoint={setPoint}
          />
        </Suspense>
        <div className={css.twin}>
          <Twin
            name={title}
            head={[words.time, words.average, words.most]}
            rows={inParts(drawn).map((part) => [words.at(part.from), value(part.average), value(part.most)])}
          />
        </div>
      </div>
    </Card>
  );
}

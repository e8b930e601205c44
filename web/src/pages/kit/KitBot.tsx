import { ScrollText } from "lucide-react";
import { Button } from "../../parts/Button";
import { Chart } from "../../parts/Chart";
import { Choice } from "../../parts/Field";
import { Card, Split, Stack } from "../../parts/Layout";
import { Line, More, Rows } from "../../parts/Rows";
import { StatusShape } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { Twin } from "../../parts/Twin";
import { UndoBar } from "../../parts/UndoBar";
import { kit as words } from "../../texts/kit";
import { usage as usageWords } from "../../texts/usage";
import { inParts, measures, series, top } from "../../usage/series";
import { Seen } from "../bots/BotHealth";
import { DriftList } from "../bots/DriftList";
import { PairBrowser } from "../bots/PairBrowser";
import { Found } from "../bots/ProvenanceCard";
import { botId, healths, provenances, times, usage } from "./samples";

const nothing = () => undefined;
const cpu = series(usage, measures.cpu);
const value = usageWords.value.cpu;

/** What the pages of a bot are made of. */
export const KitBot = () => (
  <Split>
    <Stack>
      <Card title={words.chart}>
        <Stack gap="small">
          <Chart
            series={cpu}
            limit={usage.cpus}
            top={top(usage.cpus, cpu.values)}
            height={176}
            label={words.chart}
            value={value}
            tick={(ms) => usageWords.tick(ms, 24)}
            together="kit"
            onPoint={nothing}
          />
          <Twin
            head={[usageWords.time, usageWords.average, usageWords.most]}
            rows={inParts(cpu, 6).map((part) => [usageWords.at(part.from), value(part.average), value(part.most)])}
          />
        </Stack>
      </Card>
      <Card title={words.rows} flush>
        <Rows>
          <Line icon={<StatusShape tone="ok" size={18} />} aside={<Time at={times.past} />}>
            {words.text}
          </Line>
          <Line icon={<ScrollText />}>{words.hint}</Line>
          <Line below aside={<Button size="small">{words.secondary}</Button>}>
            {words.hint}
          </Line>
          <Line>
            <UndoBar until={times.future} onUndo={nothing} why={words.why} busy={false} problem={null}>
              {words.undo}
            </UndoBar>
          </Line>
        </Rows>
        <More onPress={nothing} />
      </Card>
      {provenances.map((one) => (
        <Card key={String(one.trusted)} title={words.provenance}>
          <Found found={one} />
        </Card>
      ))}
    </Stack>
    <Stack>
      {healths.map((one) => (
        <Card key={one.state} title={words.health}>
          <Seen health={one} />
        </Card>
      ))}
      <Card title={words.drift}>
        <DriftList id={botId} />
      </Card>
      <PairBrowser id={botId} />
      <Card title={words.choice}>
        <Choice
          legend={words.choice}
          value="1"
          onChoose={nothing}
          options={[
            { value: "1", title: words.primary },
            { value: "2", title: words.secondary, text: words.why, disabled: true },
          ]}
        />
      </Card>
    </Stack>
  </Split>
);
